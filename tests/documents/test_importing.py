"""A long report sent to the bot: told in one message that changes, exact in the end, undone.

MINGZHANG_TEST_DOCUMENT_ROWS=50000 makes it as long as an operator's month.
"""

import csv
import io
import re
import zipfile

import pytest

from bot.simulator.messages import Message
from tests.documents.conftest import STRANGER, Office
from tests.documents.reports import CREATOR, LONG, ROWS, refused_in, report

CAPTION = f"达人：{CREATOR}"


def table_in(message: Message) -> list[list[str]]:
    assert message.document is not None
    return list(csv.reader(io.StringIO(message.document.content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("seen_at_once")
async def test_a_long_report_is_told_in_one_message_and_its_refused_rows_come_back(
    office: Office,
) -> None:
    office.send("订单.csv", report(ROWS), CAPTION)
    await office.stage.quiet()
    card, refused = office.said
    seen = office.texts[card.id]
    assert seen[0].startswith("📥 收到 订单.csv（")
    assert all("已读" in text or "正在下载" in text for text in seen[1:-1])
    assert len(seen) >= 3, "there was nothing to see meanwhile"
    assert LONG or f"已读 {ROWS:,} 行" in seen[-2]
    wrong = refused_in(ROWS)
    good = ROWS - len(wrong)
    figures = dict(re.findall(r"(新增|变化|未变|拒绝) +([0-9,]+)", seen[-1]))
    assert figures == {"新增": f"{good:,}", "变化": "0", "未变": "0", "拒绝": f"{len(wrong):,}"}
    header, *rows = table_in(refused)
    at = header.index("订单号")
    office.press("撤销这次导入")
    await office.stage.quiet()
    office.press("确认撤销")
    await office.stage.quiet()
    assert len(office.said) == 2, "to undo changes the same message"
    assert "已撤销" in office.texts[card.id][-1]
    # an apostrophe keeps spreadsheets from taking a number for a figure
    assert [row[at].removeprefix("'") for row in rows] == wrong


async def test_what_comes_back_corrected_is_imported_and_nothing_else_changes(
    office: Office,
) -> None:
    office.send("订单.csv", report(200), CAPTION)
    await office.stage.quiet()
    document = office.said[1].document
    assert document is not None
    corrected = document.content.decode("utf-8-sig").replace("很多", "100.00")
    office.send(document.name, corrected.encode(), CAPTION)
    await office.stage.quiet()
    assert "新增  2\n变化  0\n未变  0\n拒绝  0" in office.said[-1].content.text
    office.send("订单.csv", report(200), CAPTION)
    await office.stage.quiet()
    assert "未变  198" in office.said[-2].content.text


async def test_the_files_of_an_archive_are_told_one_by_one_and_undone_together(
    office: Office,
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("八月/一.csv", report(10))
        archive.writestr("八月/二.csv", report(20, paid="80.00"))
        archive.writestr("八月/坏.xlsx", b"PK")
        archive.writestr("说明.pdf", b"%PDF")
    office.send("三月.ZIP", packed.getvalue(), CAPTION)
    await office.stage.quiet()
    (said,) = office.said
    told = said.content.text
    for name in ("一.csv", "二.csv", "坏.xlsx"):
        assert name in told
    assert "说明.pdf" not in told
    assert told.index("一.csv") < told.index("二.csv")
    assert "合计\n新增  20\n变化  10" in told
    office.press("撤销这次导入")
    await office.stage.quiet()
    office.press("确认撤销")
    await office.stage.quiet()
    assert "已撤销 · 三月.ZIP" in office.said[0].content.text


async def test_the_file_of_a_stranger_is_never_fetched(office: Office) -> None:
    office.send("订单.csv", report(3), CAPTION, who=STRANGER)
    await office.stage.quiet()
    answer = office.stage.telegram.messages(STRANGER)[-1]
    assert answer.content.text.startswith("文件我打不开。")
    assert "getfile" not in office.calls


@pytest.mark.parametrize("name", ["订单.csv", "订单.ZIP"])
async def test_a_file_that_telegram_does_not_hand_out_is_explained(
    office: Office, name: str
) -> None:
    office.send(name, b"\0" * (20 * 1024 * 1024 + 1))
    await office.stage.quiet()
    (said,) = office.said
    for words in ("20 MB", "mingzhang import", "MINGZHANG_BOT_API"):
        assert words in said.content.text
