"""Any press, command or text in any circumstances, with hostile texts wherever texts are kept."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.actions import Action, Signer, Verb
from bot.desk.commands import COMMANDS
from bot.desk.desk import Desk
from bot.desk.facts import (
    BindingCode,
    BindingRequest,
    Creator,
    Dialogue,
    Facts,
    OwnedLine,
    Promoter,
    RequestKey,
    RequestState,
    Role,
    Scope,
    Subscription,
)
from bot.desk.handoffs import Earlier, HandOff, HandOffState
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from settlement.model import Platform
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_answered
from tests.desk.test_hostile_fields import HOSTILE, LANGUAGES, ORDERS
from tests.examples import examples

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
OPERATORS, PERSON = -100900, 7
SECRET = b"secret"
SUBJECTS = st.sampled_from(
    ["", "0", "1", "9", "yes", "yes.1", "no", "1.all", "1.half", "1.ask", "jd", "merchant", "g",
     "everything", "platform.jd", "0.0", "0900-2100", "ask", "ABCD-EFGH", "jd.2026-08-20.1",
     "Asia/Tokyo", "on.gone", "off.digest", "gone.1.jd.20260915.1", "7.AAAAAAAA.1",
     "7.AAAAAAAA.0", "en", "when..0", "123456789012", "live-gift"]
)  # fmt: skip
ORIGINS = st.sampled_from(["", "+", "o0", "lAAAAAAAA.0", "?0"])
WAITING = st.sampled_from(
    [None, "order_number", "platform", "zone", "figure", "refund_amount", "opinion", "account"]
)
GIVEN = st.sampled_from([(), ("douyin",), ("live-gift",), ("creator-fee", '"199.00"')])
TEXTS = HOSTILE.map(lambda text: re.sub("[\x00\ud800-\udfff]", "", text))
SAID = st.sampled_from(sorted(COMMANDS)).map("/{}".format) | TEXTS


@st.composite
def circumstances(draw: st.DrawFn) -> Facts:
    """All that the store can hold of a person, hostile where people or platforms wrote it."""
    name, account, text = draw(st.tuples(HOSTILE, HOSTILE, HOSTILE))
    lines = tuple(OwnedLine(row, 1, draw(ORDERS), NOW) for row in (1, 2))
    state = draw(st.sampled_from(RequestState))
    key = RequestKey(PERSON, "AAAAAAAA")
    asked = BindingRequest(
        key, "jd", account, NOW, state, NOW, 7, name, "en", (Creator(1, name, sure=True),)
    )
    case_state = draw(st.sampled_from(HandOffState))
    case = HandOff(3, "ABCD-EFGH", PERSON, 7, OPERATORS, case_state, NOW, NOW, "en")
    dialogue = Dialogue(
        draw(WAITING), None, 1, text, (1, 2), draw(GIVEN), missing=("123456789012",)
    )
    open_case = case if draw(st.booleans()) and case.is_open else None
    return Facts(
        language=draw(LANGUAGES),
        creators=(1, 2),
        creator_names=(name, account),
        dialogue=dialogue,
        lines=lines,
        own_lines=lines,
        subscriptions=(
            Subscription(1, PERSON, Scope.ORDER, 1, NOW),
            Subscription(2, PERSON, Scope.PLATFORM, None, NOW, "jd"),
        ),
        binding_code=BindingCode(2, name, NOW + timedelta(hours=1), used=draw(st.booleans())),
        role=draw(st.none() | st.sampled_from(Role)),
        candidates=(Creator(9, name),),
        requests=(asked,),
        request=asked,
        kept={"name": name, "questions": [text]},
        handoff=open_case,
        case=case if draw(st.booleans()) else None,
        earlier=(Earlier("key", 3, plain=True),),
        found=(lines,),
        promoters=(Promoter(Platform.TAOBAO, "pid", account),),
        awaited=("123456789012",),
    )


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(shipped_snapshot, SECRET, "mingzhang_bot", operators=Operators(OPERATORS, (7,)))


@settings(max_examples=examples(60))
@given(circumstances(), st.sampled_from(Verb), SUBJECTS, ORIGINS)
def test_any_press_is_answered_sendably(
    desk: Desk, facts: Facts, verb: Verb, subject: str, origin: str
) -> None:
    token = Signer(SECRET).token(PERSON, Action(verb, subject, origin))
    pressed = Incoming(1, PERSON, 7, message=3, button=token, button_query="q")
    desk.wanted(pressed)
    answered = desk.answer(pressed, facts, NOW)
    assert answered.replies
    check_answered(answered)


@settings(max_examples=examples(50))
@given(circumstances(), SAID, TEXTS, st.booleans(), st.booleans())
def test_anything_said_is_answered_sendably(
    desk: Desk, facts: Facts, said: str, more: str, edited: bool, private: bool
) -> None:
    text = f"{said} {more}"[:4096]
    chat = 7 if private else -100500
    incoming = Incoming(
        1, PERSON, chat, private=private, text=text, message=5, name=more, edited=edited
    )
    desk.wanted(incoming)
    check_answered(desk.answer(incoming, facts, NOW))
