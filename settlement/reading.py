"""Readers of single values of the contract: JSON in, facts out, or what is wrong with them."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from settlement.shanghai import in_shanghai

Reader = Callable[[object], object]
Word = TypeVar("Word", bound=StrEnum)

YEARS = range(2000, 2100)
LARGEST_COUNT = 1_000_000_000
MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,20})?", re.ASCII)
SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """A value that cannot be read; `field` is its path, such as ``refunds[0].amount``."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def inside(self, name: str) -> "Unreadable":
        """Return the same error, seen from the value around it."""
        if self.field is None:
            return Unreadable(self.message, name)
        joint = "" if self.field.startswith("[") else "."
        return Unreadable(self.message, f"{name}{joint}{self.field}")


def text(value: object) -> str:
    """Read a text as it stands."""
    if not isinstance(value, str):
        raise Unreadable(f"{_shown(value)}不是文本；请加引号")
    if "\x00" in value or (not value.isascii() and SURROGATE.search(value)):
        raise Unreadable("文本里有损坏的字符；请从来源重新复制")
    return value


def number_text(value: object) -> str:
    """Read an order number (订单号): text, never a JSON number, which may have lost digits."""
    if isinstance(value, int | float):
        raise Unreadable("订单号要写成文本；请加引号，写成数字会丢位数")
    number = text(value)
    if not number or number != number.strip() or len(number) > 100 or not number.isprintable():
        raise Unreadable(f"{_shown(number)}不是订单号；请写 1 到 100 个字符，两端不留空格")
    return number


def code(value: object) -> str:
    """Read a platform's code, which some platforms write as a number; kept as text."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_COUNT:
        return str(value)
    return text(value)


def boolean(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Unreadable(f"{_shown(value)}不是真假值；请写 true 或 false")
    return value


def count(value: object) -> int:
    """Read a number of pieces or days, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(f"{_shown(value)}不是整数；请写成 2 这样，不加引号")
    if not 0 <= value <= LARGEST_COUNT:
        raise Unreadable(f"{_shown(value)}不是数量；请写 0 到 {LARGEST_COUNT}")
    return value


def written_count(value: object) -> int:
    """Read a count that may be written as text, as in ``"10000"``."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return count(int(value))
    return count(value)


def money(value: object) -> Decimal:
    """Read an amount in yuan, 0 or more, at most two places, written as text."""
    if isinstance(value, str) and MONEY.fullmatch(value):
        return Decimal(value)
    raise Unreadable(_why_not_money(value))


def signed_money(value: object) -> Decimal:
    """Read an amount in yuan that may be negative."""
    if isinstance(value, str) and value.startswith("-"):
        return -money(value[1:])
    return money(value)


def rate(value: object) -> Decimal:
    """Read a rate as a share from 0 to 1, written as text."""
    if not isinstance(value, str):
        raise Unreadable(f'{_shown(value)}不是比例；请写成文本 "0.05"')
    if not RATE.fullmatch(value):
        raise Unreadable(f'{_shown(value)}不是比例；5% 请写成 "0.05"')
    share = Decimal(value)
    if share > 1:
        raise Unreadable(f'{value} 不在 0 到 1 之间；5% 请写成 "0.05"')
    return share


def instant(value: object) -> datetime:
    """Read an instant in ISO 8601; without an offset it is Shanghai's, a bare day its start."""
    if (
        isinstance(value, str)
        and value[4:5] == "-" == value[7:8]
        and value[10:11] in {"T", " ", ""}
    ):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            parsed = None
        if parsed is not None and parsed.year in YEARS:
            return in_shanghai(parsed)
    raise Unreadable(
        f'{_shown(value)}不是 2000 到 2099 年的时间；请写成 "2026-07-31T10:00:00+08:00"'
    )


def day(value: object) -> date:
    """Read a day in ISO 8601; of an instant, the day in Shanghai."""
    if isinstance(value, str) and len(value) > 10:
        return instant(value).date()
    try:
        return instant(value).date()
    except Unreadable:
        raise Unreadable(
            f'{_shown(value)}不是 2000 到 2099 年的日期；请写成 "2026-07-31"'
        ) from None


def word(words: type[Word]) -> Callable[[object], Word]:
    """Return the reader of one of a fixed set of words."""
    known = {member.value: member for member in words}

    def read(value: object) -> Word:
        member = known.get(value) if isinstance(value, str) else None
        if member is None:
            raise Unreadable(f"{_shown(value)}不认识；可以写 {'、'.join(known)}")
        return member

    return read


def record(kind: Callable[..., object], readers: Mapping[str, Reader]) -> Reader:
    """Return the reader of an object with these members; null members stay unknown."""

    def read(value: object) -> object:
        if not isinstance(value, Mapping):
            raise Unreadable("这里要写一个对象 {…}")
        return kind(**members(value, readers))

    return read


def records(kind: Callable[..., object], readers: Mapping[str, Reader]) -> Reader:
    """Return the reader of a list of such objects."""
    one = record(kind, readers)

    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise Unreadable("这里要写一个列表 […]")
        found = []
        for index, item in enumerate(value):
            try:
                found.append(one(item))
            except Unreadable as error:
                raise error.inside(f"[{index}]") from None
        return tuple(found)

    return read


def members(raw: Mapping[str, object], readers: Mapping[str, Reader]) -> dict[str, object]:
    """Read the known members that are not null; an error names the member."""
    found: dict[str, object] = {}
    for name, value in raw.items():
        reader = readers.get(name)
        if value is None or reader is None:
            continue
        try:
            found[name] = reader(value)
        except Unreadable as error:
            raise error.inside(name) from None
    return found


def shown(words: str) -> str:
    """Return the beginning of a text, such that a message that quotes it stays one line."""
    beginning = words if len(words) <= 40 else f"{words[:40]}…"
    return "".join(each if each.isprintable() else "�" for each in beginning)


def _why_not_money(value: object) -> str:
    if not isinstance(value, str):
        return f'{_shown(value)}不是金额；请写成文本 "12.30"'
    if not value:
        return "空文本不是金额；不知道就写 null"
    if value.startswith("-"):
        return f"{_shown(value)}是负数；只有 balance_changes 可以为负"
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", value):
        return f'{_shown(value)}超过两位小数；请写成元，如 "12.30"'
    return f'{_shown(value)}不是金额；请写成元，如 "12.30"，最多 12 位整数'


def _shown(value: object) -> str:
    """Quote a value of any kind and size at the head of a sentence."""
    if isinstance(value, str):
        return f"“{shown(value)}”"
    if isinstance(value, bool):
        return f"{value} ".lower()
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**18):
        return f"{value} "
    return "这个数太大，" if isinstance(value, int) else "这里"
