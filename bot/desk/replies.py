"""What the desk answers with: replies for the person, effects for the store."""

from dataclasses import dataclass, field

from bot.desk.effects import (
    Arrival,
    BindCreator,
    EraseMe,
    OfferSignIn,
    OptIn,
    OptOut,
    Prefer,
    RecordQuestion,
    RequestBinding,
    SetLanguage,
    SetRole,
    SettleRequest,
    Snooze,
    Subscribe,
    Tell,
    UnbindCreator,
    Unsubscribe,
    Vote,
    WrongCode,
)
from bot.desk.facts import Dialogue
from bot.desk.imports import ImportDocument, ImportForGood, UndoDocument
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.sought import AwaitNumbers, LeaveNumbers
from bot.desk.spoken import Button, Document, Edit, Photo, Rearrange, Reply, Rows, Say, Toast

__all__ = [
    "Answered",
    "Button",
    "Document",
    "Edit",
    "Effect",
    "Photo",
    "Rearrange",
    "Reply",
    "Rows",
    "Say",
    "Toast",
]


Effect = (
    Subscribe
    | Unsubscribe
    | Prefer
    | Snooze
    | Arrival
    | BindCreator
    | WrongCode
    | RequestBinding
    | SettleRequest
    | UnbindCreator
    | SetRole
    | EraseMe
    | OfferSignIn
    | OptOut
    | OptIn
    | AwaitNumbers
    | LeaveNumbers
    | Tell
    | HandOver
    | PassOn
    | TakeOver
    | EndHandOff
    | Vote
    | ImportDocument
    | ImportForGood
    | UndoDocument
    | RecordQuestion
    | SetLanguage
)


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything that follows from one message; `dialogue` replaces what was remembered."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
