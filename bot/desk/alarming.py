"""What the operator is told when something is wrong, and when it is over (告警)."""

from dataclasses import dataclass, field
from functools import cache

from bot.desk.rendering import Voice
from bot.desk.replies import Say
from bot.shipped_tables import shipped_table

__all__ = ["Cause", "alarm_words", "is_over", "is_wrong"]


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is wrong.

    Two with the same `kind` and `subject` are the same cause, whatever the figures.
    """

    kind: str
    subject: str = ""
    detail: str = field(default="", compare=False)
    count: int = field(default=0, compare=False)
    minutes: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """By which it is remembered."""
        return f"{self.kind}:{self.subject}" if self.subject else self.kind

    @classmethod
    def named(cls, name: str) -> "Cause":
        """The cause that was remembered by a name, its figures forgotten."""
        kind, _, subject = name.partition(":")
        return cls(kind, subject)


def is_wrong(cause: Cause) -> Say:
    """Something is wrong: what, and what to do."""
    template = "operator/alarm"
    return Say(Voice("zh").html(template, **_filled(cause)), template=template)


def is_over(cause: Cause) -> Say:
    """It is well again; the words are those of the alarm, without its figures."""
    template = "operator/alarm_ended"
    said = alarm_words()[cause.kind]
    words = {name: said[f"{name}_over"] for name in ("zh", "en")}
    over = {name: text.format(subject=cause.subject) for name, text in words.items()}
    return Say(Voice("zh").html(template, **over), template=template)


def _filled(cause: Cause) -> dict[str, str]:
    said = alarm_words()[cause.kind]
    return {
        name: said[name].format(
            subject=cause.subject, detail=cause.detail, count=cause.count, minutes=cause.minutes
        )
        for name in ("zh", "remedy", "en")
    }


@cache
def alarm_words() -> dict[str, dict[str, str]]:
    """The words of every kind of cause."""
    words: dict[str, dict[str, str]] = shipped_table("templates", "operator", "alarms.yaml")
    return words
