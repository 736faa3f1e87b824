"""Leading out of a group: order facts are for one pair of eyes (去私聊)."""

from bot.desk.replies import Answered, Button
from bot.desk.turn import Turn

__all__ = ["TO_ORDERS", "in_private_only"]

TO_ORDERS = "orders"
"""The payload of the link that leads from a group to one's own orders."""


def in_private_only(turn: Turn) -> Answered:
    """Answer with a link to the private chat."""
    link = f"https://t.me/{turn.bot_name}?start={TO_ORDERS}" if turn.bot_name else None
    button = Button(turn.voice.text("buttons", "private_chat"), url=link)
    return turn.answered(turn.say("group", ((button,),) if link else ()))
