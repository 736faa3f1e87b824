"""Where fuzzing begins: small files of the corpus, and one answer of each method."""

import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from settlement.reports.own import own_header, own_row
from tests.reports.corpus import files
from tests.reports.corpus.layouts import LAYOUTS
from tests.reports.corpus.nasty import NASTY
from tests.reports.corpus.sales import sales

__all__ = ["answer_of", "answer_seeds", "report_seeds"]

SMALL = 6000
OWN: tuple[dict[str, Any], ...] = (
    {"platform": "jd", "order_number": "301234567897", "raw_status": {"code": "17"}},
    {
        "platform": "taobao",
        "order_number": "1876057285106350000",
        "item": "=1+1",
        "quantity": 2,
        "shipped": True,
        "refunds": [{"amount": "1.00", "succeeded_at": "2026-08-01T00:00:00+08:00"}],
    },
)
"""Lines of our own export."""
_FORMS = (
    ("utf-8", "comma"),
    ("gb18030", "comma"),
    ("utf-16-le-bom", "tab"),
    ("utf-8-bom", "semicolon"),
)


def report_seeds() -> list[bytes]:
    """Each layout as texts and workbooks of three orders, and the small nasty files."""
    found: list[bytes] = []
    for place, layout in enumerate(LAYOUTS.values()):
        table = layout.table(sales(layout.platform, 2, 5000 + place), {})
        found.extend(files.delimited(table.rows, *form) for form in _FORMS)
        found.append(files.workbook(table.rows[:2], "xlsx-stream"))
    found.append(files.delimited([own_header(), *(own_row("小雅", line) for line in OWN)]))
    nasty = (case.content() for case in NASTY if not case.made and case.format == "text")
    found.extend(content for content in nasty if len(content) <= SMALL)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"json"}:
            return json.dumps(_plain(value["json"]), ensure_ascii=False)
        return {name: _plain(inside) for name, inside in value.items()}
    return [_plain(inside) for inside in value] if isinstance(value, list) else value


ANSWERS: dict[str, bytes] = {
    method: json.dumps(_plain(answer), ensure_ascii=False).encode()
    for method, answer in YAML(typ="safe")
    .load((Path(__file__).parent / "answers.yaml").read_text("utf-8"))
    .items()
}
_REFUSALS = (
    b'{"error_response":{"code":7,"msg":"App Call Limited","sub_code":"isv.x","sub_msg":"\xe9"}}',
    b'{"code":40003,"msg":"isv.signature-invalid","sub_code":"isv.signature-invalid"}',
    b'{"result":24,"error_msg":"token"}',
    b"<html>502 Bad Gateway</html>",
    b"",
)


def answer_of(method: str) -> bytes:
    """An answer of a method; several that differ in what their times mean answer alike."""
    return ANSWERS[method.partition("#")[0]]


def answer_seeds(methods: list[str]) -> list[bytes]:
    """Answers and refusals, each behind the byte that chooses the method."""
    answers = [bytes([place]) + answer_of(method) for place, method in enumerate(methods)]
    refusals = [bytes([place]) + body for place in range(len(methods)) for body in _REFUSALS]
    return answers + refusals
