"""What checks find, in the reader's language: every wording of theirs has Chinese words."""

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.publishing.comparing import described
from bot.publishing.findings_said import LONGEST, finding_said, outcome_said
from bot.shipped_tables import shipped_table
from knowledge.outcome import Answer, Candidate, Choices, Clarify, Menu, Option, Outcome, Unknown

WORDS = "findings_said.yaml"
CASES = YAML(typ="safe").load(Path(__file__).with_name(WORDS))
CHECKS = (
    ("knowledge", "lint.py"),
    ("knowledge", "loader.py"),
    ("knowledge", "questions.py"),
    ("knowledge", "strict_yaml.py"),
    ("settlement", "creators_file.py"),
    ("settlement", "reports/layout_checks.py"),
    ("settlement", "reports/layout_files.py"),
    ("settlement", "rule_files.py"),
    ("settlement", "statement_files.py"),
    ("settlement", "workdays.py"),
    ("settlement", "yaml_text.py"),
)
SAY_IT = ("Finding", "KnowledgeFileError", "RuleFileError", "fault", "_fault")
SAID = ("cause", "remedy")
PLACES = ("entry ", "line ", "the whole file", "{}: ")


@pytest.mark.parametrize("case", CASES, ids=[case["said"] for case in CASES])
def test_a_finding_is_said_in_chinese(case: dict[str, str]) -> None:
    assert finding_said("zh", case["said"]) == case["zh"]
    assert finding_said("en", case["said"]) == case["said"]


def test_what_quotes_too_much_stays_as_it_is() -> None:
    line = f"jd.yaml: jd.a.b: questions: holds '{'佣' * LONGEST}' twice; remove one of them"
    assert finding_said("zh", line) == line


@pytest.mark.parametrize(
    ("outcome", "english"),
    [
        (Answer("a.b", 1.0), "a.b"),
        (Choices((Candidate("a.b", 0.4, "?"), Candidate("c.d", 0.3, "?"))), "one of a.b | c.d"),
        (Clarify("platform", (Option("jd", "a.b", 0.9),)), "asks which platform: a.b"),
        (Menu(("payout",)), "the menu"),
        (Unknown(), "no answer"),
    ],
)
def test_an_outcome_is_said_in_the_readers_language(outcome: Outcome, english: str) -> None:
    chinese = described(outcome)
    assert outcome_said("zh", chinese) == chinese
    assert outcome_said("en", f"{chinese}；{chinese}") == f"{english}; {english}"


@pytest.mark.parametrize(("said", "chinese"), shipped_table("publishing", WORDS)["pieces"].items())
def test_no_wording_hides_behind_a_wider_one_before_it(said: str, chinese: str) -> None:
    filled = said.replace("{}", "7")
    assert finding_said("zh", filled) == chinese.format(*["7"] * said.count("{}"))


def worded(tree: ast.AST) -> Iterator[str]:
    """The causes and remedies of a check, with {} for what they fill in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SAY_IT:
            yield from filter(None, map(_template, node.args))
        if isinstance(node, ast.Assign) and _name(node.targets[0]) in SAID:
            yield from filter(None, map(_template, _either(node.value)))
        if isinstance(node, ast.FunctionDef) and node.name == "markup_fault":
            said = (each.value for each in ast.walk(node) if isinstance(each, ast.Return))
            yield from filter(None, (_template(each) for each in said if each))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _either(said: ast.expr) -> tuple[ast.expr, ...]:
    return (said.body, said.orelse) if isinstance(said, ast.IfExp) else (said,)


def _template(argument: ast.expr) -> str | None:
    """A text of several words; one word alone is a key or a place."""
    match argument:
        case ast.Constant(str(text)):
            said = text
        case ast.JoinedStr(parts):
            said = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
            )
        case _:
            return None
    return said if " " in said and not said.startswith(PLACES) else None


@pytest.mark.parametrize(("room", "check"), CHECKS)
def test_every_wording_of_the_checks_has_chinese_words(room: str, check: str) -> None:
    source = files(room).joinpath(check).read_text("utf-8")
    found = {said.replace("{}", "7") for said in worded(ast.parse(source))}
    assert found
    assert sorted(said for said in found if finding_said("zh", said) == said) == []
