"""What platforms and people do to a table without harming it, by its name in `good.yaml`."""

import random
from collections.abc import Callable, Mapping, Sequence

from tests.reports.corpus.cells import Cell
from tests.reports.corpus.layouts import Table

__all__ = ["QUIRKS", "changed"]

Row = list[Cell]


def changed(table: Table, quirks: Sequence[str]) -> Table:
    """The table with these quirks, one after the other."""
    for quirk in quirks:
        name, _, detail = quirk.partition(" ")
        table = QUIRKS[name](table, detail)
    return table


def _shuffled(table: Table, _: str) -> Table:
    """Columns in another order."""
    order = list(range(len(table.rows[table.header])))
    random.Random(7).shuffle(order)  # noqa: S311 - any other order will do
    return Table([[row[place] for place in order] for row in table.rows], table.header)


def _titled(table: Table, count: str) -> Table:
    """Lines above the header, as many as said."""
    title: Row = ["淘宝联盟 订单明细　导出时间：2026-11-21 10:00:00"]
    return Table([*[title] * int(count or 1), *table.rows], table.header + int(count or 1))


def _totals_below(table: Table, _: str) -> Table:
    return Table([*table.rows, _totals(table)], table.header)


def _totals_between(table: Table, _: str) -> Table:
    return _inserted(table, _totals(table))


def _totals(table: Table) -> Row:
    width = len(table.rows[table.header])
    return ["合计", *[None] * (width - 2), "99,999.00"]


def _blank_lines(table: Table, _: str) -> Table:
    return _inserted(_inserted(table, []), [None] * len(table.rows[table.header]))


def _inserted(table: Table, row: Row) -> Table:
    middle = table.header + 3
    return Table([*table.rows[:middle], row, *table.rows[middle:]], table.header)


def _new_columns(table: Table, _: str) -> Table:
    """Columns that nobody has described, at both ends."""
    header = table.rows[table.header]
    return Table(
        [
            ["新指标", *row, "达人等级"]
            if row is header
            else (["42", *row, "L3"] if len(row) == len(header) else row)
            for row in table.rows
        ],
        table.header,
    )


def _renamed(table: Table, names: str) -> Table:
    """Other names of columns, as `旧名=新名`, several with blanks between."""
    other = dict(each.split("=") for each in names.split())
    assert other.keys() <= set(table.rows[table.header]), names
    rows = list(table.rows)
    rows[table.header] = [other.get(str(name), name) for name in rows[table.header]]
    return Table(rows, table.header)


def _without(table: Table, names: str) -> Table:
    """Columns left out."""
    left = [
        place for place, name in enumerate(table.rows[table.header]) if name not in names.split()
    ]
    return Table([[row[place] for place in left] for row in table.rows], table.header)


def _header_marks(table: Table, _: str) -> Table:
    """Quotes, blanks and units in the header, as merchants' files have them."""
    rows = list(table.rows)
    rows[table.header] = [f" '{name}\t" for name in rows[table.header]]
    return Table(rows, table.header)


def _wide_header(table: Table, _: str) -> Table:
    """Letters of the header in full width, as an input method makes them."""
    rows = list(table.rows)
    rows[table.header] = [str(name).replace("ID", "\uff29\uff24") for name in rows[table.header]]
    return Table(rows, table.header)


def _trailing_commas(table: Table, _: str) -> Table:
    return Table([[*row, None, None] for row in table.rows], table.header)


def _surplus_in_rows(table: Table, _: str) -> Table:
    """Empty cells after the last, in the rows only."""
    rows = [row if place == table.header else [*row, None] for place, row in enumerate(table.rows)]
    return Table(rows, table.header)


def _last_twice(table: Table, _: str) -> Table:
    """The last row once more, word for word."""
    return Table([*table.rows, table.rows[-1]], table.header)


QUIRKS: Mapping[str, Callable[[Table, str], Table]] = {
    "shuffled": _shuffled,
    "titled": _titled,
    "totals_below": _totals_below,
    "totals_between": _totals_between,
    "blank_lines": _blank_lines,
    "new_columns": _new_columns,
    "renamed": _renamed,
    "without": _without,
    "header_marks": _header_marks,
    "wide_header": _wide_header,
    "trailing_commas": _trailing_commas,
    "surplus_in_rows": _surplus_in_rows,
    "last_twice": _last_twice,
}
