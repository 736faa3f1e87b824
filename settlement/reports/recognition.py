"""Which report a table is, told by the set of its header's names."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache

from settlement.model import Platform
from settlement.reports import refusal_columns
from settlement.reports.layout_files import foreign_layouts, layouts
from settlement.reports.layouts import Column, Layout, header_key
from settlement.reports.own_layout import own_layout

CLOSE = 2
"""Names a header must share with a layout to be taken for an attempt at it."""
MOST_NAMED = 8
"""Reports named to somebody whose file is none of them."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Of which platform a report is wanted, if not of any, and the operator's own layouts."""

    platform: Platform | None = None
    own: tuple[Layout, ...] = ()

    def readable(self) -> list[Layout]:
        """The layouts that would do."""
        return [each for each in (*self.own, *layouts()) if self.wants(each)]

    def wants(self, layout: Layout) -> bool:
        """Whether the layout is of the platform that is wanted."""
        return self.platform in (None, layout.platform)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A layout, the columns of the file in it, and the names it does not know."""

    layout: Layout
    columns: tuple[tuple[int, Column], ...]
    """Place in the row, and meaning."""
    unknown: tuple[tuple[int, str], ...]
    kept: tuple[tuple[int, str], ...] = ()
    """Columns that state no fact of the creator's and are kept as they stand."""


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """Why a header is no report of ours, and what to bring instead (zh)."""

    message: str
    known: frozenset[str]
    """The keys of its names by which that was told; the more there are, the surer it is."""
    is_another: bool = False
    """Whether it is surely the header of another report than those wanted."""


def recognise(header: Sequence[str], sought: Sought) -> Recognised | NotRecognised:
    """Recognise the report a header belongs to; names may come in any order."""
    keys = frozenset(map(header_key, header))
    if not sought.own and len(keys & _known_names()) < CLOSE:
        return _nearest(keys, sought)
    fitting = [layout for layout in (*sought.own, own_layout()) if not _missing(layout, keys)]
    if not fitting:
        for foreign in foreign_layouts():
            if foreign.needs <= keys:
                words = f"这是{foreign.title}的报表；{foreign.remedy}"
                return NotRecognised(words, keys, is_another=True)
        fitting = [layout for layout in layouts() if not _missing(layout, keys)]
    wanted = [layout for layout in fitting if sought.wants(layout)]
    if wanted:
        return _recognised(_likest(wanted, keys), header)
    if fitting:
        return NotRecognised(
            f"这是“{_likest(fitting, keys).title}”，不是所选平台（{sought.platform}）的报表；"
            "请去掉平台选项，或换成该平台导出的文件",
            keys,
            is_another=True,
        )
    return _nearest(keys, sought)


@cache
def _known_names() -> frozenset[str]:
    """The keys of all columns of all tables that can be told by their header."""
    read = [{*each.columns, *each.unused, *each.kept} for each in (own_layout(), *layouts())]
    return frozenset().union(*read, *(foreign.needs for foreign in foreign_layouts()))


def _recognised(layout: Layout, header: Sequence[str]) -> Recognised | NotRecognised:
    columns: list[tuple[int, Column]] = []
    unknown: list[tuple[int, str]] = []
    kept: list[tuple[int, str]] = []
    for place, name in enumerate(header):
        key = header_key(name)
        if column := layout.columns.get(key):
            columns.append((place, column))
        elif key in layout.kept:
            kept.append((place, name.strip()))
        elif key and key not in layout.unused and key not in refusal_columns.KEYS:
            unknown.append((place, name.strip()))
    names = [column.header for _, column in columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        message = f"表头里“{twice}”这一列出现了两次，分不清该用哪一列；请删掉多余的一列"
        return NotRecognised(message, frozenset(names), is_another=True)
    return Recognised(layout, tuple(columns), tuple(unknown), tuple(kept))


def _nearest(keys: Set[str], sought: Sought) -> NotRecognised:
    readable = sought.readable()
    close = [layout for layout in readable if len(_shared(layout, keys)) >= CLOSE]
    if not close:
        titles = _some_titles(readable)
        message = f"看不出是哪个平台的报表；能读的有：{titles}。请从平台后台原样导出，不要改表头"
        return NotRecognised(message, frozenset())
    nearest = _likest(close, keys)
    missing = "、".join(f"“{name}”" for name in _missing(nearest, keys))
    message = f"最像“{nearest.title}”，但缺少列{missing}；请从平台后台原样导出，不要删列或改表头"
    return NotRecognised(message, _shared(nearest, keys))


def _some_titles(readable: Sequence[Layout]) -> str:
    """Name all reports, or of many the first of each platform."""
    if len(readable) <= MOST_NAMED:
        return "、".join(layout.title for layout in readable)
    firsts = {layout.platform: layout.title for layout in reversed(readable)}
    titles = (layout.title for layout in readable if layout.title in firsts.values())
    return f"{'、'.join(titles)}等 {len(readable)} 种"


def _missing(layout: Layout, keys: Set[str]) -> list[str]:
    present = {layout.columns[key].header for key in keys & layout.columns.keys()}
    present |= {name for name in layout.needs if header_key(name) in keys}
    return [name for name in layout.needs if _header(layout, name) not in present]


def _header(layout: Layout, name: str) -> str:
    column = layout.columns.get(header_key(name))
    return column.header if column else name


def _likest(fitting: Sequence[Layout], keys: Set[str]) -> Layout:
    return max(fitting, key=lambda layout: len(_shared(layout, keys)))


def _shared(layout: Layout, keys: Set[str]) -> frozenset[str]:
    return frozenset(keys & (layout.columns.keys() | layout.unused | layout.kept))
