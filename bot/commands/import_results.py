"""What became of imported files (导入结果): a table, examples, or JSON, one object a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bot.commands.output import say_json
from bot.commands.saying_changes import changes_json, said_changes
from bot.store.findings import Finding
from bot.store.reports import Example, Imported

__all__ = ["FileResult", "show_as_json", "show_as_table", "unknown_columns"]

SHOWN_CHANGES = 6


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file; without `imported` it was refused whole."""

    file: str
    imported: Imported | None
    problems: tuple[str, ...]
    title: str | None = None
    """The kind of report it is."""
    unknown_columns: tuple[str, ...] = ()
    refused_rows: str | None = None
    """The file its refused rows were written to."""


def show_as_table(results: Sequence[FileResult], *, dry_run: bool) -> None:
    """One table of all files; of a dry run examples below it."""
    table = Table(title="试导入，没有写入" if dry_run else None)
    for name, _ in _COLUMNS:
        table.add_column(name, overflow="fold")
    for result in results:
        table.add_row(*(figure(result) for _, figure in _COLUMNS))
    console = Console(highlight=False, markup=False)
    console.print(table)
    if dry_run:
        for line in _examples(results):
            console.print(line, soft_wrap=True)


def show_as_json(results: Sequence[FileResult], *, dry_run: bool) -> None:
    """One JSON object a file."""
    for result in results:
        say_json(_as_json(result, dry_run=dry_run))


def unknown_columns(results: Sequence[FileResult]) -> Iterator[str]:
    """The columns nobody has described, each set of them once with the files it stands in."""
    files: dict[tuple[str, ...], list[str]] = {}
    for result in results:
        if result.unknown_columns:
            files.setdefault(result.unknown_columns, []).append(result.file)
    for columns, names in files.items():
        yield f"{'、'.join(names)}：不认识的列，原样保留：{'、'.join(columns)}"


def _figure(count: Callable[[Imported], int]) -> Callable[[FileResult], str]:
    return lambda result: str(count(result.imported)) if result.imported else "-"


_COLUMNS: tuple[tuple[str, Callable[[FileResult], str]], ...] = (
    ("文件", lambda result: result.file),
    ("新增", _figure(lambda counted: counted.new)),
    ("变化", _figure(lambda counted: counted.changed)),
    ("未变", _figure(lambda counted: counted.unchanged - counted.older)),
    ("较旧", _figure(lambda counted: counted.older)),
    ("合并", _figure(lambda counted: counted.joined)),
    ("拒绝", lambda result: str(result.imported.refused) if result.imported else "整份"),
)


def _examples(results: Sequence[FileResult]) -> Iterator[str]:
    for result in results:
        if result.imported is None:
            continue
        found = result.imported.examples
        for finding, word in ((Finding.NEW, "新增"), (Finding.CHANGED, "变化")):
            for example in found.get(finding, ()):
                yield f"{result.file} {word}：{_said(example)}"
        for finding, word in ((Finding.UNCHANGED, "未变"), (Finding.OLDER, "较旧")):
            if numbers := [each.order_number for each in found.get(finding, ())]:
                yield f"{result.file} {word}：订单 {'、'.join(numbers)} 等"


def _said(example: Example) -> str:
    said = list(said_changes(example.changes))
    shown = "；".join(said[:SHOWN_CHANGES])
    more = f"；还有 {len(said) - SHOWN_CHANGES} 处" if len(said) > SHOWN_CHANGES else ""
    place = f"订单 {example.order_number}（第 {example.row} 行）"
    return f"{place} {shown}{more}".rstrip()


def _as_json(result: FileResult, *, dry_run: bool) -> dict[str, object]:
    counted = result.imported
    return {
        "file": result.file,
        "new": counted.new if counted else 0,
        "changed": counted.changed if counted else 0,
        "unchanged": counted.unchanged if counted else 0,
        "older": counted.older if counted else 0,
        "joined": counted.joined if counted else 0,
        "refused": counted.refused if counted else None,
        "dry_run": dry_run,
        "errors": result.problems,
        "report": result.title,
        "import": counted.batch if counted else None,
        "imported_before": counted.imported_before if counted else None,
        "unknown_columns": result.unknown_columns,
        "refused_rows": result.refused_rows,
        "examples": _examples_as_json(counted) if counted and dry_run else {},
    }


def _examples_as_json(counted: Imported) -> dict[str, object]:
    return {
        str(finding): [
            {
                "row": example.row,
                "order_number": example.order_number,
                "changes": changes_json(example.changes),
            }
            for example in examples
        ]
        for finding, examples in counted.examples.items()
    }
