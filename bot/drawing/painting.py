"""A picture as PNG (绘图): one column, readable at the width of a phone."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from threading import Lock

from PIL import Image, ImageDraw

from bot.desk.pictures import Bar, Figure, Picture, Section, Segment
from bot.drawing.fonts import BOLD, REGULAR, face

__all__ = ["WIDTH", "paint"]

WIDTH = 1080
"""Pixels: a phone shows them at a little more than a third."""
_TALLEST = 4000
_MARGIN = 56
_INNER = WIDTH - 2 * _MARGIN
_PAPER, _INK, _FAINT, _TRACK = "#FFFFFF", "#1C2430", "#5C6672", "#EDF0F3"
_TONES = {
    "official": "#14795A",
    "platform": "#2A66B8",
    "operator": "#7A55B8",
    "provisional": "#D99A1C",
    "undated": "#9AA5B1",
    "lost": "#C8453B",
}
_TITLE, _LARGE, _BODY, _SMALL, _LEAST = 52, 66, 38, 34, 28
_BAR, _BETWEEN = 26, 40
_ONE_AT_A_TIME = Lock()
"""A face of FreeType is one at a time's."""


def paint(picture: Picture) -> bytes:
    """Draw a picture as PNG."""
    with _ONE_AT_A_TIME:
        sheet = _Paper(picture.script)
        sheet.text(picture.title, _TITLE, weight=BOLD)
        sheet.text(picture.note, _SMALL, colour=_FAINT)
        sheet.figures(picture.figures)
        for section in picture.sections:
            sheet.section(section)
        sheet.legend(picture.legend)
        for footnote in picture.footnotes:
            sheet.text(footnote, _SMALL, colour=_FAINT, gap=10)
        return sheet.png()


class _Paper:
    """A sheet that grows downwards."""

    def __init__(self, script: str) -> None:
        self._script = script
        self._image = Image.new("RGB", (WIDTH, _TALLEST), _PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._y = _MARGIN

    def text(
        self, words: str, size: int, *, weight: int = REGULAR, colour: str = _INK, gap: int = 14
    ) -> None:
        """Write lines from edge to edge."""
        for line in self._lines(words, size, weight):
            self._at(_MARGIN, line, size, weight, colour)
            self._y += _height(size)
        self._y += gap

    def figures(self, figures: Sequence[Figure]) -> None:
        """Put the large figures side by side."""
        if not figures:
            return
        self._y += 16
        width = _INNER // len(figures)
        room = width - _BETWEEN
        size = min(self._fitting(figure.words, _LARGE, BOLD, room) for figure in figures)
        for place, figure in enumerate(figures):
            left = _MARGIN + place * width
            self._at(left, figure.name, _SMALL, REGULAR, _FAINT, room)
            self._at(left, figure.words, size, BOLD, _INK, room, below=_height(_SMALL))
        self._y += _height(_SMALL) + _height(size) + 20

    def section(self, section: Section) -> None:
        """Draw bars to one scale, the longest from edge to edge."""
        longest = max((_extent(bar.segments) for bar in section.bars), default=0)
        self._y += 22
        self._draw.line((_MARGIN, self._y, WIDTH - _MARGIN, self._y), _TRACK, 3)
        self._y += 26
        self.text(section.heading, _BODY, weight=BOLD)
        for bar in section.bars:
            self._bar(bar, longest)

    def legend(self, tones: Iterable[Figure]) -> None:
        """Say what the colours mean."""
        left = _MARGIN
        self._y += 8
        for tone in tones:
            width = round(face(self._script, _SMALL).getlength(tone.words)) + 84
            if left + width > WIDTH - _MARGIN and left > _MARGIN:
                left, self._y = _MARGIN, self._y + _height(_SMALL) + 8
            top = self._y + 12
            self._draw.rounded_rectangle((left, top, left + 28, top + 28), 6, _TONES[tone.name])
            self._at(left + 42, tone.words, _SMALL, REGULAR, _FAINT)
            left += width
        self._y += _height(_SMALL) + 22 if left > _MARGIN else 0

    def png(self) -> bytes:
        """Return what was drawn, cut below the last line."""
        held = BytesIO()
        cut = self._image.crop((0, 0, WIDTH, min(self._y + _MARGIN - 14, _TALLEST)))
        # Few colours: a palette makes it a third as large.
        cut.quantize(64, dither=Image.Dither.NONE).save(held, "PNG")
        return held.getvalue()

    def _bar(self, bar: Bar, longest: int) -> None:
        amount = round(face(self._script, _BODY, BOLD).getlength(bar.words))
        self._at(_MARGIN, bar.name, _BODY, REGULAR, _INK, _INNER - amount - 24)
        self._at(WIDTH - _MARGIN - amount, bar.words, _BODY, BOLD, _INK)
        self._y += _height(_BODY) + 4
        if longest:
            box = (_MARGIN, self._y, WIDTH - _MARGIN, self._y + _BAR)
            self._draw.rounded_rectangle(box, _BAR // 2, _TRACK)
            self._segments(bar.segments, longest)
            self._y += _BAR
        self._y += 22

    def _segments(self, segments: Iterable[Segment], longest: int) -> None:
        left, done = _MARGIN, 0
        for segment in segments:
            done += segment.length
            right = _MARGIN + _INNER * done // longest
            if right > left:
                box = (left, self._y, right, self._y + _BAR)
                self._draw.rounded_rectangle(box, _BAR // 2, _TONES[segment.tone])
            left = right

    def _at(
        self,
        left: int,
        words: str,
        size: int,
        weight: int,
        colour: str,
        width: int = _INNER,
        *,
        below: int = 0,
    ) -> None:
        """Write one line, smaller if it would not fit, and cut if even that is too long."""
        size = self._fitting(words, size, weight, width)
        while words and self._length(words, size, weight) > width:
            words = words.removesuffix("…")[:-1] + "…" if len(words) > 1 else ""
        self._draw.text(
            (left, self._y + below), words, fill=colour, font=face(self._script, size, weight)
        )

    def _fitting(self, words: str, size: int, weight: int, width: int) -> int:
        """The largest size, up to `size`, in which words keep within a width; at least _LEAST."""
        while size > _LEAST and self._length(words, size, weight) > width:
            size -= 2
        return size

    def _lines(self, words: str, size: int, weight: int) -> Iterable[str]:
        """Break where a line is full: after a space, or between Chinese characters."""
        line = ""
        for piece in _pieces(words):
            if line and self._length(line + piece.rstrip(), size, weight) > _INNER:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()

    def _length(self, words: str, size: int, weight: int) -> float:
        return face(self._script, size, weight).getlength(words)


def _pieces(words: str) -> Iterable[str]:
    """Latin words whole with what follows them; anything else character by character."""
    piece = ""
    for character in words:
        if piece and not (piece[-1].isascii() and character.isascii() and piece[-1] != " "):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _height(size: int) -> int:
    return size * 29 // 20


def _extent(segments: Iterable[Segment]) -> int:
    return sum(segment.length for segment in segments)
