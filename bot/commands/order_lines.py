"""Order lines from a file or standard input: JSON Lines, read one by one in constant memory."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from bot.commands.failure import CommandFailed, unreadable_file
from bot.commands.output import complain
from settlement.contract import OrderError, read_order, unknown_members
from settlement.model import Order

__all__ = ["OrderLines", "opened", "what_is_wrong"]


@contextmanager
def opened(file: str) -> Iterator[IO[bytes]]:
    """The file's bytes, or standard input for `-`."""
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below; only opening may fail here
    except OSError as error:
        raise CommandFailed(unreadable_file(file, error)) from None
    with stream:
        yield stream


@dataclass(frozen=True, slots=True)
class OrderLines:
    """Reads lines; points out each unknown member once on standard error."""

    named: set[str] = field(default_factory=set)
    """Unknown members that were pointed out already."""

    def read_all(self, lines: Iterable[bytes]) -> Iterator[tuple[int, Order | OrderError]]:
        """Each line's number and its order, or what is wrong; blank lines are passed over."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, self.read(line)

    def read(self, line: bytes) -> Order | OrderError:
        """The order of one line of JSON, or what is wrong with it."""
        try:
            raw = orjson.loads(line)
        except orjson.JSONDecodeError as broken:
            return OrderError(None, f"不是有效的 JSON（{broken}）；每行写一个对象")
        order = read_order(raw)
        if isinstance(order, Order):
            self._point_out(raw)
        return order

    def _point_out(self, raw: dict[str, object]) -> None:
        for name in unknown_members(raw):
            if name not in self.named:
                self.named.add(name)
                complain(f"字段 {name} 不认识，已忽略；请对照 README 里的订单格式")


def what_is_wrong(number: int, error: OrderError) -> str:
    """The number of a line and what is wrong with it, for people."""
    place = f"第 {number} 行" + (f" {error.field}" if error.field else "")
    return f"{place}：{error.message}"
