"""From a raw update to what the desk understands, or to why it cannot be read.

The raw JSON is read directly: python-telegram-bot's `Update.de_json` refuses a whole update for
a field nobody needs, such as a date beyond the calendar.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram.constants import (
    ChatMemberStatus,
    ChatType,
    MessageEntityType,
    MessageLimit,
    UpdateType,
)

from bot.desk.incoming import Attachment, Incoming
from bot.intake import Received, Standing
from bot.telegram.kinds import is_notice, kind_of

__all__ = ["ALLOWED_UPDATES", "Me", "read_update", "unreadable", "update_id"]

ALLOWED_UPDATES = (
    UpdateType.MESSAGE.value,
    UpdateType.EDITED_MESSAGE.value,
    UpdateType.CALLBACK_QUERY.value,
    UpdateType.INLINE_QUERY.value,
    UpdateType.MY_CHAT_MEMBER.value,
)

_LARGEST_ID = 2**63 - 1
_OF_A_FILE = ("file_name", "mime_type")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, by which a group member may call it."""

    id: int
    username: str


class UnreadableUpdateError(Exception):
    """A field of an update is missing or not what Telegram documents."""


def read_update(raw: Any, me: Me) -> Received | None:
    """The update, readable or with its problem; None for a kind the bot has no answer to."""
    try:
        body = dict(_object(raw, "update"))
        update = _whole(body, "update_id")
    except UnreadableUpdateError as error:
        return unreadable(repr(raw).encode(), str(error))
    try:
        incoming = _incoming(update, body, me)
    except UnreadableUpdateError as error:
        return Received(update, body, _addressee(update, body), str(error))
    if incoming:
        return Received(update, body, incoming)
    moved = _moved(_dictionary(body.get("message")))
    standing = _standing(_dictionary(body.get("my_chat_member")))
    return Received(update, body, moved=moved, standing=standing) if moved or standing else None


def unreadable(body: bytes, problem: str) -> Received:
    """What came instead of an update; the same bytes are the same update if they come again.

    Telegram numbers its updates from 1, so a number made from the bytes is a negative one.
    """
    number = -1 - (int.from_bytes(hashlib.sha256(body).digest()[:8]) >> 1)
    return Received(number, {"unreadable": body.decode("utf-8", "replace")}, problem=problem)


def update_id(raw: Any) -> int | None:
    """The number by which Telegram wants an update confirmed, if it has one."""
    try:
        return _whole(_object(raw, "update"), "update_id")
    except UnreadableUpdateError:
        return None


def _incoming(update: int, raw: Mapping[str, Any], me: Me) -> Incoming | None:
    if (message := raw.get("message")) is not None:
        return _message(update, _object(message, "message"), me)
    if (message := raw.get("edited_message")) is not None:
        edited = _message(update, _object(message, "edited_message"), me)
        return replace(edited, edited=True) if edited else None
    if (query := raw.get("callback_query")) is not None:
        return _button(update, _object(query, "callback_query"))
    if (query := raw.get("inline_query")) is not None:
        return _inline(update, _object(query, "inline_query"))
    return None


def _message(update: int, message: Mapping[str, Any], me: Me) -> Incoming | None:
    if "from" not in message or _moved(message) or not _is_said(message, me):
        return None
    sender = _object(message["from"], "from")
    chat = _object(message.get("chat"), "chat")
    # whoever writes as the group itself has Telegram's own bot for a sender
    if sender.get("is_bot") is True and _id(message.get("sender_chat")) != chat.get("id"):
        return None
    text = _text(message, "text") or _text(message, "caption")
    private = chat.get("type") == ChatType.PRIVATE
    in_topic = message.get("is_topic_message") is True
    return Incoming(
        update=update,
        user=_whole(sender, "id"),
        chat=_whole(chat, "id"),
        private=private,
        addressed=private or _addressed(message, me),
        text=text[: MessageLimit.MAX_TEXT_LENGTH],
        message=_whole(message, "message_id"),
        language_code=_text(sender, "language_code") or None,
        name=_text(sender, "first_name"),
        kind=kind_of(message),
        thread=_number(message.get("message_thread_id")) if in_topic else None,
        replied_to=_number(_dictionary(message.get("reply_to_message")).get("message_id")),
        album=_text(message, "media_group_id") or None,
        file=_attachment(message),
    )


def _attachment(message: Mapping[str, Any]) -> Attachment | None:
    """The file of a message; what it says of itself may be missing or anything."""
    document = _dictionary(message.get("document"))
    if not isinstance(document.get("file_id"), str):
        return None
    said = {name: document[name] for name in _OF_A_FILE if isinstance(document.get(name), str)}
    size = _number(document.get("file_size"))
    return Attachment(
        _text(document, "file_id"),
        _text(said, "file_name"),
        size if size is not None and size >= 0 else None,
        _text(said, "mime_type"),
    )


