"""What a person sent, without anything of Telegram's."""

from dataclasses import dataclass

__all__ = ["Attachment", "Incoming"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message (附件): by which id it can be fetched, and what it says.

    `name` and `media_type` are the sender's words and prove nothing; `size` is in bytes.
    """

    id: str
    name: str = ""
    size: int | None = None
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or one button press.

    `text` is the message's text or caption, cleaned of NUL and lone surrogates, at most 4,096
    characters; empty for a button press. `button` is the pressed button's token as it came back
    from the client, so it proves nothing by itself. In a group `addressed` says whether the bot
    was mentioned, replied to or given a command. `message` is the id of the message itself,
    for a press of the message that carries the button. `kind` says what a message without a
    text is, by Telegram's word. `thread` is the forum topic it stands in, `replied_to` the message
    it answers. An `inline_query` is typed in any chat and has nobody's chat.
    """

    update: int
    user: int
    chat: int
    private: bool = True
    addressed: bool = True
    text: str = ""
    message: int | None = None
    button: str | None = None
    button_query: str | None = None
    language_code: str | None = None
    name: str = ""
    kind: str = "text"
    edited: bool = False
    thread: int | None = None
    replied_to: int | None = None
    album: str | None = None
    """What the pictures of one album have in common."""
    inline_query: str | None = None
    file: Attachment | None = None

    @property
    def is_meant(self) -> bool:
        """Whether the bot is spoken to, in whatever way."""
        return self.can_be_told or self.inline_query is not None

    @property
    def can_be_told(self) -> bool:
        """Whether the sender waits for words in a chat; who types an inline query does not."""
        return self.private or self.addressed or self.button is not None
