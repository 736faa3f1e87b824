"""What the page offers to try: order numbers, questions, commands."""

from dataclasses import asdict, dataclass

__all__ = ["Suggestion"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to put into the input field by one tap, with a few words on what it shows.

    `person` limits it to one person's chat; None offers it to everybody.
    """

    text: str
    note: str = ""
    person: int | None = None

    def as_json(self) -> dict[str, object]:
        """Its form for the page."""
        return asdict(self)
