"""What a picture and a table consist of (图片、表格): figures and words, drawn only when sent.

The outbox keeps them as they stand here, so a crash before the sending loses nothing, and
nobody's answer waits while something is drawn.
"""

from dataclasses import dataclass

__all__ = ["MOST_ROWS", "Bar", "Figure", "Picture", "Section", "Segment", "Sheet"]

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heading; a spreadsheet has no more."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: its length in fen, and the tone of what it means."""

    tone: str
    length: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a section: a name, a bar of segments, and the amount in words."""

    name: str
    words: str
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large figures on top, with what it is."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """Bars that are compared with each other, under one heading."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a phone (图片): all that is drawn, from top to bottom.

    `script` is the language whose forms of characters are drawn: zh, zh-hant or en. `legend`
    names the tones, each with the words that go with it.
    """

    script: str
    title: str
    note: str
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
    legend: tuple[Figure, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that becomes a workbook (表格).

    A cell of a column in `amounts` is a plain decimal number such as "-12.50", or empty where it
    is not known; every other cell stays text whatever it looks like.
    """

    title: str
    columns: tuple[str, ...]
    amounts: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
