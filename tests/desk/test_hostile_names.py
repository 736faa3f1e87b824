"""Names and accounts of people may hold anything: the tags of a message stay its template's."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.desk import Desk
from bot.desk.facts import WAITING_FOR_ACCOUNT, Creator, Dialogue, Facts
from bot.desk.incoming import Incoming
from bot.desk.markup import units
from bot.desk.operators import Operators
from bot.desk.rendering import LANGUAGE_NAMES, Voice
from bot.desk.replies import Say, Tell
from bot.desk.snapshot import Snapshot
from bot.simulator.html import parse_html
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from settlement.rulebook import shipped_rulebook
from tests.desk.test_hostile_fields import HOSTILE

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
HARMLESS = "小雅"
LANGUAGES = st.sampled_from(list(LANGUAGE_NAMES))
Variables = Mapping[str, object]


def accounts(words: str) -> Variables:
    return {"platform": "抖音", "account": words}


TEMPLATES: Mapping[str, Callable[[str], Variables]] = {
    "start": lambda words: {"name": words, "known": True, "names": (words, words)},
    "bind": lambda words: {"names": (words,), "asked": ((words, words),), "can_ask": True},
    "bound": lambda words: {"name": words},
    "binding_problem": lambda words: {"problem": "already", "name": words, "minutes": 1},
    "request_sent": accounts,
    "request_refused": lambda words: {"problem": "waiting", **accounts(words)},
    "unbind_surely": lambda words: {"name": words, "last": True},
    "unbound": lambda words: {"name": words, "last": False},
    "operator/binding_request": lambda words: {
        **accounts(words),
        "name": words,
        "state": "approved",
        "creator": words,
        "new": False,
    },
}


def tags(html: str) -> list[str]:
    return [entity.type for entity in parse_html(html).entities]


@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=250, deadline=None)
@given(words=HOSTILE, language=LANGUAGES)
def test_the_tags_are_exactly_the_templates(template: str, words: str, language: str) -> None:
    voice, variables = Voice(language, NOW), TEMPLATES[template]
    html = voice.html(template, **variables(words))
    assert units(parse_html(html).text) <= 4096
    shown = voice.html("bound", name=words)
    if len(tags(shown)) == len(tags(voice.html("bound", name=HARMLESS))):
        # A name of which nothing is left to show leaves its bold empty, and Telegram drops it.
        assert tags(html) == tags(voice.html(template, **variables(HARMLESS)))
    else:
        assert set(tags(html)) <= set(tags(voice.html(template, **variables(HARMLESS))))


@pytest.fixture(scope="module")
def desk() -> Desk:
    knowledge = shipped_knowledge()
    snapshot = Snapshot(knowledge, Matcher(knowledge), shipped_rulebook(), "test")
    return Desk(lambda: snapshot, b"secret", operators=Operators(-1_000_000_000_500))


@settings(max_examples=150, deadline=None)
@given(name=HOSTILE, account=HOSTILE, language=LANGUAGES)
def test_whatever_is_sent_for_an_account_what_follows_can_be_sent(
    desk: Desk, name: str, account: str, language: str
) -> None:
    waiting = Dialogue(waiting_for=WAITING_FOR_ACCOUNT, given=("douyin",))
    candidates = (Creator(2**62, "小雅好物"), Creator(2, "雅"))
    facts = Facts(language=language, dialogue=waiting, candidates=candidates)
    # What came from Telegram has no NUL and no lone surrogates left.
    said = re.sub("[\x00\ud800-\udfff]", "", account)
    incoming = Incoming(1, 2**52, 2**52, text=said, name=name)
    answered = desk.answer(incoming, facts, NOW)
    told = [each.reply for each in answered.effects if isinstance(each, Tell)]
    for reply in (*answered.replies, *told):
        assert isinstance(reply, Say)
        assert parse_html(reply.html).text.strip()
        for button in (button for row in reply.buttons for button in row):
            assert button.label.strip()
            assert len((button.token or "").encode()) <= 64
