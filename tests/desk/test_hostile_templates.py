"""Random texts through every template and word, in every language: nothing becomes markup."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, meta
from markupsafe import Markup
from ruamel.yaml import YAML

from bot.desk.actions import Signer, Verb
from bot.desk.keys import Keys
from bot.desk.rendering import LANGUAGE_NAMES, TRADITIONAL, Voice
from bot.simulator.html import HtmlError
from tests.conversations.understanding import shipped_snapshot
from tests.desk.hostile_scenes import Fields, play, said_in_words, told
from tests.desk.sendable import check_label
from tests.desk.test_hostile_fields import HOSTILE, INSTANTS, MONEY, judged_lines
from tests.desk.watching import watching
from tests.examples import examples

FOLDER = Path(str(files("bot"))) / "templates"
PIECES = frozenset({"card"})
"""What is rendered only as the frame of others."""
FIELDS = st.builds(
    Fields,
    st.lists(HOSTILE, min_size=4, max_size=4).map(tuple),
    st.lists(judged_lines(), min_size=1, max_size=2).map(tuple),
    MONEY,
    INSTANTS,
)
_READER = Environment(autoescape=True)
GIVEN_BY_THE_VOICE = {"word", "day", "month", "moment", "yuan"}


def folder_of(language: str) -> str:
    return "zh" if language == TRADITIONAL else language


def shipped(language: str) -> set[str]:
    """The templates in one language, those of all languages and the operator's among them."""
    own = FOLDER / folder_of(language)
    shared = {
        each
        for each in FOLDER.rglob("*.html")
        if each.relative_to(FOLDER).parts[0] not in map(folder_of, LANGUAGE_NAMES)
    }
    return {str(each.relative_to(own).with_suffix("")) for each in own.rglob("*.html")} | {
        str(each.relative_to(FOLDER).with_suffix("")) for each in shared
    }


@cache
def words_with_fields(folder: str) -> Mapping[tuple[str, str], frozenset[str]]:
    """Each short word that says something given, with the names of what it says."""
    words = YAML(typ="safe").load(FOLDER / folder / "words.yaml")
    return {
        (section, code): fields
        for section, told in words.items()
        for code, text in told.items()
        if (fields := fields_of(text))
    }


def fields_of(text: str) -> frozenset[str]:
    """What a text says that it is given; what it calls is the voice's own."""
    read = _READER.parse(text)
    called = {name for name in GIVEN_BY_THE_VOICE if f"{name}(" in text}
    included = filter(None, meta.find_referenced_templates(read))
    inside = [fields_of((FOLDER / name).read_text(encoding="utf-8")) for name in included]
    return frozenset(meta.find_undeclared_variables(read) - called).union(*inside)


def say_everything(voice: Voice, fields: Fields) -> None:
    play(voice, shipped_snapshot(), fields)
    for template, variables in told(voice, fields):
        voice.html(template, **variables)
    given = said_in_words(fields)
    keys = Keys(voice, Signer(b"secret"), 7)
    for (section, code), names in words_with_fields(folder_of(voice.language)).items():
        words = {name: given[name] for name in names}
        if section == "buttons":
            check_label(keys.button(code, Verb.CARD, 1, **words).label)
        else:
            voice.text(section, code, **words)


@cache
def fieldless(folder: str) -> tuple[str, ...]:
    """Templates of our own words alone."""
    return tuple(
        sorted(
            name
            for name in shipped(folder)
            if name not in PIECES
            and not name.startswith("state/")
            and not fields_of(source(name, folder))
        )
    )


def source(name: str, folder: str) -> str:
    own = FOLDER / folder / f"{name}.html"
    return (own if own.exists() else FOLDER / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_template_and_word_keeps_its_tags_whatever_it_is_given(language: str) -> None:
    with watching() as watch:
        for template in fieldless(folder_of(language)):
            Voice(language).html(template)

        @settings(
            max_examples=examples(18) // len(LANGUAGE_NAMES),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(FIELDS)
        def say(fields: Fields) -> None:
            say_everything(Voice(language, fields.at), fields)

        say()
    reached = {name for spoken, name in watch.templates if spoken == language}
    assert sorted(shipped(language) - reached - PIECES) == [], "no hostile example reaches these"
    said = {(section, code) for spoken, section, code in watch.words if spoken == language}
    assert sorted(words_with_fields(folder_of(language)).keys() - said) == []


@pytest.mark.parametrize("text", ["<u>7</u>", "<b>7</b>", "<b>"])
def test_a_field_that_becomes_markup_is_noticed(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("bot.desk.rendering.escape", Markup)
    with watching(), pytest.raises((AssertionError, HtmlError)):
        Voice("zh").html("bound", name=text)
