"""What a person sent, without anything of Telegram's."""

from dataclasses import dataclass

__all__ = ["Incoming"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or one button press.

    `text` is the message's text or caption, cleaned of NUL and lone surrogates, at most 4,096
    characters; empty for a button press. `button` is the pressed button's token as it came back
    from the client, so it proves nothing by itself. In a group `addressed` says whether the bot
    was mentioned, replied to or given a command. `message` is the id of the message itself,
    for a press of the message that carries the button.
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
