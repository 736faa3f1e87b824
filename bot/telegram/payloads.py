"""From an outbox row to a Bot API method and its arguments."""

import logging
from mimetypes import guess_type
from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, ParseMode

from bot.desk.pictures import Picture
from bot.desk.replies import Button, Document, Edit, Photo, Rearrange, Rows, Say, Toast
from bot.desk.topics import CloseTopic, Copy, InlineAnswer, InlineResult, OpenTopic, ShowMenu
from bot.drawing.painting import paint
from bot.drawing.workbook import WORKBOOK, workbook
from bot.store.letters import Outgoing
from bot.telegram.menu import menu_of_chat
from bot.telegram.transport import Upload

__all__ = ["UnsendableError", "method_and_arguments"]

logger = logging.getLogger(__name__)


INLINE_CACHE_SECONDS = 60


class UnsendableError(Exception):
    """A reply breaks a limit of Telegram's; the program that made it is wrong."""


def method_and_arguments(row: Outgoing) -> tuple[str, dict[str, Any]]:
    """How to say a row; a copy of an answer that may have arrived replies to the question."""
    match row.reply:
        case Toast(query, text, alert):
            return "answerCallbackQuery", {
                "callback_query_id": query,
                "text": text,
                "show_alert": alert,
            }
        case Edit() | Rearrange() as change:
            method, content = _changing(change)
            return method, {"chat_id": row.chat, **content}
        case Say() | Photo() | Document() | Copy() as said:
            method, content = _new(said, row.id)
            return method, _answering(row, content)
        case OpenTopic(name):
            return "createForumTopic", {"chat_id": row.chat, "name": name}
        case CloseTopic():
            return "closeForumTopic", {"chat_id": row.chat, "message_thread_id": row.thread}
        case ShowMenu(language):
            return menu_of_chat(row.chat, language)
        case InlineAnswer(query, results):
            return "answerInlineQuery", {
                "inline_query_id": query,
                "results": [_article(each) for each in results],
                "is_personal": True,
                "cache_time": INLINE_CACHE_SECONDS,
            }


def _changing(change: Edit | Rearrange) -> tuple[str, dict[str, Any]]:
    match change:
        case Edit(None):
            raise UnsendableError("an edit needs the message that it changes")
        case Edit(message, html, buttons):
            return "editMessageText", {"message_id": message, **_content(html, buttons)}
        case Rearrange(message, buttons):
            return "editMessageReplyMarkup", {"message_id": message, **_keyboard(buttons)}


def _new(said: Say | Photo | Document | Copy, row: int) -> tuple[str, dict[str, Any]]:
    """A new message; a picture that cannot be drawn is said in its words."""
    match said:
        case Say(html, buttons):
            return "sendMessage", _content(html, buttons)
        case Photo(picture, html, buttons):
            drawn = _drawn(picture, row)
            if drawn is None:
                return "sendMessage", _content(html, buttons)
            return "sendPhoto", {"photo": drawn, **_caption(html, buttons)}
        case Document(html=html, buttons=buttons):
            return "sendDocument", {"document": _file(said), **_caption(html, buttons)}
        case Copy(chat, message):
            return "copyMessage", {"from_chat_id": chat, "message_id": message}


def _answering(row: Outgoing, content: dict[str, Any]) -> dict[str, Any]:
    arguments = {"chat_id": row.chat, **content}
    if row.thread is not None:
        arguments["message_thread_id"] = row.thread
    answered = (row.question if row.repeated else None) or row.reply_to
    if answered is not None:
        arguments["reply_parameters"] = {
            "message_id": answered,
            "allow_sending_without_reply": True,
        }
    return arguments


def _article(result: InlineResult) -> dict[str, Any]:
    return {
        "type": "article",
        "id": result.id,
        "title": result.title,
        "description": result.description,
        "input_message_content": {
            "message_text": result.html,
            "parse_mode": ParseMode.HTML.value,
            "link_preview_options": {"is_disabled": True},
        },
    }


def _content(html: str, buttons: Rows) -> dict[str, Any]:
    return {
        "text": html,
        "parse_mode": ParseMode.HTML.value,
        "link_preview_options": {"is_disabled": True},
        **_keyboard(buttons),
    }


def _caption(html: str, buttons: Rows) -> dict[str, Any]:
    words = {"caption": html, "parse_mode": ParseMode.HTML.value} if html else {}
    return {**words, **_keyboard(buttons)}


def _keyboard(buttons: Rows) -> dict[str, Any]:
    if not buttons:
        return {}
    keyboard = [[_button(button) for button in row] for row in buttons]
    return {"reply_markup": {"inline_keyboard": keyboard}}


def _drawn(picture: Picture, row: int) -> Upload | None:
    """The picture as a file; None if it cannot be drawn, for its words say the same."""
    try:
        return Upload("picture.png", paint(picture), "image/png")
    except Exception as error:  # no fault of a font or of ours keeps the figures from anybody
        logger.error("the picture of outbox row %d: %s", row, type(error).__name__)
        return None


def _file(document: Document) -> Upload:
    if isinstance(document.content, str):
        media_type = guess_type(document.name)[0] or "text/plain"
        return Upload(document.name, document.content.encode(), media_type)
    try:
        return Upload(document.name, workbook(document.content), WORKBOOK)
    except Exception as error:
        raise UnsendableError(f"the workbook: {type(error).__name__}") from None


def _button(button: Button) -> dict[str, Any]:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    if button.copy_text is not None:
        return {"text": button.label, "copy_text": {"text": button.copy_text}}
    token = button.token or ""
    if not 1 <= len(token.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise UnsendableError(f"the button {button.label} needs a token of 1 to 64 bytes")
    return {"text": button.label, "callback_data": token}
