"""Other rules: what they would change is known before, and reminders follow once they hold."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.publishing.candidate import Checked, Folders
from bot.publishing.editing import checked_edits, publish_edits, working_files
from bot.publishing.publisher import By, Published
from bot.publishing.rule_edits import NewValue, calendar_edit, value_edit
from bot.publishing.rule_effects import changed_lines, moved_days, moved_payouts
from bot.store.days_to_come import Waiting
from bot.store.line_pages import last_row
from bot.store.transactions import reads
from settlement.holiday_notice import read_notice
from settlement.model import Platform
from settlement.notice_checks import doubts_of, years_of
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from tests.intake.planned import LINE, SHANGHAI, Bot

INVENTED = Path(__file__).parents[1] / "settlement/invented_notice_2027.txt"
MARCH = replace(LINE, order_number="march", received_at=datetime(2027, 3, 20, tzinfo=SHANGHAI))
BY = By("编辑")


@pytest.fixture
def with_notice() -> Rulebook:
    """The rules once the notice for 2027 is known."""
    shipped = shipped_rulebook()
    years = years_of(read_notice(INVENTED.read_text("utf-8")), shipped.calendar)
    _, edit = calendar_edit({}, years, "通知")
    assert edit.after is not None
    return overlay_rulebook(shipped, {"workdays.yaml": edit.after})


def test_where_no_payout_day_is_known_none_moves(with_notice: Rulebook) -> None:
    own = {"1688.yaml": "payout_day: {effective: unknown, values: {2017-12-13: null}}"}
    assert moved_payouts(2027, overlay_rulebook(shipped_rulebook(), own), with_notice) == ()


def test_the_invented_notice_is_without_doubt() -> None:
    assert doubts_of(read_notice(INVENTED.read_text("utf-8"))) == ()


def test_the_payouts_of_the_year_that_move_or_become_sure(with_notice: Rulebook) -> None:
    payouts = moved_payouts(2027, shipped_rulebook(), with_notice)
    assert len(payouts) == 12
    assert not any(each.was_official for each in payouts)
    assert all(each.is_official for each in payouts)
    [moved] = [each for each in payouts if each.moves]
    assert (moved.month, moved.nominal) == (date(2027, 3, 1), date(2027, 5, 15))
    assert (moved.before, moved.after) == (date(2027, 5, 17), date(2027, 5, 15))
    assert moved_payouts(2026, shipped_rulebook(), with_notice) == ()


def test_a_holiday_notice_moves_the_day_people_wait_for_and_they_are_told(
    bot: Bot, bound: int, with_notice: Rulebook
) -> None:
    bot.set(date(2027, 4, 1), 12)
    bot.imports(MARCH)
    bot.watches(bound, 2)
    bot.turn()

    with reads(bot.engine) as connection:
        [moved] = moved_days(connection, with_notice, bot.now)
        assert moved_days(connection, shipped_rulebook(), bot.now) == ()
        files = working_files(connection)
    assert (moved.known.cycle, moved.known.day) == ("1688/2027-03", date(2027, 5, 17))
    assert (moved.day, moved.waiting) == (date(2027, 5, 15), Waiting(lines=1, people=1, told=1))

    notice = read_notice(INVENTED.read_text("utf-8"))
    path, edit = calendar_edit(files, years_of(notice, bot.rulebook.calendar), notice.title)
    checked = checked_edits(bot.engine, {path: edit})
    assert isinstance(checked, Checked)
    published = publish_edits(bot.engine, Folders(), {path: edit}, BY, bot.now)
    assert isinstance(published, Published)
    bot.rulebook = checked.rulebook
    assert bot.rulebook.calendar.is_official(2027)

    bot.set(date(2027, 4, 2), 12)
    bot.turn()
    assert bot.said() == ["update 2"]
    bot.set(date(2027, 5, 15), 9)
    bot.turn()
    assert bot.said() == ["update 2", "payout 2"]


def test_what_a_figure_changes_is_shown_line_by_line_and_piece_by_piece(bot: Bot) -> None:
    jd = replace(LINE, platform=Platform.JD, order_number="jd")
    bot.imports(LINE, jd, replace(LINE, order_number="3", paid_amount=Decimal("200.00")))
    before = shipped_rulebook()
    new = NewValue(date(2026, 1, 1), "20", "公告", date(2026, 9, 14))
    path, edit = value_edit({}, before.rule("1688.payout_day"), new)
    checked = checked_edits(bot.engine, {path: edit})
    assert isinstance(checked, Checked)
    with reads(bot.engine) as connection:
        top = last_row(connection) + 1
        after = checked.rulebook
        all_of_it = changed_lines(connection, before, after, bot.now, below=top, count=10)
        first = changed_lines(connection, before, after, bot.now, below=top, count=1)
        of_jd = changed_lines(
            connection, before, after, bot.now, below=top, count=10, platform=Platform.JD
        )
        same = changed_lines(connection, before, before, bot.now, below=top, count=10)
    assert (all_of_it.judged, all_of_it.unreadable, all_of_it.below) == (3, 0, 0)
    assert [each.line.order_number for each in all_of_it.changed] == ["3", "1"]
    changes = {change.path: change for change in all_of_it.changed[0].changes}
    payout = changes["dates.payout.date"]
    # the 20th is a Sunday on which people work, by the notice of 2026
    assert (payout.before, payout.after) == ("2026-09-15", "2026-09-20")
    assert "state" not in changes
    assert (first.judged, first.below) == (1, 3)
    assert (of_jd.judged, of_jd.changed) == (1, ())
    assert (same.judged, same.changed) == (3, ())
