"""Who decides for the operator (运营): named people, and whoever is in the operator's own chat."""

from dataclasses import dataclass, field

from bot.desk.handoffs import HelpDesk
from bot.desk.incoming import Incoming

__all__ = ["Operators"]


@dataclass(frozen=True, slots=True)
class Operators:
    """The operator's chat and people, by their Telegram ids; both may be missing.

    `console` is where browsers reach the console, None if nobody said.
    """

    chat: int | None = None
    people: tuple[int, ...] = ()
    help_desk: HelpDesk = field(default_factory=HelpDesk)
    console: str | None = None

    @property
    def chats(self) -> tuple[int, ...]:
        """Where the operator is told: their chat, or without one each of their people."""
        return self.people if self.chat is None else (self.chat,)

    def include(self, incoming: Incoming) -> bool:
        """Whether this message comes from someone who decides for the operator."""
        return incoming.user in self.people or incoming.chat == self.chat
