"""Comparing what the bot said with what a dialogue tells, and with what Telegram takes."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.desk.markup import plain, units
from bot.desk.replies import Button, Edit, Say
from bot.simulator.html import parse_html


def flat(reply: Say | Edit) -> tuple[Button, ...]:
    return tuple(button for row in reply.buttons for button in row)


def labels(reply: Say | Edit) -> list[str]:
    return [button.label for button in flat(reply)]


def check_sendable(reply: Say | Edit) -> None:
    text = parse_html(reply.html).text
    assert text.strip()
    assert units(text) <= 4096
    for button in flat(reply):
        ways = [way for way in (button.token, button.copy_text, button.url) if way is not None]
        assert len(ways) == 1, f"button {button.label!r} must do exactly one thing"
        assert button.label.strip()
        assert button.token is None or len(button.token.encode()) <= 64
        assert button.copy_text is None or 1 <= len(button.copy_text) <= 256


def expect_texts(kind: str, texts: list[str], expected: Any) -> None:
    wanted = [] if expected is None else expected if isinstance(expected, list) else [expected]
    assert len(texts) == len(wanted), f"{kind}: {texts}, expected {wanted}"
    for text, words in zip(texts, wanted, strict=True):
        assert words in text, f"{kind}: {text!r} lacks {words!r}"


def expect_messages(kind: str, replies: Iterable[Say | Edit], expected: Any) -> None:
    replies = list(replies)
    wanted = messages_told(expected)
    shown = "\n---\n".join(f"{plain(each.html)}\n{labels(each)}" for each in replies)
    assert len(replies) == len(wanted), f"{kind}: {len(replies)} messages:\n{shown}"
    for reply, words in zip(replies, wanted, strict=True):
        expect_message(plain(reply.html), labels(reply), words)


def messages_told(expected: Any) -> list[Mapping[str, Any]]:
    """One message as words, a list of words or a mapping; several as a list of mappings."""
    if expected is None:
        return []
    if isinstance(expected, list) and all(isinstance(each, dict) for each in expected):
        return expected
    return [expected if isinstance(expected, dict) else {"has": expected}]


def expect_message(text: str, buttons: list[str], words: Mapping[str, Any]) -> None:
    said = f"the message\n{text}\n{buttons}\n"
    assert set(words) <= {"has", "lacks", "buttons", "no_button"}, f"unknown keys in {words}"
    for each in listed(words.get("has")):
        assert each in text, f"{said}lacks {each!r}"
    for each in listed(words.get("lacks")):
        assert each not in text, f"{said}has {each!r}"
    for each in listed(words.get("buttons")):
        assert any(each in label for label in buttons), f"{said}has no button {each!r}"
    for each in listed(words.get("no_button")):
        assert not any(each in label for label in buttons), f"{said}has a button {each!r}"


def listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
