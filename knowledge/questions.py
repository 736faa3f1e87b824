"""Test questions: what is asked, and what must come of it (测试问句)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.strict_yaml import KnowledgeFileError, Node, read_yaml

__all__ = ["KINDS", "OUTCOMES", "Expected", "Question", "load_questions"]

KINDS = (
    "plain",
    "typo",
    "homophone",
    "traditional",
    "pinyin",
    "english",
    "chatty",
    "multi",
    "follow_up",
    "near",
    "far",
    "one_word",
)
OUTCOMES = ("choices", "clarify", "menu", "unknown")

_KEYS = frozenset({"ask", "entry", "entries", "class", "outcome", "topic", "known_failure"})
_NOTHING = ("null", "~", "")


@dataclass(frozen=True, slots=True)
class Expected:
    """What one question must lead to: any of the entries, or none; an outcome if it matters."""

    entries: tuple[str, ...]
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A message with what is expected of each question in it; `kind` is its class."""

    ask: str
    kind: str
    expected: tuple[Expected, ...]
    topic: str | None = None
    known_failure: str | None = None


def load_questions(texts: Mapping[str, str]) -> tuple[Question, ...]:
    """Read file name → YAML text; raises KnowledgeFileError on the first fault."""
    asked: dict[tuple[str, str | None], str] = {}
    questions: list[Question] = []
    for file, text in texts.items():
        document = read_yaml(file, text)
        if not isinstance(document, list):
            raise KnowledgeFileError(
                file, None, None, "must be a list", "start each question with - {ask: …}"
            )
        for item in document:
            question = _question(file, item)
            if other := asked.get((question.ask, question.topic)):
                raise KnowledgeFileError(
                    file, question.ask, "ask", f"is asked in {other} already", "keep one of them"
                )
            asked[question.ask, question.topic] = file
            questions.append(question)
    return tuple(questions)


def _question(file: str, item: Node) -> Question:
    if not isinstance(item, dict) or not isinstance(item.get("ask"), str):
        raise KnowledgeFileError(
            file, str(item)[:40], "ask", "is missing", "write {ask: …, entry: …, class: …}"
        )
    ask = str(item["ask"])
    for key in item:
        if key not in _KEYS:
            raise KnowledgeFileError(
                file, ask, key, "unknown key", f"use one of {', '.join(sorted(_KEYS))}"
            )
    kind = _one_of(file, ask, "class", item.get("class"), KINDS)
    topic = item.get("topic")
    if (topic is not None) != (kind == "follow_up"):
        raise KnowledgeFileError(
            file, ask, "topic", "belongs to a follow_up, and to nothing else", "correct the class"
        )
    failure = item.get("known_failure")
    return Question(
        ask,
        kind,
        tuple(_expected(file, ask, kind, item)),
        None if topic is None else str(topic),
        None if failure is None else str(failure),
    )


def _expected(file: str, ask: str, kind: str, item: Mapping[str, Node]) -> Iterator[Expected]:
    key = "entries" if kind == "multi" else "entry"
    if key not in item or len({"entry", "entries"} & set(item)) != 1:
        raise KnowledgeFileError(
            file, ask, key, "is missing or stands beside the other", f"class {kind} needs {key}"
        )
    outcome = item.get("outcome")
    if outcome is not None:
        outcome = _one_of(file, ask, "outcome", outcome, OUTCOMES)
    wanted = item[key] if kind == "multi" else [item[key]]
    if not isinstance(wanted, list):
        raise KnowledgeFileError(file, ask, key, "must be a list", "write [id, id]")
    for one in wanted:
        ids = one if isinstance(one, list) else [one]
        yield Expected(tuple(str(name) for name in ids if name not in _NOTHING), outcome)


def _one_of(file: str, ask: str, key: str, value: Node | None, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise KnowledgeFileError(
            file, ask, key, f"{value!r} is not known", f"use one of {', '.join(known)}"
        )
    return value
