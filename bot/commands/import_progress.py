"""How far an import is, on a terminal's standard error (导入进度)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

__all__ = ["Told", "told_on"]

Told = Callable[[str], Callable[[int], None]]
"""Begins to tell of a file; what it gives is told how many rows are done."""


class _Rows(ProgressColumn):
    """Rows done, and rows a second."""

    def render(self, task: Task) -> Text:
        pace = f" · {task.speed:,.0f} 行/秒" if task.speed else ""
        return Text(f"{task.completed:,.0f} 行{pace}")


@contextmanager
def told_on(console: Console | None) -> Iterator[Told]:
    """Tell of files on a terminal while they are imported; without one tell nobody."""
    if console is None:
        yield lambda _name: lambda _rows: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), _Rows())
    with Progress(*columns, console=console, transient=True) as progress:

        def begin(name: str) -> Callable[[int], None]:
            for ended in progress.task_ids:
                progress.remove_task(ended)
            task = progress.add_task(name, total=None)
            return lambda rows: progress.update(task, completed=rows)

        yield begin
