"""Reply markup: what Telegram accepts as a keyboard under a message."""

import orjson

from bot.simulator.entities import utf16_length
from bot.simulator.links import checked_link
from bot.simulator.refusal import bad_request

__all__ = ["Keyboard", "accepted_markup", "button_at"]

Keyboard = dict[str, object]

MAX_CALLBACK_BYTES = 64
MAX_COPY_CHARACTERS = 256
MAX_BUTTONS = 100
MAX_ROW = 8

_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")
_ACTIONS = frozenset(
    {
        "callback_data",
        "url",
        "copy_text",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "callback_game",
        "pay",
    }
)
_LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})


def accepted_markup(value: object) -> Keyboard | None:
    """The markup if Telegram would take it; None for none. Raises Refusal otherwise."""
    if value in (None, ""):
        return None
    markup = _decoded(value) if isinstance(value, str) else value
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if not markup or any(kind in markup for kind in _OTHER_MARKUPS):
        return dict(markup) or None
    raise bad_request("can't parse reply markup JSON object")


def button_at(markup: Keyboard | None, row: int, column: int) -> dict[str, object] | None:
    """The inline button at this place, counted from 0."""
    rows = (markup or {}).get("inline_keyboard")
    if not isinstance(rows, list) or not 0 <= row < len(rows):
        return None
    buttons = rows[row]
    return buttons[column] if 0 <= column < len(buttons) else None


def _decoded(value: str) -> object:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None


def _rows(rows: object) -> list[list[dict[str, object]]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    accepted = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, accepted)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in accepted):
        raise bad_request("reply markup is too long")
    return accepted


def _button(button: object) -> dict[str, object]:
    if not isinstance(button, dict):
        raise _unreadable("expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _unreadable('field "text" must be a non-empty String')
    actions = set(button) & _ACTIONS
    if unknown := set(button) - _ACTIONS - _LOOKS:
        raise _unreadable(f"unknown field {sorted(unknown)[0]!r}")
    if not actions:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unreadable("exactly one optional field is allowed")
    _check_action(button)
    return dict(button)


def _check_action(button: dict[str, object]) -> None:
    if "callback_data" in button and not _fits_callback(button["callback_data"]):
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in button and not _fits_copying(button["copy_text"]):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "url" in button and checked_link(str(button["url"])) is None:
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )


def _fits_callback(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value.encode()) <= MAX_CALLBACK_BYTES


def _fits_copying(value: object) -> bool:
    text = value.get("text") if isinstance(value, dict) else None
    return isinstance(text, str) and 1 <= utf16_length(text) <= MAX_COPY_CHARACTERS


def _unreadable(words: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {words}")
