"""What is said (话): messages, changes of messages, answers to presses."""

from dataclasses import dataclass, field

from bot.desk.pictures import Picture, Sheet
from bot.desk.topics import CloseTopic, Copy, InlineAnswer, OpenTopic, ShowMenu

__all__ = [
    "Button",
    "Document",
    "Edit",
    "Photo",
    "Rearrange",
    "Reply",
    "Rows",
    "Say",
    "Toast",
    "template_of",
]


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: a signed action token (≤ 64 bytes), a text to copy, or a link."""

    label: str
    token: str | None = None
    copy_text: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A new message; `html` is Telegram HTML of at most 4,096 UTF-16 units once parsed.

    `template` is what it was made from, for the operator to find should Telegram refuse it.
    """

    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)

    def as_edit(self, message: int | None = None) -> "Edit":
        """The same in place of a message."""
        return Edit(message, self.html, self.buttons, self.template)


@dataclass(frozen=True, slots=True)
class Edit:
    """A message changed in place; None if it is known only by the letter that carries it."""

    message: int | None
    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Rearrange:
    """Other buttons under a message whose words stay as they are."""

    rearranged: int
    buttons: Rows


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a button press; `text` (at most 200 characters) may be empty."""

    query: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A new message with a picture; `html` says the same in at most 1,024 units (图片)."""

    picture: Picture
    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A new message with a file: a text as it stands, or a table as a workbook (文件).

    `html` is its caption, at most 1,024 units, and may be empty.
    """

    name: str
    content: str | Sheet
    html: str = ""
    buttons: Rows = ()
    template: str = field(default="", compare=False)


Reply = (
    Say
    | Edit
    | Rearrange
    | Toast
    | Photo
    | Document
    | OpenTopic
    | CloseTopic
    | Copy
    | InlineAnswer
    | ShowMenu
)


def template_of(reply: Reply) -> str:
    """What a reply was made from; empty for what has no words of ours."""
    return getattr(reply, "template", "")
