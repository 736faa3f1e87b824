"""The encoding of a text file: byte order mark, strict UTF-8, UTF-16 without a mark, GB18030."""

import codecs
import re
from collections.abc import Iterator
from functools import partial
from typing import IO

SAMPLE = 65_536
"""Bytes that are looked at to find the header."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN_SIGNATURES = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"SQLite format 3", "数据库"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|\?xml)", re.IGNORECASE)


def foreign_kind(sample: bytes) -> str | None:
    """Name a file that holds no table by its first bytes (zh); None if it may hold one."""
    for signature, kind in _FOREIGN_SIGNATURES:
        if sample.startswith(signature):
            return kind
    return "网页" if _WEB_PAGE.match(sample.removeprefix(codecs.BOM_UTF8)) else None


def encodings_of(stream: IO[bytes], sample: bytes) -> Iterator[str]:
    """Yield the encodings a file may have, the likeliest first; the header must then decide."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            yield encoding
            return
    if b"\x00" in sample:
        yield from ("utf-16-le", "utf-16-be")
    if _is_utf8(stream):
        yield "utf-8"
        return
    # GB18030 decodes nearly anything, so UTF-8 with a few broken bytes is tried after it.
    yield from ("gb18030", "utf-8")


def _is_utf8(stream: IO[bytes]) -> bool:
    stream.seek(0)
    chunks = iter(partial(stream.read, SAMPLE), b"")
    try:
        for _ in codecs.iterdecode(chunks, "utf-8"):
            pass
    except UnicodeDecodeError:
        return False
    return True
