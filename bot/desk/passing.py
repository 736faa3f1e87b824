"""What a case at the operator's leaves behind (转人工): letters, and where it stands."""

from dataclasses import dataclass
from datetime import datetime

from bot.desk.spoken import Edit, Reply, Say

__all__ = ["EndHandOff", "HandOver", "PassOn", "TakeOver"]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Open a case at the operator's (转人工): `briefing` is sent there, then `control`."""

    number: str
    question: str
    operator_chat: int
    answer_by: datetime
    briefing: tuple[Reply, ...]
    control: Say


@dataclass(frozen=True, slots=True)
class PassOn:
    """Send to a chat what belongs to a case; `source` is the message it was made from.

    An Edit without a message changes the letter with the key `edits`.
    """

    handoff: int
    chat: int
    reply: Reply
    source: int | None = None
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Somebody of the operator's answers a case from now on; `control` changes its buttons."""

    handoff: int
    control: Edit


@dataclass(frozen=True, slots=True)
class EndHandOff:
    """Close a case, by the "creator" or the "staff"; `control` loses its buttons."""

    handoff: int
    by: str
    control: Edit
