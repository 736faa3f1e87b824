"""Reading layouts from every room's ``columns.yaml``: strict, with errors for its editor.

A file maps the name of a layout to its title, the columns it `needs` to be recognised, its
`columns` by header, those that are `kept` as they stand, and the `unused` ones; `rows` tells what
several rows of one line mean (`settlement.combining.Rows`; single where nothing is told). An
operator's own file names the `platform` of each. Of a column are told:

- `field`: the fact of the order, ``refunds[].amount`` for one of a list's item, or `creator`:
  what kind of hint at the creator it is;
- `as`: how its cells are read (`settlement.reports.steps.KINDS`), with `words` for codes beside
  those of statuses.yaml;
- `also`: other and older names; `absent`: further words for "nothing there";
- `times`: a rate column to multiply with; `checked_by`: an amount that base × rate must give;
- `counts_with`, `counts_without`: facts with or without which alone the value is a fact;
  `unless_filled`: a column beside whose filled cell it is none.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from settlement.combining import Rows
from settlement.model import Platform
from settlement.platforms import folder, room_of
from settlement.reports.layout_checks import check_references
from settlement.reports.layouts import Column, ForeignLayout, Layout, header_key, word_key
from settlement.reports.steps import KINDS
from settlement.statuses import Statuses
from settlement.yaml_text import (
    RuleFileError,
    mapping,
    one_text,
    one_word,
    only,
    packaged,
    texts,
    whole_mapping,
)

_LAYOUT_KEYS = frozenset(
    {
        "title",
        "source",
        "last_checked",
        "needs",
        "line_id",
        "rows",
        "columns",
        "kept",
        "unused",
    }
)
_FOREIGN_KEYS = frozenset({"needs", "remedy"})
_COLUMN_KEYS = frozenset(
    {
        "field",
        "as",
        "also",
        "absent",
        "words",
        "creator",
        "times",
        "counts_with",
        "counts_without",
        "checked_by",
        "unless_filled",
    }
)
_OWN_KEYS = _LAYOUT_KEYS | {"platform"}


@cache
def layouts() -> tuple[Layout, ...]:
    """Read the layouts of all rooms."""
    return tuple(layout for platform in Platform for layout in _layouts_of(platform))


@cache
def foreign_layouts() -> tuple[ForeignLayout, ...]:
    """Read the reports that are named but not read."""
    file = "reports/foreign.yaml"
    return tuple(read_foreign_layouts(packaged(file), file))


def read_foreign_layouts(text: str, file: str) -> Iterator[ForeignLayout]:
    """Read the text of a ``foreign.yaml``. Raises RuleFileError."""
    for title, raw in whole_mapping(text, file).items():
        entry = mapping(raw, file, title)
        only(entry, _FOREIGN_KEYS, file, title)
        needs = frozenset(map(header_key, _needs(entry, file, title)))
        remedy = one_text(entry.get("remedy"), file, f"{title}.remedy")
        yield ForeignLayout(title, needs, remedy)


def _layouts_of(platform: Platform) -> Iterator[Layout]:
    file = f"platforms/{folder(platform)}/columns.yaml"
    yield from read_layouts(packaged(file), file, platform, room_of(platform).statuses)


def read_layouts(text: str, file: str, platform: Platform, statuses: Statuses) -> Iterator[Layout]:
    """Read the text of a ``columns.yaml``; the words of its codes come from the statuses.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    for name, raw in whole_mapping(text, file).items():
        content = mapping(raw, file, name)
        only(content, _LAYOUT_KEYS, file, name)
        yield _layout(name, content, file, platform, statuses)


def read_own_layouts(text: str, file: str) -> tuple[Layout, ...]:
    """Read the text of an operator's own file, where each layout names its `platform`.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    entries = whole_mapping(text, file)
    if not entries:
        raise RuleFileError(file, "the whole file", "holds no layout", "describe one report")
    return tuple(_own_layout(name, raw, file) for name, raw in entries.items())


def _own_layout(name: str, raw: object, file: str) -> Layout:
    content = mapping(raw, file, name)
    only(content, _OWN_KEYS, file, name)
    platform = one_word(Platform, content.get("platform"), file, f"{name}.platform")
    return _layout(name, content, file, platform, room_of(platform).statuses)


def _layout(
    name: str, content: Mapping[str, object], file: str, platform: Platform, statuses: Statuses
) -> Layout:
    def keys(part: str) -> frozenset[str]:
        return frozenset(map(header_key, texts(content.get(part) or [], file, f"{name}.{part}")))

    layout = Layout(
        platform,
        name,
        title=one_text(content.get("title"), file, f"{name}.title"),
        needs=_needs(content, file, name),
        columns=_columns(content.get("columns"), file, f"{name}.columns", statuses),
        unused=keys("unused"),
        kept=keys("kept"),
        line_id=texts(content.get("line_id") or [], file, f"{name}.line_id"),
        rows=one_word(Rows, content.get("rows", "single"), file, f"{name}.rows"),
    )
    check_references(layout, file)
    return layout


def _needs(content: Mapping[str, object], file: str, place: str) -> tuple[str, ...]:
    needs = texts(content.get("needs"), file, f"{place}.needs")
    if not needs:
        remedy = "name the columns that tell it from other reports"
        raise RuleFileError(file, f"{place}.needs", "every file would do", remedy)
    return needs


def _columns(raw: object, file: str, place: str, statuses: Statuses) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for header, settings_raw in mapping(raw, file, place).items():
        where = f"{place}.{header}"
        settings = mapping(settings_raw, file, where)
        column = _column(header, settings, file, where, statuses)
        for alias in (header, *texts(settings.get("also") or [], file, f"{where}.also")):
            if columns.setdefault(header_key(alias), column) is not column:
                raise RuleFileError(file, where, f"{alias} stands twice", "keep one of them")
    return columns


def _column(
    header: str, settings: Mapping[str, object], file: str, place: str, statuses: Statuses
) -> Column:
    only(settings, _COLUMN_KEYS, file, place)

    def word(key: str) -> str | None:
        return one_text(settings[key], file, f"{place}.{key}") if key in settings else None

    fact, kind = word("field"), word("as") or "text"
    if kind not in KINDS:
        remedy = f"use one of {', '.join(KINDS)}"
        raise RuleFileError(file, f"{place}.as", f"{kind} is no kind of cell", remedy)
    own_words = mapping(settings.get("words") or {}, file, f"{place}.words")
    return Column(
        header=header,
        fact=fact,
        kind=kind,
        creator=word("creator"),
        absent=frozenset(texts(settings.get("absent") or [], file, f"{place}.absent")),
        codes=_codes(fact, own_words, file, place, statuses) if kind == "code" else {},
        times=word("times"),
        counts_with=word("counts_with"),
        counts_without=word("counts_without"),
        checked_by=word("checked_by"),
        unless_filled=word("unless_filled"),
    )


def _codes(
    fact: str | None, own: Mapping[str, object], file: str, place: str, statuses: Statuses
) -> dict[str, str]:
    """Return the codes by the platform's own words, and by further words of its reports."""
    table = statuses.tables.get(str(fact).removeprefix("raw_status."))
    if table is None:
        cause = f"statuses.yaml has no codes for {fact}"
        raise RuleFileError(file, f"{place}.as", cause, "add them there first")
    codes = {word_key(meaning.text): code for code, meaning in table.items()}
    for word, code in own.items():
        if code not in table:
            cause = f"{code} is no code of {fact} in statuses.yaml"
            raise RuleFileError(file, f"{place}.words.{word}", cause, "add it there first")
        codes[word_key(word)] = str(code)
    return codes
