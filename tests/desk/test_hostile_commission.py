"""Sums, appeals, what-ifs and workbooks hold whatever stands in the orders."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.desk.actions import Action, Signer, Verb
from bot.desk.appeals import LONGEST_COPY, appeal_lines
from bot.desk.cards import Judged
from bot.desk.commission import commission_of
from bot.desk.commission_words import pictured, said
from bot.desk.desk import Desk
from bot.desk.facts import Facts, OwnedLine
from bot.desk.incoming import Incoming
from bot.desk.markup import units
from bot.desk.own_sheet import sheet_of
from bot.desk.rendering import Voice
from bot.desk.replies import Edit, Say
from bot.drawing.workbook import workbook
from bot.simulator.html import parse_html
from settlement.diagnosis import State
from settlement.model import Order
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_reply
from tests.desk.test_hostile_fields import LANGUAGES, ORDERS, check, judged_lines
from tests.examples import examples

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
LINES = st.lists(judged_lines(), max_size=8)
HIGHEST_ROW = 10**15


@settings(max_examples=examples(30), deadline=None)
@given(LINES)
def test_months_and_platforms_come_to_the_same_sum(lines: list[Judged]) -> None:
    found = commission_of(lines, NOW)
    by_month = [share for _, share in found.months]
    by_platform = [share for _, share in found.platforms]
    for few in (by_month, by_platform, [share for _, share in found.by_month(1)]):
        assert sum(share.net for share in few) == sum(share.net for share in by_month)
        assert sum(share.count for share in few) == sum(share.count for share in by_month)
        assert all(sum(share.tones.values()) == share.net for share in few)
    strange = sum(line.diagnosis.state is State.UNKNOWN_STATUS for line in lines)
    assert found.unknown == strange + sum(share.unknown for share in by_month)


@settings(max_examples=examples(8), deadline=None)
@given(LINES, LANGUAGES)
def test_the_caption_says_every_sum_of_the_picture(lines: list[Judged], language: str) -> None:
    voice = Voice(language, NOW)
    found = commission_of(lines, NOW)
    caption = parse_html(said(voice, found, count=len(lines), latest_only=True)).text
    assert 0 < units(caption) <= 1024
    picture = pictured(voice, found)
    if picture is None or caption.endswith("…"):
        return
    for section in picture.sections:
        for bar in section.bars:
            assert bar.words in caption
            assert all(segment.length >= 0 for segment in bar.segments)
    assert all(figure.words in caption for figure in picture.figures)


@settings(max_examples=examples(60), deadline=None)
@given(judged_lines())
def test_an_appeal_fits_a_button_and_hides_nothing(judged: Judged) -> None:
    lines = appeal_lines(judged, NOW)
    assert units("\n".join(lines)) <= LONGEST_COPY
    assert judged.order.order_number in lines[1]
    assert not set("".join(lines)) & set("\u202e\u2066\u200b\ue000\ue001\x00\n\r")


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(judged_lines(), min_size=1, max_size=5), LANGUAGES)
def test_a_workbook_of_any_lines_opens_and_holds_texts_as_texts(
    lines: list[Judged], language: str
) -> None:
    sheet = sheet_of(Voice(language, NOW), lines, NOW)
    page: Any = load_workbook(BytesIO(workbook(sheet))).active
    for cells, row in zip(page.iter_rows(min_row=2), sheet.rows, strict=True):
        for column, (cell, told) in enumerate(zip(cells, row, strict=True)):
            if column in sheet.amounts:
                assert (
                    cell.value is None if not told else Decimal(str(cell.value)) == Decimal(told)
                )
            else:
                assert cell.data_type in ("s", "n")
                assert cell.value is None or cell.data_type == "s"


PRESSES = (
    (Verb.CARD, ""),
    (Verb.MORE, ""),
    (Verb.WHAT_IF, ""),
    (Verb.IF_RECEIVED, ""),
    (Verb.IF_REFUNDED, ".all"),
    (Verb.IF_REFUNDED, ".half"),
    (Verb.IF_REFUNDED, ".ask"),
)


@pytest.mark.parametrize(("verb", "share"), PRESSES)
@settings(max_examples=examples(8), deadline=None)
@given(order=ORDERS, language=LANGUAGES)
def test_every_page_of_a_card_is_sendable_and_tidy(
    verb: Verb, share: str, order: Order, language: str
) -> None:
    origin = "lAAAAAAAA.12.Ab3x"
    token = Signer(b"secret").token(7, Action(verb, f"{HIGHEST_ROW}{share}", origin))
    pressed = Incoming(1, 7, 7, message=3, button=token, button_query="q")
    for reply in answers(pressed, order, language):
        check(reply.html)
        check_reply(reply)
        assert len(reply.buttons) <= 4


@cache
def desk() -> Desk:
    return Desk(shipped_snapshot, b"secret")


def answers(pressed: Incoming, order: Order, language: str) -> list[Say | Edit]:
    """What the owner of a line gets for a press, but for the answer to the press itself."""
    line = OwnedLine(HIGHEST_ROW, 1, order, NOW)
    facts = Facts(language=language, creators=(1,), creator_names=("我",), lines=(line,))
    replies = desk().answer(pressed, facts, NOW).replies
    return [each for each in replies if isinstance(each, Say | Edit)]
