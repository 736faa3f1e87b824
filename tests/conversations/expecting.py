"""Comparing what the bot said with what a dialogue tells."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.desk.markup import plain
from bot.desk.replies import Button, Document, Edit, Photo, Say
from bot.drawing.painting import paint
from bot.drawing.workbook import workbook

Message = Say | Edit | Photo | Document


def flat(reply: Message) -> tuple[Button, ...]:
    return tuple(button for row in reply.buttons for button in row)


def labels(reply: Message) -> list[str]:
    return [button.label for button in flat(reply)]


def expect_texts(kind: str, texts: list[str], expected: Any) -> None:
    wanted = [] if expected is None else expected if isinstance(expected, list) else [expected]
    assert len(texts) == len(wanted), f"{kind}: {texts}, expected {wanted}"
    for text, words in zip(texts, wanted, strict=True):
        assert words in text, f"{kind}: {text!r} lacks {words!r}"


def expect_files(kind: str, replies: Iterable[Photo | Document], expected: Any) -> None:
    """As for messages; `holds` are words in the picture or the file, `name` is the file's."""
    replies = list(replies)
    told = [dict(each) for each in messages_told(expected)]
    held = [(each.pop("holds", None), each.pop("name", None)) for each in told]
    expect_messages(kind, replies, told)
    for reply, (words, name) in zip(replies, held, strict=True):
        content = content_of(reply)
        for each in listed(words):
            assert each in content, f"{kind}: {content!r} lacks {each!r}"
        if name is not None:
            assert isinstance(reply, Document)
            assert reply.name == name, f"{kind}: the file is called {reply.name!r}"


def content_of(reply: Photo | Document) -> str:
    """What a file holds, as text; whatever has to be drawn for it is drawn."""
    if isinstance(reply, Photo):
        assert paint(reply.picture)
        return repr(reply.picture)
    if isinstance(reply.content, str):
        return reply.content
    assert workbook(reply.content)
    return "\n".join("|".join(row) for row in (reply.content.columns, *reply.content.rows))


def expect_messages(kind: str, replies: Iterable[Message], expected: Any) -> None:
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
