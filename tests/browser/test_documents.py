"""A report dropped on the operator's group of the demo page: read, told of, undone."""

import base64
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.demonstration import PATIENCE_MS, Visitor
from tests.documents.reports import report

SCREENSHOTS = Path(__file__).parent / "screenshots"
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
    const dropped = new DataTransfer();
    dropped.items.add(new File([bytes], name, { type: "text/csv" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true }));
}"""

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_report_dropped_on_the_page_is_imported_and_undone(visitor: Visitor) -> None:
    await visitor.be("运营群")
    await visitor.page.get_by_label("消息", exact=True).fill("达人：小雅")
    content = base64.b64encode(report(300)).decode()
    await visitor.page.evaluate(DROP, ["京东订单 8月.csv", content])
    result = visitor.page.locator(".message:not(.own)", has_text="导入好了").last
    await expect(result).to_contain_text("新增  297", timeout=PATIENCE_MS)
    await expect(result).to_contain_text("拒绝    3")
    refused = visitor.page.locator(".message:not(.own) .file").last
    await expect(refused).to_contain_text("京东订单 8月.未导入.csv")
    await visitor.page.screenshot(
        path=SCREENSHOTS / "document-390-light.png", animations="disabled"
    )
    await visitor.press("撤销这次导入")
    await expect(result).to_contain_text("要撤销这次导入吗")
    await visitor.press("确认撤销")
    undone = visitor.page.locator(".message:not(.own)", has_text="京东订单 8月.csv").first
    await expect(undone).to_contain_text("已撤销", timeout=PATIENCE_MS)
