"""Readers of a row's members: a JSON value in, a fact out, or what is wrong with it (zh)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from settlement.apis.json_text import as_text
from settlement.money import EXACT, ZERO, round_fen
from settlement.reading import LARGEST_COUNT, Unreadable, shown
from settlement.reports import cells
from settlement.shanghai import SHANGHAI

MemberReader = Callable[[object], object]

_LARGEST = cells.LARGEST_AMOUNT
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?", re.ASCII)
_ORDER_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = range(946_684_800, 4_102_416_000)
"""From 2000 to the end of 2099 in Shanghai."""
_NEARLY = Decimal("0.000001")
"""What a binary fraction may be away from the amount it stands for."""


def quoted(value: object) -> str:
    """Quote a member in a message."""
    return f"“{shown(as_text(value))}”"


def text(value: object) -> str:
    """Read a text; a number is kept as it stands."""
    return cells.text(as_text(value).strip())


def number(value: object) -> str:
    """Read an order number; a JSON fraction has lost its last digits and is refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and _ORDER_NUMBER.fullmatch(value.strip()):
        return value.strip()
    raise Unreadable(f"{quoted(value)}不是订单号；请把这一行交给技术人员核对接口")


def code(value: object) -> str:
    """Read a platform's code, number or text; kept as it stands."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return text(value)
    raise Unreadable(f"{quoted(value)}不是代码；请把这一行交给技术人员核对接口")


def count(value: object) -> int:
    """Read a number of pieces, 0 or more."""
    found = _whole(value)
    if found is None or not 0 <= found <= LARGEST_COUNT:
        raise Unreadable(f"{quoted(value)}不是件数；应是 0 或正整数")
    return found


def yuan(value: object) -> Decimal:
    """Read an amount in yuan, 0 or more."""
    amount = signed_yuan(value)
    if amount < 0:
        raise Unreadable(f"金额{quoted(value)}是负数；这一项不该有负数，请到平台后台核对这一单")
    return amount


def signed_yuan(value: object) -> Decimal:
    """Read an amount in yuan that may be negative."""
    amount = decimal(value)
    if amount is None or abs(amount) > _LARGEST:
        raise Unreadable(f"{quoted(value)}不是一千万以内的金额；请到平台后台核对这一单")
    return round_fen(amount) or ZERO  # which is never below zero, as -0.00 would be


def fen(value: object) -> Decimal:
    """Read an amount in fen, 0 or more."""
    return yuan(_hundredth(value))


def signed_fen(value: object) -> Decimal:
    """Read an amount in fen that may be negative."""
    return signed_yuan(_hundredth(value))


def share_of(whole: int) -> Callable[[object], Decimal]:
    """Return the reader of a rate in parts of `whole`: 100 for percent, 1000 for per mille."""

    def read(value: object) -> Decimal:
        parts = decimal(value)
        if parts is None or not 0 <= parts <= whole:
            raise Unreadable(f"{quoted(value)}不是 0 到 {whole} 之间的比例；请到平台后台核对")
        return EXACT.divide(parts, Decimal(whole))

    return read


def parts(value: object) -> Decimal:
    """Read a rate whose whole is not known yet."""
    found = decimal(value)
    if found is None or found < 0:
        raise Unreadable(f"{quoted(value)}不是比例；请到平台后台核对")
    return found


def instant(value: object) -> datetime:
    """Read a time as text; without an offset it is Shanghai's."""
    if isinstance(value, str):
        return cells.instant(value.strip())
    raise Unreadable(f"{quoted(value)}不是日期时间；应是 2026-07-31 10:00:00 这样的文本")


def seconds(value: object) -> datetime:
    """Read a time in seconds since 1970."""
    return _since_1970(value, 1)


def milliseconds(value: object) -> datetime:
    """Read a time in milliseconds since 1970."""
    return _since_1970(value, 1000)


def any_instant(value: object) -> datetime:
    """Read a time as text or as milliseconds: for an interface whose form is not documented."""
    whole = _whole(value)
    return instant(value) if whole is None or whole < 10**11 else milliseconds(whole)


def day(value: object) -> date:
    """Read a day written as 20260731, number or text; of a time, its day in Shanghai."""
    return cells.day(as_text(value).strip())


def decimal(value: object) -> Decimal | None:
    """Return a number exactly, None if it is none or has more digits than an amount can have."""
    found = _decimal(value)
    # A zero may come with a sign, which no amount and no rate has.
    return found if found is None or found else Decimal(0)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        small_enough = isinstance(exponent, int) and exponent >= -20 and value.adjusted() < 15
        return value if small_enough else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value) if abs(value) < 10**15 else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def yes_or_no(yes: str, no: str, what: str) -> MemberReader:
    """Return the reader of a code for yes and one for no; `what` says what is read (zh)."""

    def read(value: object) -> bool:
        if (code := as_text(value)) not in (yes, no):
            raise Unreadable(f"{quoted(value)}不是{what}")
        return code == yes

    return read


def was_rounded(value: object, amount: Decimal) -> bool:
    """Whether an amount in yuan differs from what was sent by more than a binary fraction may."""
    sent = decimal(value)
    return sent is not None and abs(sent - amount) > _NEARLY


def _hundredth(value: object) -> object:
    found = decimal(value)
    return value if found is None else EXACT.divide(found, Decimal(100))


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    return None


def _since_1970(value: object, parts_of_a_second: int) -> datetime:
    whole = _whole(value)
    if whole is None or whole // parts_of_a_second not in _SECONDS:
        raise Unreadable(f"{quoted(value)}不是 2000 到 2099 年的时间戳；请到平台后台核对这一单")
    return (_EPOCH + timedelta(seconds=whole // parts_of_a_second)).astimezone(SHANGHAI)


READERS: dict[str, MemberReader] = {
    "text": text,
    "number": number,
    "code": code,
    "count": count,
    "yuan": yuan,
    "signed_yuan": signed_yuan,
    "fen": fen,
    "signed_fen": signed_fen,
    "percent": share_of(100),
    "per_mille": share_of(1000),
    "basis_points": share_of(10_000),
    "parts": parts,
    "instant": instant,
    "any_instant": any_instant,
    "seconds": seconds,
    "milliseconds": milliseconds,
    "day": day,
}
MONEY = frozenset({"yuan", "signed_yuan"})
"""Kinds whose exact figure is kept beside where rounding to the fen changed it."""
