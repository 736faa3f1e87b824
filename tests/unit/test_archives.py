"""Reports in archives and folders: taken out, passed over, or refused with a clear line."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.sync.archives import Limits, Unusable
from bot.sync.report_files import PassedOver, ReportFile, report_files
from tests.examples import examples

CSV = "订单号,订单状态\n100000000001,已付款\n".encode()
Make = Callable[[zipfile.ZipFile], None]


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def named_in_gbk(name: str) -> bytes:
    """An archive as WinRAR on Chinese Windows writes it: names in GBK, nothing says so."""
    written = name.encode("gb18030")
    stand_in = "x" * len(written)
    return packed((stand_in, CSV)).replace(stand_in.encode(), written)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def marked_encrypted(content: bytes) -> bytes:
    """Set the flag of encryption in both headers of the only member."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def other_method(content: bytes, method: int) -> bytes:
    changed = bytearray(content)
    struct.pack_into("<H", changed, 8, method)
    struct.pack_into("<H", changed, content.index(b"PK\x01\x02") + 10, method)
    return bytes(changed)


def found_in(
    content: bytes, tmp_path: Path, limits: Limits | None = None
) -> list[tuple[str, str, bytes | str]]:
    """What is found: its kind, its name, and its content or why it is refused."""
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    found: list[tuple[str, str, bytes | str]] = []
    for each in report_files(path, path.name, scratch, limits or Limits()):
        match each:
            case ReportFile():
                found.append(("report", each.name, each.path.read_bytes()))
            case PassedOver():
                found.append(("passed over", each.name, ""))
            case Unusable():
                found.append(("refused", each.name, each.message))
    assert list(scratch.iterdir()) == []
    return found


def test_every_report_of_an_archive_is_taken_out_under_its_name(tmp_path: Path) -> None:
    book = workbook()
    content = packed(("订单.csv", CSV), ("三月/明细.xlsx", book), ("空/", b""))
    assert found_in(content, tmp_path) == [
        ("report", "archive.zip › 订单.csv", CSV),
        ("report", "archive.zip › 三月/明细.xlsx", book),
    ]


@pytest.mark.parametrize("name", ["订单明细.csv", "俓目.csv", "三月\\订单.csv", "plain.csv"])
def test_names_of_chinese_windows_are_read(name: str, tmp_path: Path) -> None:
    shown = name.replace("\\", "/")
    assert found_in(named_in_gbk(name), tmp_path) == [("report", f"archive.zip › {shown}", CSV)]


def test_a_name_in_utf_8_without_the_flag_is_read(tmp_path: Path) -> None:
    content = packed(("xxxxxxxxxx", CSV)).replace(b"xxxxxxxxxx", "订单.csv".encode())
    assert found_in(content, tmp_path) == [("report", "archive.zip › 订单.csv", CSV)]


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    book = workbook()
    assert found_in(book, tmp_path) == [("report", "archive.zip", book)]


def test_what_is_no_report_is_passed_over(tmp_path: Path) -> None:
    names = (
        "__MACOSX/._订单.csv",
        ".DS_Store",
        "~$订单.xlsx",
        "Thumbs.db",
        "说明.pdf",
        "订单.csv",
    )
    kinds = [kind for kind, *_ in found_in(packed(*((name, CSV) for name in names)), tmp_path)]
    assert kinds == ["passed over"] * 5 + ["report"]


def test_a_text_may_be_a_report_or_not(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed(("README.txt", b"read me"), ("订单.csv", CSV)))
    found = [
        each for each in report_files(path, "a.zip", tmp_path) if isinstance(each, ReportFile)
    ]
    assert [each.certain for each in found] == [False, True]


