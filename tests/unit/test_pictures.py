"""Pictures hold real characters in three languages, and fit a phone."""

from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from bot.desk.pictures import Bar, Figure, Picture, Section, Segment
from bot.desk.rendering import LANGUAGE_NAMES
from bot.drawing.fonts import BOLD, REGULAR, TypefaceError, _index, face
from bot.drawing.painting import _LEAST, WIDTH, paint

MISSING = "\U0010fffe"
PHONE = 390
COMMON = "，。（）：·0123456789元"
WORDS = {
    "zh": f"我的佣金本月还会到下月现在可提现暂无日期按规则预计平台给出运营填写京东淘宝{COMMON}",
    "zh-hant": f"我的佣金本月還會到下月現在可提領暫無日期依規則預計平臺給出京東淘寶抖音{COMMON}",
    "en": "My commission Still this month To withdraw now No date yet JD ¥0123456789.,:;()",
}
BARS = (Bar("九月", "12,345.67 元", (Segment("official", 100), Segment("undated", 3))),)
FIGURES = (Figure("本月", "12,345,678.90 元"), Figure("下月", "0.00 元"), Figure("现在", "9 元"))


def picture(script: str, sections: tuple[Section, ...] = (Section("按月", BARS),)) -> Picture:
    return Picture(script, WORDS[script], "截至今天", FIGURES, sections)


def opened(drawn: bytes) -> Image.Image:
    return Image.open(BytesIO(drawn))


@pytest.mark.parametrize("script", LANGUAGE_NAMES)
@pytest.mark.parametrize("weight", [REGULAR, BOLD])
def test_every_character_has_a_form_of_its_own(script: str, weight: int) -> None:
    font = face(script, 38, weight)
    none = bytes(font.getmask(MISSING))
    for character in WORDS[script].replace(" ", ""):
        assert bytes(font.getmask(character)) != none, character


def test_traditional_characters_are_drawn_as_they_are_written_there() -> None:
    simplified, traditional = (face(script, 60).getmask("今") for script in ("zh", "zh-hant"))
    assert bytes(simplified) != bytes(traditional)


@pytest.mark.parametrize("script", LANGUAGE_NAMES)
def test_a_picture_is_readable_on_a_phone(script: str) -> None:
    drawn = paint(picture(script))
    image = opened(drawn)
    assert image.format == "PNG"
    assert image.width == WIDTH
    assert len(drawn) < 200_000
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    assert _LEAST * PHONE / WIDTH > 10, "the smallest letters, at the width of a phone"


def test_the_same_figures_are_the_same_picture() -> None:
    assert paint(picture("zh")) == paint(picture("zh"))


def test_more_is_drawn_further_down_and_nothing_is_cut() -> None:
    heights = []
    for count in (1, 3, 6):
        bars = tuple(
            Bar(f"平台{place}", "1.00 元", (Segment("platform", place + 1),))
            for place in range(count)
        )
        heights.append(opened(paint(picture("zh", sections=(Section("平台", bars),)))).height)
    assert all(low < high for low, high in pairwise(heights))
    assert heights[-1] < 4000


def test_a_long_name_leaves_room_for_its_amount() -> None:
    bars = (Bar("很长的名字" * 30, "12,345.67 元", (Segment("lost", 1),)),)
    image = opened(paint(picture("zh", (Section("原因" * 60, bars),)))).convert("L")
    right = image.crop((WIDTH - 50, 0, WIDTH, image.height))
    assert right.getextrema() == (255, 255)


def test_a_package_without_the_family_is_named() -> None:
    with pytest.raises(TypefaceError, match="manimgx-fonts-cjk"):
        _index("Noto Sans Nowhere")
