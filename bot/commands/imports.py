"""`mingzhang imports [show|undo]`: what came in, what it changed, and taking it back."""

import sys
from collections.abc import Sequence
from datetime import tzinfo
from itertools import islice

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.inputs import kept_number
from bot.commands.output import moment, say, say_json
from bot.commands.saying_changes import changes_json, said_changes
from bot.commands.store import opened_store, usable_settings
from bot.store.import_records import (
    ChangedLine,
    ImportRecord,
    ImportState,
    changed_lines,
    import_records,
)
from bot.store.transactions import reads
from bot.store.withdrawing import NotWithdrawn, OtherImport, Why, withdraw_import

__all__ = ["show_import", "show_imports", "undo_import"]

STATES = {
    ImportState.UNFINISHED: "未完成",
    ImportState.PUBLISHED: "已生效",
    ImportState.WITHDRAWN: "已撤销",
}
_UNKNOWN = "没有第 {} 号导入；编号见 mingzhang imports"
LATEST = 20
SHOWN_LINES = 50


def show_imports(*, everything: bool, as_json: bool) -> None:
    """List them, the latest first."""
    zone = usable_settings().timezone
    with opened_store() as engine, reads(engine) as connection:
        records = import_records(connection, count=None if everything else LATEST + 1)
    if as_json:
        for record in records if everything else records[:LATEST]:
            say_json(_as_json(record))
        return
    if not records:
        say("还没有导入过；先运行 mingzhang import 报表文件")
        return
    shown = records if everything else records[:LATEST]
    table = Table()
    for name in ("编号", "时间", "来源", "文件", "新增", "变化", "未变", "拒绝", "状态"):
        table.add_column(name, no_wrap=name in ("编号", "时间", "状态"), overflow="fold")
    for each in shown:
        figures = map(str, (each.new, each.changed, each.unchanged, each.refused))
        at = moment(each.started_at, zone)
        table.add_row(
            str(each.id), at, each.source or "", each.file_name, *figures, STATES[each.state]
        )
    Console(highlight=False, markup=False).print(table)
    if len(records) > len(shown):
        say(f"只列出最近 {LATEST} 次；--all 列出全部")


def show_import(number: int, *, as_json: bool) -> None:
    """One import, and what it changed in the lines that were known before."""
    zone = usable_settings().timezone
    with opened_store() as engine, reads(engine) as connection:
        record = _record(connection, number)
        if as_json:
            say_json(_as_json(record))
            for line in changed_lines(connection, number):
                say_json(_line_as_json(line))
            return
        for told in _told(record, zone):
            say(told)
        for line in islice(changed_lines(connection, number), SHOWN_LINES):
            say(f"  {_named(line)}：{'；'.join(said_changes(line.changes))}")
    if record.changed > SHOWN_LINES:
        say(f"  ……只列出前 {SHOWN_LINES} 行；--json 给出全部")


def undo_import(number: int, *, surely: bool) -> None:
    """Take an import back, after a question on a terminal, and say what becomes of its lines."""
    with opened_store() as engine:
        with reads(engine) as connection:
            record = _record(connection, number)
        if not surely:
            _ask(record)
        outcome = withdraw_import(engine, number, SystemClock().now())
    if isinstance(outcome, NotWithdrawn):
        raise CommandFailed(_why_not(outcome))
    say(f"已撤销第 {number} 号导入 {record.file_name}：{_undone(record)}")
    if outcome.again:
        say(
            f"后来的{_others(outcome.again)}里有些行当时没有变化，所以没有另存；"
            "要保留它们说的，请把这些文件再导入一次"
        )


def _undone(record: ImportRecord) -> str:
    brought = f"它带来的 {record.new} 行订单不再显示" if record.new else ""
    changed = f"它改过的 {record.changed} 行恢复成导入之前的样子" if record.changed else ""
    return "，".join(filter(None, (brought, changed))) or "它没有带来也没有改过什么"


def _ask(record: ImportRecord) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed(f"撤销第 {record.id} 号导入要确认；不在终端里请加 --yes")
    told = f"{record.file_name}，新增 {record.new}，变化 {record.changed}"
    if not typer.confirm(f"撤销第 {record.id} 号导入（{told}）吗？"):
        raise CommandFailed("没有撤销")


def _why_not(outcome: NotWithdrawn) -> str:
    number, others = outcome.batch, _others(outcome.later)
    match outcome.why:
        case Why.UNKNOWN:
            return _UNKNOWN.format(number)
        case Why.UNFINISHED:
            return f"第 {number} 号导入没有完成，里面的内容没有人看得到，不用撤销"
        case Why.WITHDRAWN:
            return f"第 {number} 号导入已经撤销了"
        case Why.BUILT_ON:
            return (
                f"第 {number} 号导入的订单后来又由{others}更新过；请先撤销它们，从编号最大的开始"
            )
        case Why.UNDER_WAY:
            return f"{others}正在导入；请等它完成再撤销"


def _others(others: Sequence[OtherImport]) -> str:
    return "、".join(f"第 {each.id} 号（{each.file_name}）" for each in others)


def _record(connection: Connection, number: int) -> ImportRecord:
    for record in import_records(connection, only=kept_number(number)):
        return record
    raise CommandFailed(_UNKNOWN.format(number))


def _told(record: ImportRecord, zone: tzinfo) -> list[str]:
    source = f"（{record.source}）" if record.source else ""
    return [
        f"第 {record.id} 号 {moment(record.started_at, zone)} {record.file_name}{source}",
        f"新增 {record.new}，变化 {record.changed}，未变 {record.unchanged}，"
        f"拒绝 {record.refused}；{STATES[record.state]}"
        + (f"，{moment(record.withdrawn_at, zone)}" if record.withdrawn_at else ""),
    ]


def _named(line: ChangedLine) -> str:
    sub_order = f" / {line.sub_order_number}" if line.sub_order_number else ""
    return f"{line.platform} {line.order_number}{sub_order}"


def _as_json(record: ImportRecord) -> dict[str, object]:
    return {
        "import": record.id,
        "at": record.started_at,
        "source": record.source,
        "file": record.file_name,
        "new": record.new,
        "changed": record.changed,
        "unchanged": record.unchanged,
        "refused": record.refused,
        "state": str(record.state),
        "published_at": record.published_at,
        "withdrawn_at": record.withdrawn_at,
    }


def _line_as_json(line: ChangedLine) -> dict[str, object]:
    return {
        "platform": line.platform,
        "order_number": line.order_number,
        "sub_order_number": line.sub_order_number,
        "changes": changes_json(line.changes),
    }
