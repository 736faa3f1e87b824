"""What must stand in no log, looked for in every line the tests make the program write.

The tests run at DEBUG (`log_level` in pyproject.toml). Each record is looked at when it is made,
before a handler could mask anything, so masking is a second net and not what is tested here.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

from bot.logs import quieten

__all__ = ["LogWatch", "indiscretions"]

OPERATORS_OWN = ("bot.publishing",)
"""They quote the operator's files, which no creator wrote."""
MASKED = "somebody.else"
"""The logger with which tests show that a secret is masked."""
THE_OTHER_SIDE = ("aiohttp.access", "httpcore", "httpx")
"""What the simulated Telegram was asked for, and by tests; the bot does neither by these."""
_SECRETS = re.compile(
    r"\d+:(?:AA|demo|other|wrong)[A-Za-z0-9_-]*"  # tokens of bots, as the tests make them
    r"|a-secret-of-at-least[a-z-]+"
    r"|(?<![0-9])[0-9]{11,20}(?![0-9])"  # order numbers
)
_CHINESE = re.compile("[\u3400-\u9fff]")
"""Our lines are English, or Chinese in their pattern; Chinese that was put in is somebody's."""


def indiscretions(record: logging.LogRecord) -> Iterator[str]:
    """What stands in a record, its error included, that no log may have."""
    # What formats a record copies it, and a copy begins without a name.
    if record.name in (None, MASKED):
        return
    put_in = "\n".join(_put_in(record))
    yield from sorted(set(_SECRETS.findall(f"{record.getMessage()}\n{put_in}")))
    if not record.name.startswith(OPERATORS_OWN) and _CHINESE.search(put_in):
        yield put_in


def _put_in(record: logging.LogRecord) -> Iterator[str]:
    arguments: Any = record.args or ()
    yield from map(str, arguments.values() if isinstance(arguments, dict) else arguments)
    if record.exc_info and record.exc_info[1] is not None:
        for link in _chain(record.exc_info[1]):
            yield from traceback.format_exception_only(link)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class LogWatch:
    """Looks at every record this process makes, whatever handlers there are."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._make = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._record)
        quieten()
        for library in THE_OTHER_SIDE:
            logging.getLogger(library).setLevel(logging.WARNING)

    def taken(self) -> list[str]:
        """What was found since the last time, with where it came from."""
        found, self._found = self._found, []
        return found

    def _record(self, *arguments: Any, **named: Any) -> logging.LogRecord:
        record = self._make(*arguments, **named)
        self._found.extend(
            f"{record.name}, line {record.lineno}: {found}" for found in indiscretions(record)
        )
        return record
