"""Charts drawn on the server (图表): SVG without script or inline style, in the page's colours.

Each is drawn 360 units wide, so that its letters are readable at the width of a phone; the same
figures stand in its text, for those who cannot see it. Series take the classes s1 … s6.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import east_asian_width

from markupsafe import Markup, escape

__all__ = ["WIDTH", "Bar", "Column", "Row", "bars", "columns", "keys", "rounded_up", "rows_drawn"]

Value = int | Decimal
Written = Callable[[Value], object]

WIDTH = 360
ROW = 34
HEIGHT, BASE, LEFT = 150, 126, 34
MOST_COLUMNS = 40
"""Of which a Chinese character takes two."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that lies (横条): its name, how much it is, and which series colours it."""

    name: str
    value: Value
    series: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A bar as it is drawn: where it begins and how long it is, of the whole `WIDTH`."""

    name: str
    said: str
    series: int
    start: Decimal = Decimal()
    length: Decimal = Decimal()


@dataclass(frozen=True, slots=True)
class Column:
    """A column that stands (竖柱), its series one on top of the other; `name` is said below."""

    name: str
    values: tuple[Value, ...]


def bars(title: str, drawn: Sequence[Bar], written: Written = str) -> Markup:
    """Bars one below the other, each with its name above and its value at its end."""
    most = max((each.value for each in drawn), default=0) or 1
    rows = [
        Row(each.name, str(written(each.value)), each.series, length=_length(each, most))
        for each in drawn
    ]
    return rows_drawn(title, rows)


def rows_drawn(title: str, rows: Sequence[Row]) -> Markup:
    """Rows one below the other; the same words stand in the chart's own description."""
    inside = Markup().join(_row(place * ROW, each) for place, each in enumerate(rows))
    return _drawing(title, ROW * len(rows), inside, [f"{row.name} {row.said}" for row in rows])


def columns(
    title: str, drawn: Sequence[Column], series: Sequence[str], written: Written = str
) -> Markup:
    """Columns over time, stacked by series; only the first and the last say when they are."""
    most = rounded_up(max((sum(each.values) for each in drawn), default=0))
    step = Decimal(WIDTH - LEFT) / max(len(drawn), 1)
    shown = [_scale(most, written)]
    for place, each in enumerate(drawn):
        shown.append(_column(LEFT + step * place, step, each, most, series, written))
    if drawn:
        shown.append(_text(LEFT, HEIGHT - 8, drawn[0].name))
    if len(drawn) > 1:
        shown.append(_text(WIDTH, HEIGHT - 8, drawn[-1].name, anchor="end"))
    total = [sum((each.values[n] for each in drawn), start=Decimal()) for n in range(len(series))]
    said = [f"{name} {written(each)}" for name, each in zip(series, total, strict=True)]
    return _drawing(title, HEIGHT, Markup().join(shown), said)


def keys(series: Sequence[str]) -> Markup:
    """What the colours of a chart with several series mean."""
    items = Markup().join(
        Markup(
            '<li><svg viewBox="0 0 10 10" class="chart" aria-hidden="true">'
            '<rect class="s{}" width="10" height="10" rx="2"/></svg>{}</li>'
        ).format(place, name)
        for place, name in enumerate(series, 1)
    )
    return Markup('<ul class="keys">{}</ul>').format(items)


def rounded_up(most: Value) -> Decimal:
    """The top of a scale: the next number of one digit, 1, 2 or 5, with noughts after it."""
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** Decimal(most).adjusted()
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)


def _length(bar: Bar, most: Value) -> Decimal:
    least = Decimal(2) if bar.value else Decimal()
    return max(WIDTH * Decimal(bar.value) / Decimal(most), least)


def _row(y: int, row: Row) -> Markup:
    return Markup().join(
        (
            _text(0, y + 12, _shortened(row.name), kind="strong"),
            _text(WIDTH, y + 12, row.said, anchor="end"),
            _rect(row.start, Decimal(y + 17), row.length, Decimal(9), row.series),
        )
    )


def _column(
    x: Decimal, step: Decimal, column: Column, most: Decimal, series: Sequence[str], said: Written
) -> Markup:
    width = max(step - 2, step * Decimal("0.6"))
    y = Decimal(BASE)
    pieces = []
    for place, value in enumerate(column.values, 1):
        height = (BASE - 8) * value / most
        if value > 0:
            y -= height
            pieces.append(_rect(x, y, width, height, place))
    words = [f"{name} {said(each)}" for name, each in zip(series, column.values, strict=True)]
    tip = Markup("<title>{}: {}</title>").format(column.name, ", ".join(words))
    return Markup("<g>{}{}</g>").format(tip, Markup().join(pieces))


def _scale(most: Decimal, written: Written) -> Markup:
    lines = Markup().join(
        Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(LEFT, WIDTH, y, y)
        for y in (8, BASE)
    )
    whole = int(most) if most == most.to_integral_value() else most
    top = _text(LEFT - 4, 12, str(written(whole)), anchor="end")
    return lines + top + _text(LEFT - 4, BASE, str(written(0)), anchor="end")


def _rect(x: Decimal, y: Decimal, width: Decimal, height: Decimal, series: int) -> Markup:
    sizes = [format(round(each, 1), "f") for each in (x, y, width, height)]
    return Markup('<rect class="s{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>').format(
        series, *sizes
    )


def _text(x: int, y: int, words: str, *, anchor: str = "start", kind: str = "") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>').format(
        x, y, anchor, kind, words
    )


def _shortened(name: str) -> str:
    width = 0
    for place, letter in enumerate(name):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > MOST_COLUMNS:
            return f"{name[: place - 1]}…"
    return name


def _drawing(title: str, height: int, inside: Markup, said: Sequence[str]) -> Markup:
    words = escape(f"{title}: {', '.join(said)}")
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, max(height, 1), words, inside)
