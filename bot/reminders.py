"""Who is to be told what, on which day (结算提醒): a pure function."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from settlement.diagnosis import Diagnosis
from settlement.model import Order

__all__ = ["DueLine", "Push", "PushKind"]


class PushKind(StrEnum):
    """What a push is about."""

    PAYOUT = "payout"
    """The payout day of commission has come (到账提醒)."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """An order line a push is about, judged at the moment of the push."""

    row: int
    order: Order
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Push:
    """One message nobody just asked for (推送).

    `about` is the line or the platform it speaks of; with user, kind and `day` (the payout day,
    Shanghai) it makes the key under which it is sent at most once.
    """

    user: int
    chat: int
    language: str
    kind: PushKind
    about: str
    day: date
    lines: tuple[DueLine, ...]

    @property
    def key(self) -> str:
        """What makes this push the same one, whenever and however often it is planned."""
        return f"push:{self.user}:{self.kind}:{self.about}:{self.day.isoformat()}"
