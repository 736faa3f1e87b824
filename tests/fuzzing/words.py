"""What fuzzed inputs are made of: headers, words and values that get past recognition."""

from functools import cache

from settlement.reports.layout_files import layouts

__all__ = ["CELLS", "JSON_LEAVES", "dictionary", "headers"]

CELLS = (
    *("", "-", "--", "0", "1", "0.00", "12.30", "1,200.00", "-1", "1e9", "9" * 40, "0.2", "20%"),
    *("¥12.30", "12.305", "NaN", "Infinity", "=1+1", "'123", '="123"', "\t1876057285106350796"),
    *("1.87605728510635E+18", "1876057285106350000", "240309-402233834970071", "见附件"),
    *(
        "2026-07-31 10:00:00",
        "2026/7/1 9:05",
        "20260731100000000+0800",
        "0000-00-00",
        "2199-01-01",
    ),
    *("2026-02-30", "2026年7月1日", "24:00:00", "9999-12-31T23:59:59.999999999Z", "46206.5"),
    *(
        "合计",
        "总计",
        "已付款",
        "已结算",
        "维权成功",
        "确认收货",
        "退款",
        "交易成功",
        "违规",
        "99",
    ),
    *('"', '""', "\n", "\r", "\0", "\ufffd", "\u202e", "\ud7ff", "💰", "\u0661\u0662\u0663", "²"),
    *("x" * 300, "1" * 5000, "." * 50, ",", "\t", ";", "{20191020:10,20191120:-2}", "{", "[" * 60),
)
JSON_LEAVES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 3, 17, 200, 10000, 2**31, 2**53 + 1, 10**30, -(10**30)),
    *(0.1, 1e308, -0.0, 12.3, 1e-9, 713009185275031338, "", [], {}, [[]], [None], {"": None}),
    *("nomore", "true", "success", "1785463200", "1785463200000", "{}", "[]", "null", '{"a":'),
    *CELLS,
)


@cache
def headers() -> tuple[str, ...]:
    """The names of all columns of all layouts, sorted."""
    names = {name for layout in layouts() for name in (*layout.columns, *layout.unused)}
    return tuple(sorted(names | {name for layout in layouts() for name in layout.needs}))


def dictionary() -> str:
    """Headers and words in libFuzzer's form of a dictionary."""
    words = {
        word.encode("utf-8", "replace") for word in (*headers(), *CELLS) if 0 < len(word) < 60
    }
    return "".join(f'"{_escaped(word)}"\n' for word in sorted(words))


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)