NASTY = {
    "a nested archive": (packed(("内.zip", packed(("订单.csv", CSV)))), "压缩包里还有压缩包"),
    "one under another name": (packed(("内.csv", packed(("订单.csv", CSV)))), "还有压缩包"),
    "a path upwards": (packed(("../../etc/订单.csv", CSV)), "指向压缩包外面"),
    "a path upwards of Windows": (packed(("a\\..\\..\\订单.csv", CSV)), "指向压缩包外面"),
    "a path from the root": (packed(("/etc/订单.csv", CSV)), "指向压缩包外面"),
    "a drive": (packed(("C:\\订单.csv", CSV)), "指向压缩包外面"),
    "a link": (packed((link("订单.csv"), b"/etc/passwd")), "指向压缩包外面"),
    "a password": (marked_encrypted(packed(("订单.csv", CSV))), "有密码；请解压后再导入"),
    "a rare method": (other_method(packed(("订单.csv", CSV)), 97), "压缩方式少见，不支持"),
    "a bomb": (packed(("订单.csv", b"0" * 5_000_000)), "解开后是原来的 200 倍以上"),
    "nothing": (packed(), "压缩包是空的"),
    "only folders": (packed(("空/", b"")), "压缩包是空的"),
    "half of one": (packed(("订单.csv", CSV * 9)).replace(CSV[:9], b"?")[:-30], None),
    "content that was changed": (
        packed(("订单.csv", bytes(range(256)))).replace(bytes(range(9)), b"123456789"),
        "这一部分坏了",
    ),
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_archives_are_refused_in_one_clear_line(name: str, tmp_path: Path) -> None:
    content, words = NASTY[name]
    ((kind, shown, said),) = found_in(content, tmp_path)
    assert shown.startswith("archive.zip")
    if words is None:  # no archive any more: the reader of reports says so
        assert kind == "report"
        return
    assert kind == "refused"
    assert words in str(said)
    assert "；" in str(said) or "，" in str(said)
    assert "\n" not in str(said)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(members=2), ["里面有 3 个文件，最多 2 个；请分开打包"]),
        (Limits(directory=100), ["里面的文件太多或太大；请分成几个压缩包，或解压后再导入"]),
        (Limits(member_bytes=60), [None, None, "解开后太大；请按月份分开导出，或分开打包"]),
        (Limits(total_bytes=100), [None, None, "解开后太大；请按月份分开导出，或分开打包"]),
    ],
)
def test_limits_hold_and_what_is_below_them_is_read(
    limits: Limits, said: list[str | None], tmp_path: Path
) -> None:
    content = packed(("1.csv", CSV), ("2.csv", CSV), ("3.csv", CSV * 2))
    found = found_in(content, tmp_path, limits)
    assert [why if kind == "refused" else None for kind, _, why in found] == said


def test_a_large_archive_is_refused_before_its_contents_are_read(tmp_path: Path) -> None:
    content = packed(("订单.csv", CSV))
    end = content.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    ((kind, _, said),) = found_in(content[:end] + locator + content[end:], tmp_path)
    assert (kind, said) == ("refused", "里面的文件太多或太大；请分成几个压缩包，或解压后再导入")


def test_a_good_report_survives_bad_neighbours(tmp_path: Path) -> None:
    content = packed(("../x.csv", CSV), ("内.zip", packed(("a.csv", CSV))), ("订单.csv", CSV))
    kinds = [kind for kind, *_ in found_in(content, tmp_path)]
    assert kinds == ["refused", "refused", "report"]


def test_a_folder_is_its_files_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "三月"
    (folder / "京东").mkdir(parents=True)
    (folder / "京东" / "b.csv").write_bytes(CSV)
    (folder / "a.csv").write_bytes(CSV)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "c.zip").write_bytes(packed(("d.csv", CSV)))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert [(type(each), each.name) for each in report_files(folder, "三月", scratch)] == [
        (PassedOver, "三月 › .DS_Store"),
        (ReportFile, "三月 › a.csv"),
        (ReportFile, "三月 › c.zip › d.csv"),
        (ReportFile, "三月 › 京东/b.csv"),
    ]


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    (found,) = report_files(tmp_path / "空", "空", tmp_path)
    assert str(found) == "空：这个文件夹是空的；请核对路径"


GOOD = packed(("订单.csv", CSV), ("明细.xlsx", b"PK"), ("a/b.csv", CSV * 3))


@settings(max_examples=examples(150))
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6))
def test_an_archive_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    for kind, name, said in found_in(bytes(content), tmp_path_factory.mktemp("archive")):
        assert name.startswith("archive.zip")
        assert said or kind != "refused"