def _is_said(message: Mapping[str, Any], me: Me) -> bool:
    """Whether somebody says something: no notice of a chat's life, no answer of our own sent."""
    sent_by_us = _id(message.get("via_bot")) == me.id
    return not sent_by_us and not is_notice(message)


def _inline(update: int, query: Mapping[str, Any]) -> Incoming:
    """What somebody types after the bot's name, in whatever chat."""
    sender = _object(query.get("from"), "from")
    user = _whole(sender, "id")
    return Incoming(
        update=update,
        user=user,
        chat=user,
        private=False,
        addressed=False,
        text=_text(query, "query")[: MessageLimit.MAX_TEXT_LENGTH],
        language_code=_text(sender, "language_code") or None,
        name=_text(sender, "first_name"),
        inline_query=_text(query, "id"),
    )


def _standing(changed: Mapping[str, Any]) -> Standing | None:
    """Whether the bot may write to a chat from now on, where that has changed."""
    chat = _number(_dictionary(changed.get("chat")).get("id"))
    status = _dictionary(changed.get("new_chat_member")).get("status")
    if chat is None or not isinstance(status, str):
        return None
    return Standing(chat, reachable=status not in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED))


def _button(update: int, query: Mapping[str, Any]) -> Incoming:
    sender = _object(query.get("from"), "from")
    user = _whole(sender, "id")
    message = query.get("message")
    carrier = _object(message, "message") if message is not None else None
    chat = _object(carrier.get("chat"), "chat") if carrier else {"id": user, "type": "private"}
    return Incoming(
        update=update,
        user=user,
        chat=_whole(chat, "id"),
        private=chat.get("type") == ChatType.PRIVATE,
        message=_whole(carrier, "message_id") if carrier else None,
        button=_text(query, "data"),
        button_query=_text(query, "id"),
        language_code=_text(sender, "language_code") or None,
        name=_text(sender, "first_name"),
    )


def _addressee(update: int, raw: Mapping[str, Any]) -> Incoming | None:
    """Who sent what cannot be read, if that much can be: enough to be told so, in private."""
    pressed = _dictionary(raw.get("callback_query"))
    sent = pressed or _dictionary(raw.get("message") or raw.get("edited_message"))
    sender = _dictionary(sent.get("from"))
    chat = _dictionary((_dictionary(sent.get("message")) if pressed else sent).get("chat"))
    try:
        user = _whole(sender, "id")
    except UnreadableUpdateError:
        return None
    if sender.get("is_bot") is True or chat.get("id") != user:
        return None
    code = sender.get("language_code")
    return Incoming(update, user, chat=user, language_code=code if isinstance(code, str) else None)


def _dictionary(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _moved(message: Mapping[str, Any]) -> tuple[int, int] | None:
    """The old id and the new one of a group that became a supergroup; told in both of them."""
    here = _id(message.get("chat"))
    old, new = message.get("migrate_from_chat_id", here), message.get("migrate_to_chat_id", here)
    usable = all(isinstance(each, int) and abs(each) <= _LARGEST_ID for each in (old, new))
    return (old, new) if usable and old != new else None


def _addressed(message: Mapping[str, Any], me: Me) -> bool:
    """Whether a group message is meant for the bot: a reply to it, its name, or a command."""
    replied = message.get("reply_to_message")
    if isinstance(replied, dict) and _id(replied.get("from")) == me.id:
        return True
    encoded = (_text(message, "text") or _text(message, "caption")).encode("utf-16-le")
    entities = message.get("entities") or message.get("caption_entities") or []
    if not isinstance(entities, list):
        raise UnreadableUpdateError("entities: a list was expected")
    return any(_names(entity, encoded, me) for entity in entities if isinstance(entity, dict))


def _names(entity: Mapping[str, Any], encoded: bytes, me: Me) -> bool:
    kind = entity.get("type")
    if kind == MessageEntityType.TEXT_MENTION:
        return bool(_id(entity.get("user")) == me.id)
    if kind not in (MessageEntityType.MENTION, MessageEntityType.BOT_COMMAND):
        return False
    # offsets count UTF-16 units
    start, length = _whole(entity, "offset"), _whole(entity, "length")
    named = encoded[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").casefold()
    mine = f"@{me.username}".casefold()
    if kind == MessageEntityType.MENTION:
        return named == mine
    return "@" not in named or named.endswith(mine)


def _number(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID
    return value if whole else None


def _id(someone: Any) -> Any:
    return someone.get("id") if isinstance(someone, dict) else None


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableUpdateError(f"{name}: an object was expected")
    return value


def _whole(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_ID:
        raise UnreadableUpdateError(f"{name}: a whole number of 64 bits was expected")
    return value


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise UnreadableUpdateError(f"{name}: a text was expected")
    return _UNUSABLE.sub("", value)
