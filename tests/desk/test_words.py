"""Every word the domain can say has words for people, in both languages, and no others do."""

import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from importlib.resources import files

import pytest
from ruamel.yaml import YAML

from bot.desk import menus
from bot.desk.cards import EMOJI, Judged
from bot.desk.explained import explained, explaining, why_table
from bot.desk.rendering import Voice
from knowledge.entry import PLATFORMS
from knowledge.loader import shipped_knowledge
from settlement.diagnosis import diagnose
from settlement.fact_index import own_reasons
from settlement.forecast import Certainty
from settlement.model import Order, Platform, RawStatus
from settlement.order_number import WhyNot
from settlement.platforms import packaged_files, room_of
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.states import Reason, State
from settlement.timeline import EVENTS
from settlement.waterfall import LINES

FOLDERS = ("zh", "en")
TEMPLATES = files("bot").joinpath("templates")
Words = Mapping[str, Mapping[str, str]]


def words_of(folder: str) -> Words:
    text = TEMPLATES.joinpath(folder, "words.yaml").read_text(encoding="utf-8")
    words: Words = YAML(typ="safe").load(text)
    return words


def platforms_own_reasons() -> Iterator[str]:
    """Reasons of a platform that are no code of it: their words stand with the general ones."""
    for platform in Platform:
        yield from (reason for reason, _ in room_of(platform).checks.reasons)


def reasons_that_freeze() -> Iterator[str]:
    """A platform's own codes that hold a commission: lists name each, not just the state."""
    for platform in Platform:
        for table in room_of(platform).statuses.tables.values():
            for meaning in table.values():
                if meaning.state is State.FROZEN and meaning.reason:
                    yield meaning.reason


def codes_of(platform: Platform) -> Iterator[str]:
    yield from room_of(platform).statuses.tables["code"]


def next_steps() -> set[str]:
    found = set()
    for text in packaged_files().values():
        for listed in re.findall(r"next_steps:\s*\[([^\]]*)\]", text):
            found |= {step.strip() for step in listed.split(",") if step.strip()}
    return found


NEEDED: Mapping[str, Set[str]] = {
    "states": set(State),
    "frozen_because": set(reasons_that_freeze()),
    "reasons": {*Reason, *platforms_own_reasons()},
    "steps": next_steps(),
    "lines": set(LINES),
    "events": set(EVENTS),
    "certainty": set(Certainty),
    "platforms": {*PLATFORMS, *Platform},
    "platforms_in_short": set(Platform),
    "undated": set(Platform),
    "number_hints": set(WhyNot),
    "groups": {*menus.groups(shipped_knowledge()), menus.OTHER},
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("section", NEEDED)
def test_every_word_of_the_domain_has_words_for_people(folder: str, section: str) -> None:
    assert NEEDED[section] - set(words_of(folder)[section]) == set()


def test_every_code_that_decides_a_state_has_an_answer_that_explains_it() -> None:
    codes = {f"{each.value}_{code}" for each in Platform for code in codes_of(each)}
    assert set(own_reasons()) <= set(explained()) <= set(own_reasons()) | codes
    named = {name for names in explained().values() for name in names}
    assert named <= set(shipped_knowledge().entries)


def test_what_says_why_names_what_there_is() -> None:
    lines = [line for part in why_table().values() for line in part]
    reasons = {line["reason"] for line in why_table()["reasons"]}
    assert reasons <= {*Reason, *own_reasons(), *platforms_own_reasons()}
    assert {state for line in lines for state in line.get("states", ())} <= set(State)
    named = {name for line in lines for key, name in line.items() if key in set(Platform)}
    assert named <= set(shipped_knowledge().entries)
    assert {key for line in lines for key in line} <= {"reason", "states", *Platform}
    assert {f"general.state.{state}" for state in State} <= set(shipped_knowledge().entries)


@pytest.mark.parametrize(
    ("raw_status", "answers"),
    [
        (("jd", "27"), ["jd.invalid.violation"]),
        (("jd", "31"), ["jd.invalid.goods"]),
        (("jd", "34"), ["general.state.invalid"]),
        (("jd", "36"), ["jd.invalid.source", "jd.union.bind"]),
        (("pinduoduo", "4"), ["pinduoduo.audit.failed"]),
        (("pinduoduo", "3"), ["pinduoduo.status.meanings"]),
        (("kuaishou", "80"), ["kuaishou.status.invalid"]),
    ],
)
def test_the_sources_of_a_code_show_what_belongs_to_it(
    raw_status: tuple[str, str], answers: list[str]
) -> None:
    platform, code = raw_status
    order = Order(Platform(platform), "1", raw_status=RawStatus(code=code))
    diagnosis = diagnose(order, shipped_rulebook(), datetime(2026, 11, 22, tzinfo=SHANGHAI))
    found = explaining(shipped_knowledge(), Judged(0, order, diagnosis))
    assert [entry.id for entry in found] == answers


@pytest.mark.parametrize("section", sorted(set(NEEDED) - {"platforms", "undated"}))
def test_no_words_are_kept_for_what_the_domain_never_says(section: str) -> None:
    assert set(words_of("zh")[section]) - NEEDED[section] == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_language_has_the_same_words(folder: str) -> None:
    first, other = words_of(FOLDERS[0]), words_of(folder)
    assert {section: set(words) for section, words in other.items()} == {
        section: set(words) for section, words in first.items()
    }


def templates_of(folder: str) -> set[str]:
    own = TEMPLATES.joinpath(folder)
    states = {f"state/{template.name}" for template in own.joinpath("state").iterdir()}
    return {template.name for template in own.iterdir()} | states


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_language_has_the_same_templates(folder: str) -> None:
    assert templates_of(folder) == templates_of(FOLDERS[0])


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("state", State)
def test_every_state_has_a_template(folder: str, state: State) -> None:
    source = TEMPLATES.joinpath(folder, "state", f"{state}.html").read_text(encoding="utf-8")
    assert "block verdict" in source
    assert "block why" in source


def test_every_state_has_an_emoji() -> None:
    assert set(EMOJI) == set(State)


def test_every_code_of_a_platform_that_is_a_reason_has_words() -> None:
    for platform in Platform:
        for table in room_of(platform).statuses.tables.values():
            for meaning in table.values():
                assert meaning.words["zh"]
                assert meaning.words["en"]


@pytest.mark.parametrize("language", FOLDERS)
def test_every_example_of_the_greeting_has_its_answer(language: str) -> None:
    assert len(list(menus.examples(shipped_knowledge(), Voice(language)))) == 3
