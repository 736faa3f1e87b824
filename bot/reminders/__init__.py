"""Who is to be told what, and when (结算提醒): pure decisions."""

from bot.reminders.appointed import Appointed, first_chance
from bot.reminders.deciding import HANGING, LATEST, Known, decide, known_after
from bot.reminders.hours import QuietHours, monday_of
from bot.reminders.pushes import (
    LEADS,
    AnsweredQuestion,
    DueLine,
    Judged,
    Outlook,
    Planned,
    Push,
    PushKind,
    Recipient,
    due_day,
)
from bot.reminders.standing import (
    Payout,
    Standing,
    midnight_of,
    next_change,
    payout_of,
    standing_of,
)

__all__ = [
    "HANGING",
    "LATEST",
    "LEADS",
    "AnsweredQuestion",
    "Appointed",
    "DueLine",
    "Judged",
    "Known",
    "Outlook",
    "Payout",
    "Planned",
    "Push",
    "PushKind",
    "QuietHours",
    "Recipient",
    "Standing",
    "decide",
    "due_day",
    "first_chance",
    "known_after",
    "midnight_of",
    "monday_of",
    "next_change",
    "payout_of",
    "standing_of",
]
