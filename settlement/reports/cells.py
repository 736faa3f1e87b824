"""Readers of cells: the text of one cell in, a fact out, or what is wrong and what to do (zh)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from settlement.money import EXACT, round_fen
from settlement.reading import LARGEST_COUNT, YEARS, Unreadable, shown
from settlement.reports.layouts import word_key
from settlement.shanghai import SHANGHAI, in_shanghai

CellReader = Callable[[str], object]

LARGEST_AMOUNT = Decimal(10_000_000)
"""Yuan; no single order line is worth more, so more is a broken file."""
ABSENT = frozenset({"", "-", "--", "—", "——", "\uff0d", "\uff0d\uff0d"})
"""How exports write "nothing there", which is not zero."""
TOTALS = frozenset({"合计", "总计", "小计", "汇总"})
"""What a row of sums begins with."""
_EDGES = (
    " \t\r\n\x00\x08\x0b\x0c\xa0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d"
    "\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069"
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_NUMBER = re.compile(r"[0-9]{4,32}(?:-[0-9]{1,32})?")
_DECIMAL_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+]?[0-9]+|[0-9]+\.[0-9]+")
_MONEY = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2}0*)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_COUNT = re.compile(r"([0-9]{1,10})(?:\.0+)?")
_RATE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_OFFSET = r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
_ISO_TIME = re.compile(
    r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?" + _OFFSET + ")?"
)
_COMPACT_TIME = re.compile("([0-9]{8})([0-9]{6})(?:[0-9]{3})?" + _OFFSET)
_PLAIN_TIME = re.compile(
    "([0-9]{4})[-.年]([0-9]{1,2})[-.月]([0-9]{1,2})日?"
    "(?:[T ]{0,2}([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]{1,9})?)?)?"
)
_HUNDRED, _THOUSAND = Decimal(100), Decimal(1000)


def cleaned(cell: str) -> str:
    """Take blanks, invisible marks and a spreadsheet's text marks off a cell."""
    cell = cell.strip(_EDGES)
    if cell[:1] in ("'", "`", "="):
        formula = _FORMULA_TEXT.fullmatch(cell)
        cell = (formula.group(1) if formula else cell.lstrip("'`")).strip(_EDGES)
    return cell


def text(cell: str) -> str:
    """Read a text; line breaks and control characters inside become blanks."""
    return cell if cell.isprintable() else " ".join(_CONTROLS.sub(" ", cell).split())


def number(cell: str) -> str:
    """Read an order number, which stays text; one that a spreadsheet damaged is refused."""
    if _NUMBER.fullmatch(cell):
        return cell
    if _DECIMAL_NUMBER.fullmatch(cell):
        raise Unreadable(
            f"“{shown(cell)}”是被表格软件改坏的订单号，末几位已经丢了；"
            "请重新导出，不要用 Excel 打开保存，或先把这一列设为文本"
        )
    raise Unreadable(f"“{shown(cell)}”不是订单号；请核对这一格，订单号只有数字和一个横线")


def money(cell: str) -> Decimal:
    """Read an amount in yuan, 0 or more."""
    # Excel's usual format for thousands, `#,##0.##`, writes a round amount as `1,200.`.
    plain = cell.lstrip("¥￥ ").removesuffix("元").strip(" ").removesuffix(".")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _MONEY.fullmatch(plain):
        raise Unreadable(_why_not_money(cell, plain))
    amount = Decimal(plain)
    if amount > LARGEST_AMOUNT:
        raise Unreadable(f"金额“{shown(cell)}”超过一千万元；请核对这一格，单位应是元")
    return round_fen(amount)


def percent(cell: str) -> Decimal:
    """Read a rate as a share: ``20%``, ``200‰``, ``20`` are 0.2; a bare 1 or less is unclear."""
    plain = cell.rstrip("%\uff05‰ ")
    if not _RATE.fullmatch(plain):
        raise Unreadable(f"“{shown(cell)}”不是比例；请写成 20% 这样")
    share = EXACT.divide(Decimal(plain), _THOUSAND if cell.endswith("‰") else _HUNDRED)
    if share > 1:
        raise Unreadable(f"比例“{shown(cell)}”超过 100%；请核对这一格")
    if plain == cell and 0 < share <= Decimal("0.01"):
        raise Unreadable(
            f"“{shown(cell)}”没有百分号，分不清是 {plain}% 还是它的一百倍；请写成 20% 这样"
        )
    return share


def count(cell: str) -> int:
    """Read a number of pieces, 0 or more."""
    match = _COUNT.fullmatch(cell)
    if not match or int(match[1]) > LARGEST_COUNT:
        raise Unreadable(f"“{shown(cell)}”不是件数；请写成 0 或正整数")
    return int(match[1])


def instant(cell: str) -> datetime:
    """Read a time in any form the platforms write; without an offset it is Shanghai's."""
    try:
        moment = _moment(cell)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in YEARS:
        raise Unreadable(
            f"“{shown(cell)}”不是 2000 到 2099 年的日期时间；请写成 2026-07-31 10:00:00"
        )
    return moment


def day(cell: str) -> date:
    """Read a day; of a time, its day in Shanghai."""
    return instant(cell).date()


def code_in(codes: Mapping[str, str]) -> CellReader:
    """Return the reader of a code by the words reports use for it, folded by `word_key`."""
    known = frozenset(codes.values())

    def read(cell: str) -> str:
        # A word nobody has seen is kept as it stands, so that it shows up as unknown.
        return cell if cell in known else codes.get(word_key(cell), text(cell))

    return read


def _moment(cell: str) -> datetime | None:
    written = cell.replace("/", "-").replace(" +", "+")
    if _ISO_TIME.fullmatch(written):
        return in_shanghai(datetime.fromisoformat(written).replace(microsecond=0))
    if match := _COMPACT_TIME.fullmatch(written):
        day_written, clock, offset = match.groups("")
        return in_shanghai(datetime.fromisoformat(f"{day_written}T{clock}{offset}"))
    if match := _PLAIN_TIME.fullmatch(written):
        year, month, day_of_month, hour, minute, second = map(int, match.groups("0"))
        return datetime(year, month, day_of_month, hour, minute, second, tzinfo=SHANGHAI)
    return None


def _why_not_money(cell: str, plain: str) -> str:
    if re.fullmatch(r"[-−(][0-9.,]+\)?", plain):
        return f"金额“{shown(cell)}”是负数；这一列不该有负数，请核对"
    if re.fullmatch(r"[0-9]+\.[0-9]{3,}", plain):
        return f"金额“{shown(cell)}”多于两位小数；请写成 12.30 这样的元"
    return f"“{shown(cell)}”不是金额；请写成 12.30 这样的元"


READERS: dict[str, CellReader] = {
    "text": text,
    "number": number,
    "count": count,
    "money": money,
    "percent": percent,
    "instant": instant,
    "day": day,
}
