"""What Telegram takes: the strict reading of messages, captions, buttons and notices."""

import re
from collections.abc import Iterator

from bot.desk.appeals import LONGEST_COPY
from bot.desk.effects import Tell
from bot.desk.markup import LONGEST_CAPTION, LONGEST_MESSAGE, units
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.replies import Answered, Document, Edit, Photo, Rearrange, Reply, Rows, Say, Toast
from bot.desk.topics import InlineAnswer, OpenTopic
from bot.simulator.html import parse_html

__all__ = [
    "FOREIGN",
    "check_answered",
    "check_html",
    "check_reply",
    "check_rows",
    "replies_of",
    "tags",
]

FOREIGN = frozenset(
    {"underline", "strikethrough", "spoiler", "text_link", "text_mention", "custom_emoji"}
)
"""What no template says: it can come only from a field that became markup."""
LONGEST_LABEL = 64
MOST_BUTTONS, LONGEST_ROW = 100, 8
LONGEST_TOKEN = 64
LONGEST_TOAST = 200
LONGEST_TOPIC = 128
LONGEST_TITLE = 128
_UNSEEN = re.compile("[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069\ue000\ue001\ud800-\udfff]")


def tags(html: str) -> list[str]:
    return re.findall(r"<[^<>]*>", html)


def check_html(html: str, limit: int = LONGEST_MESSAGE) -> str:
    """Return what Telegram would show; fail if it would not take it, or a field is markup."""
    read = parse_html(html)
    assert read.text.strip()
    assert units(read.text) <= limit
    assert not {entity.type for entity in read.entities} & FOREIGN, html
    return read.text


def check_answered(answered: Answered) -> None:
    for reply in replies_of(answered):
        check_reply(reply)


def replies_of(answered: Answered) -> Iterator[Reply]:
    """Everything an answer sends, to whomever."""
    yield from answered.replies
    for effect in answered.effects:
        match effect:
            case Tell(reply=reply) | PassOn(reply=reply):
                yield reply
            case HandOver(briefing=briefing, control=control):
                yield from (*briefing, control)
            case TakeOver(control=control) | EndHandOff(control=control):
                yield control
            case _:
                pass


def check_reply(reply: Reply) -> None:
    match reply:
        case Say() | Edit():
            check_html(reply.html)
        case Photo() | Document():
            check_html(reply.html, LONGEST_CAPTION)
        case Toast():
            assert units(reply.text) <= LONGEST_TOAST
            assert not _UNSEEN.search(reply.text)
        case OpenTopic():
            assert 1 <= units(reply.topic.strip()) <= LONGEST_TOPIC
        case InlineAnswer():
            _check_inline(reply)
        case _:
            pass
    if isinstance(reply, Say | Edit | Photo | Document | Rearrange):
        check_rows(reply.buttons)


def _check_inline(answer: InlineAnswer) -> None:
    assert len({each.id for each in answer.results}) == len(answer.results)
    for each in answer.results:
        check_html(each.html)
        assert 1 <= units(each.title.strip()) <= LONGEST_TITLE
        assert 1 <= len(each.id.encode()) <= LONGEST_TOKEN


def check_rows(rows: Rows) -> None:
    assert sum(map(len, rows)) <= MOST_BUTTONS
    assert all(len(row) <= LONGEST_ROW for row in rows)
    for button in (button for row in rows for button in row):
        check_label(button.label)
        assert button.token is None or 1 <= len(button.token.encode()) <= LONGEST_TOKEN
        assert button.copy_text is None or 1 <= units(button.copy_text) <= LONGEST_COPY
        assert button.url is None or button.url.startswith("https://")
        assert sum(each is not None for each in (button.token, button.copy_text, button.url)) == 1


def check_label(label: str) -> None:
    assert 1 <= units(label.strip()) <= LONGEST_LABEL, label
    assert not _UNSEEN.search(label), label
