"""What a message may hold: how long its words may be."""

from bot.simulator.entities import FormattedText, utf16_length
from bot.simulator.refusal import bad_request

__all__ = ["captioned", "worded"]

MAX_TEXT = 4096
MAX_CAPTION = 1024


def worded(content: FormattedText) -> FormattedText:
    """The content if it may be a message's text."""
    if not content.text:
        raise bad_request("text must be non-empty")
    if utf16_length(content.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return content


def captioned(content: FormattedText) -> FormattedText:
    """The content if it may stand under a file."""
    if utf16_length(content.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return content
