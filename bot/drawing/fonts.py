"""The typeface of pictures (字体): one family for three languages, from an installed package.

No typeface of the system is used: a fresh machine may have none that holds Chinese.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

__all__ = ["BOLD", "REGULAR", "face"]

REGULAR, BOLD = 400, 700
_FAMILIES = {"zh": "Noto Sans CJK SC", "zh-hant": "Noto Sans CJK TC", "en": "Noto Sans CJK SC"}
_MOST_FACES = 16


class TypefaceError(Exception):
    """The package that holds the typeface is not what this program was made with."""


@cache
def face(script: str, size: int, weight: int = REGULAR) -> ImageFont.FreeTypeFont:
    """Return the face for a language; raises TypefaceError where the package lacks it."""
    font = ImageFont.truetype(str(_path()), size, index=_index(_FAMILIES[script]))
    font.set_variation_by_axes([weight])
    return font


def _path() -> Path:
    return Path(str(files("manimgx_fonts_cjk").joinpath("NotoSansCJK-VF.otf.ttc")))


@cache
def _index(family: str) -> int:
    """Find the family in the collection by its name: the order of a release is no promise."""
    for index in range(_MOST_FACES):
        try:
            name = ImageFont.truetype(str(_path()), 16, index=index).getname()[0]
        except OSError:
            break
        if name is not None and name.startswith(family):
            return index
    raise TypefaceError(
        f"{_path()}: no family {family!r} in it; install the version of manimgx-fonts-cjk that"
        " deploy/constraints.txt names"
    )
