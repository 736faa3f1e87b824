"""What was late is told once, and not again when the line is looked at later."""

from datetime import timedelta

import pytest

from tests.intake.planned import PAYOUT_DAY, Bot

A_WEEK_OVER = timedelta(days=8)
"""After the payout day: the line is judged again then, and what is not planned is planned."""


@pytest.mark.parametrize(
    ("dropped", "told"),
    [(False, ["arrived 1"]), (True, ["arrived 1", "missed 1"])],
)
def test_a_payout_day_told_too_late_is_settled_by_the_question_whether_it_came(
    dropped: bool, told: list[str], bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    # Two days after its hour the question still goes out by itself, the payout day does not.
    bot.set(PAYOUT_DAY + timedelta(days=3), 9)
    bot.turn()
    bot.marks("dropped" if dropped else "sent", was="pending")
    for day in (timedelta(days=4), A_WEEK_OVER, A_WEEK_OVER + timedelta(days=1)):
        bot.set(PAYOUT_DAY + day, 10)
        bot.turn()
        bot.marks("sent", was="pending")
    # How the line stands, which the question does not say, may be told besides.
    assert [each for each in bot.said() if not each.startswith("update")] == told
