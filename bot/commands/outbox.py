"""`mingzhang outbox [resend|drop]`: messages that failed or of which nobody knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import tzinfo

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.output import moment, say, say_json
from bot.commands.store import opened_store, usable_settings
from bot.store.letters import State
from bot.store.transactions import reads
from bot.store.troubled import NotTroubledError, Troubled, troubled, uncertain_ids
from bot.store.troubled import drop as drop_rows
from bot.store.troubled import resend as resend_rows

__all__ = ["drop", "resend", "show"]

STATES = {State.UNCERTAIN: "不确定", State.FAILED: "失败"}
KINDS = {"answer": "回答", "edit": "改写", "toast": "按钮回应", "push": "推送"}


def show(*, as_json: bool, with_text: bool) -> None:
    """List them, the oldest first; what they say only if that is asked for."""
    zone = usable_settings().timezone
    with opened_store() as engine, reads(engine) as connection:
        found = troubled(connection)
    for each in found:
        if as_json:
            say_json(_as_json(each, with_text=with_text))
        else:
            say(_in_words(each, zone, with_text=with_text))
    if not found and not as_json:
        say("没有失败的消息，也没有不确定是否送达的消息")


def resend(rows: list[int], *, all_uncertain: bool) -> None:
    """Put messages back; the running bot sends them within a second."""
    if bool(rows) == all_uncertain:
        raise CommandFailed("请给出要重发的编号，或只给 --all-uncertain；编号见 mingzhang outbox")
    with opened_store() as engine, _right_numbers(), engine.begin() as connection:
        chosen = uncertain_ids(connection) if all_uncertain else rows
        count = resend_rows(connection, chosen, SystemClock().now())
    say(f"已放回发件箱 {count} 条；不确定是否送达的会标明“重发”")


def drop(rows: list[int]) -> None:
    """Give messages up for good."""
    with opened_store() as engine, _right_numbers(), engine.begin() as connection:
        count = drop_rows(connection, rows, SystemClock().now())
    say(f"已放弃 {count} 条，内容已清除，不会再发")


@contextmanager
def _right_numbers() -> Iterator[None]:
    try:
        yield
    except NotTroubledError as error:
        raise CommandFailed(
            f"第 {error.row} 号：没有这样一条失败或不确定的消息，什么都没有改；"
            "编号见 mingzhang outbox"
        ) from None


def _as_json(each: Troubled, *, with_text: bool) -> dict[str, object]:
    content = asdict(each)
    if not with_text:
        del content["text"]
    return content


def _in_words(each: Troubled, zone: tzinfo, *, with_text: bool) -> str:
    sort = f"{STATES[each.state]} {KINDS.get(each.kind, each.kind)}"
    line = f"{each.id} {sort} 聊天 {each.chat} {moment(each.at, zone)} {each.reason}"
    if with_text:
        line += "\n    " + each.text.replace("\n", "\n    ")
    return line
