"""The commands that the pages tell of."""

import re
import shlex
from pathlib import Path

import pytest

from tests.command_line import Run
from tests.payouts.conftest import STATEMENT, keep_bill


@pytest.mark.parametrize("page", ["README.md", "deploy/README.md"])
def test_the_commands_of_a_page_work(
    run: Run, sqlite_database: str, tmp_path: Path, page: str
) -> None:
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    wanted = ("mingzhang reconcile ", "mingzhang radar")
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(wanted)]
    assert len(lines) >= 4
    for name in ("九月结算单.csv", "补发.csv"):
        (tmp_path / name).write_text(STATEMENT, "utf-8")
    (tmp_path / "自己的账单.csv").write_text(
        "平台单号,本期实发\n1688000000000001,10.00\n", "utf-8"
    )
    (tmp_path / "1688月账单.csv").write_text("settleMonth,realAmount\n202609,33.00\n", "utf-8")
    keep_bill(sqlite_database, "33.00")
    own = (each for each in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    for yaml in own:
        if "my.yaml" in yaml:
            (tmp_path / "my.yaml").write_text(yaml, "utf-8")
    for line in lines:
        status, out, complaints = run(*shlex.split(line.split(" #")[0])[1:])
        assert (status, complaints) == (0, []), line
        assert out
