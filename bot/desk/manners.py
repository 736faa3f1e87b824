"""What is said to a message without words (贴纸、语音、图片…): what to do instead, once."""

from dataclasses import replace

from bot.desk.commands import COMMANDS, command_in
from bot.desk.replies import Answered
from bot.desk.turn import Turn

__all__ = ["for_another_bot", "not_words", "one_of_an_album", "remembering_album"]


def not_words(turn: Turn) -> Answered:
    """Say what to do instead of a sticker, a voice message, a picture …"""
    return turn.answered(
        turn.say("unreadable", kind=turn.incoming.kind), dialogue=turn.facts.dialogue
    )


def for_another_bot(turn: Turn) -> bool:
    """Tell a group's command that we do not know, and that does not name us, from one for us."""
    text = turn.incoming.text.strip()
    given = None if turn.private else command_in(text)
    return given is not None and given[0] not in COMMANDS and "@" not in text.split()[0]


def one_of_an_album(turn: Turn) -> bool:
    """Tell whether a picture belongs to an album that was answered by its first one."""
    album = turn.incoming.album
    return album is not None and not turn.incoming.text and album == turn.facts.dialogue.album


def remembering_album(turn: Turn, answered: Answered) -> Answered:
    """Keep which album was answered, for each of its pictures is a message of its own."""
    if turn.incoming.album is None:
        return answered
    return replace(answered, dialogue=replace(answered.dialogue, album=turn.incoming.album))
