"""Refused rows of one file on their way out: counted by reason, told, written to a table."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.commands.failure import CommandFailed
from bot.commands.output import complain
from settlement.reports import RowError

__all__ = ["RefusedRows", "most_said", "not_written"]

MOST_SAID = 1_000
MOST_SAID_ON_A_TERMINAL = 20
"""Lines about refused rows of a file; more would push the table out of sight."""
MOST_REASONS = 1_000
"""Different reasons that are counted; a file whose every row has its own needs no summary."""
SUMMED_UP = 3


@dataclass(slots=True)
class RefusedRows:
    """Takes the refused rows of a file, however many they are."""

    file: str
    write: Callable[[RowError], None] | None
    """Writes a row to a table; raises OSError."""
    _reasons: Counter[str] = field(default_factory=Counter)

    def __call__(self, error: RowError) -> None:
        """Take a row; raises CommandFailed if it cannot be written."""
        if error.message in self._reasons or len(self._reasons) < MOST_REASONS:
            self._reasons[error.message] += 1
        try:
            if self.write is not None:
                self.write(error)
        except OSError as problem:
            raise CommandFailed(not_written(problem)) from None

    def complain(self, problems: Sequence[str], count: int) -> None:
        """Tell of the first rows, and of the rest only what is wrong with most of them."""
        most = most_said()
        for problem in problems[:most]:
            complain(problem)
        if count <= most:
            return
        complain(f"{self.file}：还有 {count - most} 行没有导入；全部 {count} 行里最多的原因：")
        for message, rows in self._reasons.most_common(SUMMED_UP):
            complain(f"{self.file}：{rows} 行：{message}")


def not_written(error: OSError) -> str:
    """Why the table could not be written, in one line."""
    cause = error.strerror or type(error).__name__
    return f"--refused：写不了（{cause}）；请换一个地方，再运行一次"


def most_said() -> int:
    """How many lines of one kind are said: few where somebody reads along."""
    return MOST_SAID_ON_A_TERMINAL if sys.stderr.isatty() else MOST_SAID
