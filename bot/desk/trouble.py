"""What is said when a message could not be handled (致歉): to its sender, and to the operator."""

from bot.desk.incoming import Incoming
from bot.desk.markup import fit
from bot.desk.rendering import Voice, language_of
from bot.desk.replies import Edit, Say

__all__ = ["alarm", "apology", "busy", "markup_alarm", "outdated", "resent", "slow_down"]


def apology(incoming: Incoming, language: str | None) -> Say:
    """One warm line for whoever wrote; `language` if the person is known."""
    voice = Voice(language or language_of(incoming.language_code))
    return Say(voice.html("trouble"))


def busy(incoming: Incoming) -> str:
    """One line for whoever wrote while the database fails: the answer comes later."""
    return Voice(language_of(incoming.language_code)).html("busy")


def slow_down(incoming: Incoming) -> str:
    """One line for whoever writes faster than anybody reads."""
    return Voice(language_of(incoming.language_code)).html("slow_down")


def outdated(language: str) -> Edit:
    """In place of an answer whose question was edited away."""
    return Edit(None, Voice(language).html("outdated"), template="outdated")


def alarm(update: int) -> Say:
    """For the operator, in both languages: which update was set aside; nothing of its words."""
    return Say(Voice("zh").html("operator/trouble_alarm", update=update))


def markup_alarm(row: int, template: str) -> Say:
    """For the operator, in both languages: Telegram could not parse what a template made."""
    return Say(Voice("zh").html("operator/markup_alarm", row=row, name=template))


def resent(language: str | None, html: str) -> str:
    """The same message marked as a second copy, once; unmarked if there is no room for it."""
    mark = Voice(language or "zh").html("resent")
    marked = f"{mark}\n{html}"
    return html if html.startswith(mark) or fit(marked) != marked else marked
