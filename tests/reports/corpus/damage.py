"""What harms a file, by its name in `nasty.yaml`."""

import io
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlwt

from tests.reports.corpus import files

__all__ = ["MADE", "lines_changed"]

LONG_CELL = int(os.environ.get("MINGZHANG_TEST_CELL", 1_000_000))


def lines_changed(text: str, changes: Sequence[Mapping[str, Any]]) -> str:
    """Change physical lines, counted from 1: replace in one, insert after one, drop one."""
    lines = text.splitlines(keepends=True)
    for change in changes:
        place = change["line"] - 1
        if "replace" in change:
            before, after = change["replace"]
            assert before in lines[place], change
            lines[place] = lines[place].replace(before, after, 1)
        elif "insert" in change:
            lines.insert(place + 1, change["insert"])
        elif "repeat" in change:
            lines.append(lines[place])
        else:
            del lines[place]
    return "".join(lines)


def _cut(content: bytes, size: str) -> bytes:
    """The file without its last bytes, as a broken download."""
    return content[: -int(size)]


def _head(content: bytes, size: str) -> bytes:
    return content[: int(size)]


def _appended(content: bytes, encoding: str) -> bytes:
    """The same rows once more in another encoding, as two files put together."""
    text = content.decode("utf-8").partition("\n")[2]
    return content + text.encode(encoding)


def _contradicted(content: bytes, detail: str) -> bytes:
    """A line once more at the end, with another word in the place of one."""
    line, before, after = detail.split()
    lines = content.decode("utf-8").splitlines(keepends=True)
    again = lines[int(line) - 1]
    assert before in again
    return "".join([*lines, again.replace(before, after)]).encode()


def _zip_bomb(content: bytes, _: str) -> bytes:
    """A workbook of 20 MB of zeros, packed a thousand to one."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    return held.getvalue()


def _lying_zip(content: bytes, _: str) -> bytes:
    """A workbook whose directory says that it is small."""
    return _zip_bomb(content, "").replace((20_000_000).to_bytes(4, "little"), b"\x10\0\0\0")


def _with_a_password(content: bytes, _: str) -> bytes:
    """A workbook as Excel protects it: a compound file with an encrypted package in it."""
    book = xlwt.Workbook()
    book.add_sheet("x").write(0, 0, "x")
    held = io.BytesIO()
    book.save(held)
    name, encrypted = (word.encode("utf-16-le") for word in ("Workbook", "EncryptedPackage"))
    directory = name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little")
    protected = encrypted.ljust(64, b"\0") + (len(encrypted) + 2).to_bytes(2, "little")
    assert directory in held.getvalue()
    return held.getvalue().replace(directory, protected)


def _damaged_part(content: bytes, _: str) -> bytes:
    """A workbook whose sheet is no longer XML."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(held, "w") as damaged:
        for part in archive.namelist():
            body = archive.read(part)
            damaged.writestr(part, body[: len(body) // 2] if "sheet1" in part else body)
    return held.getvalue()


def _without_part(content: bytes, name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(held, "w") as damaged:
        for part in archive.namelist():
            if name not in part:
                damaged.writestr(part, archive.read(part))
    return held.getvalue()


def _zipped_bomb(content: bytes, _: str) -> bytes:
    """A text of 20 MB of zeros in an archive."""
    return files.zipped({"订单.csv": b"0" * 20_000_000})


def _zipped_with_a_password(content: bytes, _: str) -> bytes:
    """An archive whose member says that it is encrypted."""
    held = bytearray(files.zipped({"订单.csv": content}))
    held[6] |= 1
    held[held.index(b"PK\x01\x02") + 8] |= 1
    return bytes(held)


def _half_an_archive(content: bytes, _: str) -> bytes:
    held = files.zipped({"订单.csv": content})
    return held[: len(held) // 2]


def _empty_archive(content: bytes, _: str) -> bytes:
    return files.zipped({})


def _climbing(content: bytes, _: str) -> bytes:
    """An archive that wants its member written elsewhere."""
    return files.zipped({"../../订单.csv": content})


def _nested(content: bytes, depth: str) -> bytes:
    """The file in archives within archives."""
    for level in range(int(depth)):
        content = files.zipped({"订单.csv" if level == 0 else "内层.zip": content})
    return content


def _wide(content: bytes, columns: str) -> bytes:
    """As many columns more, in the header and every row."""
    more = int(columns)
    lines = content.decode("utf-8").splitlines()
    header = ",".join(f"指标{place}" for place in range(more))
    rows = (line + "," * more for line in lines[1:])
    return "\r\n".join([f"{lines[0]},{header}", *rows, ""]).encode()


def _long_cell(content: bytes, mark: str) -> bytes:
    """A cell of a million characters, or as many as MINGZHANG_TEST_CELL says, at the mark."""
    return content.replace(mark.encode(), b"x" * LONG_CELL)


MADE: Mapping[str, Callable[[bytes, str], bytes]] = {
    "cut": _cut,
    "head": _head,
    "appended": _appended,
    "contradicted": _contradicted,
    "zip_bomb": _zip_bomb,
    "lying_zip": _lying_zip,
    "with_a_password": _with_a_password,
    "damaged_part": _damaged_part,
    "without_part": _without_part,
    "zipped_bomb": _zipped_bomb,
    "zipped_with_a_password": _zipped_with_a_password,
    "half_an_archive": _half_an_archive,
    "empty_archive": _empty_archive,
    "climbing": _climbing,
    "nested": _nested,
    "wide": _wide,
    "long_cell": _long_cell,
}
