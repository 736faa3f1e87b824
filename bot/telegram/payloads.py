"""From an outbox row to a Bot API method and its arguments."""

from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, ParseMode

from bot.desk.replies import Button, Edit, Rows, Say, Toast
from bot.store.letters import Outgoing

__all__ = ["UnsendableError", "method_and_arguments"]


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
        case Edit(None):
            raise UnsendableError("an edit needs the message that it changes")
        case Edit(message, html, buttons):
            return "editMessageText", {
                "chat_id": row.chat,
                "message_id": message,
                **_content(html, buttons),
            }
        case Say(html, buttons):
            arguments = {"chat_id": row.chat, **_content(html, buttons)}
            if row.repeated and row.question is not None:
                arguments["reply_parameters"] = {
                    "message_id": row.question,
                    "allow_sending_without_reply": True,
                }
            return "sendMessage", arguments


def _content(html: str, buttons: Rows) -> dict[str, Any]:
    content: dict[str, Any] = {
        "text": html,
        "parse_mode": ParseMode.HTML.value,
        "link_preview_options": {"is_disabled": True},
    }
    if buttons:
        keyboard = [[_button(button) for button in row] for row in buttons]
        content["reply_markup"] = {"inline_keyboard": keyboard}
    return content


def _button(button: Button) -> dict[str, Any]:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    if button.copy_text is not None:
        return {"text": button.label, "copy_text": {"text": button.copy_text}}
    token = button.token or ""
    if not 1 <= len(token.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise UnsendableError(f"the button {button.label} needs a token of 1 to 64 bytes")
    return {"text": button.label, "callback_data": token}
