"""What is said of a case by itself: nobody came, something did not arrive (转人工通知)."""

from bot.desk.handoffs import HandOff
from bot.desk.markup import plain
from bot.desk.rendering import Voice
from bot.desk.replies import Reply, Say

__all__ = ["TEMPLATES", "erased", "overdue", "overdue_to_staff", "undelivered", "unreachable"]

_UNDELIVERED = "operator/undelivered"
_UNREACHABLE = "handoff_unreachable"
TEMPLATES = frozenset({_UNDELIVERED, _UNREACHABLE})
"""Notices of a failure: when one fails itself, that is not told of in turn."""


def overdue(case: HandOff) -> Say:
    """For the creator: nobody took the case in time."""
    html = Voice(case.language).html("handoff_overdue", number=case.number)
    return Say(html, template="handoff_overdue")


def overdue_to_staff() -> Say:
    """For the operator: the creator was told that nobody came."""
    return Say(Voice("zh").html("operator/handoff_overdue"), template="operator/handoff_overdue")


def erased(case: HandOff) -> Say:
    """For the operator: the case is gone with everything else that was kept of its person."""
    html = Voice("zh").html("operator/handoff_erased", number=case.number)
    return Say(html, template="operator/handoff_erased")


def undelivered(reply: Reply, *, gone: bool) -> Say:
    """For the operator: what did not reach the creator, by its first words."""
    words = plain(getattr(reply, "html", ""))
    html = Voice("zh").html(_UNDELIVERED, words=words, gone=gone)
    return Say(html, template=_UNDELIVERED)


def unreachable(case: HandOff) -> Say:
    """For the creator: the operator's chat cannot be written to."""
    html = Voice(case.language).html(_UNREACHABLE, number=case.number)
    return Say(html, template=_UNREACHABLE)
