"""Export → import: the same facts in an empty store, and nothing new in the same one."""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.diagnose import Request as Diagnosing
from bot.commands.diagnose import diagnose_lines
from bot.commands.exporting_orders import Choice, export_orders
from bot.commands.failure import CommandFailed
from bot.store.creators import add_creator
from bot.store.database import open_engine
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.tables import creators
from settlement.contract import OrderError, read_order
from settlement.model import Order
from tests.examples import examples
from tests.reports.corpus.importing import NOW, Outcome, imported, known_lines
from tests.settlement.contract_orders import orders

CREATORS = ("小雅", "=阿泽", "'林姐")
"""Names that a spreadsheet would reckon with, or take a mark off."""
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
RANDOM = settings(
    max_examples=examples(3),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def many_orders(draw: st.DrawFn) -> list[Order]:
    """Lines of all platforms with random facts, each with a number of its own."""
    found: list[Order] = []
    for place in range(draw(st.integers(1, 25))):
        raw: dict[str, Any] = {
            **draw(orders()),
            "order_number": f"18760572851{place:08}",
            "item": draw(TEXTS),
        }
        if not any((raw.get("raw_status") or {}).values()):
            raw.pop("raw_status", None)
        order = read_order(raw)
        if not isinstance(order, OrderError):
            found.append(order)
    return found


class Stores:
    """New stores in which the same creators are known."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template, self._folder, self._made = template, folder, 0

    def new(self) -> tuple[Engine, str]:
        """Another one, and its address."""
        self._made += 1
        file = self._folder / f"{self._made}.db"
        shutil.copyfile(self._template, file)
        engine = open_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            for name in CREATORS:
                add_creator(connection, name, NOW)
        return engine, f"sqlite:///{file}"


@pytest.fixture
def stores(sqlite_template: Path, tmp_path: Path) -> Stores:
    return Stores(sqlite_template, tmp_path)


def keep(engine: Engine, lines: list[Order]) -> None:
    with engine.connect() as connection:
        owners = list(connection.execute(select(creators.c.id).order_by(creators.c.id)).scalars())
    arriving = ReportImport(engine, "订单.csv", "hash", NOW)
    arriving.add(
        [OwnedOrder(owners[place % len(owners)], order) for place, order in enumerate(lines)]
    )
    arriving.publish(0)


def take_in(engine: Engine, file: Path) -> Outcome:
    outcome = imported(engine, file)
    assert outcome.errors == []
    assert [str(error) for error in outcome.refused] == []
    return outcome


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@RANDOM
@given(lines=many_orders())
def test_what_is_exported_comes_back_identical(
    ending: str, stores: Stores, lines: list[Order]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        first, address = stores.new()
        patch.setenv("MINGZHANG_DATABASE_URL", address)
        keep(first, lines)
        file = Path(address.removeprefix("sqlite:///")).with_suffix(f".{ending}")
        export_orders(Choice(), file)
    second, _ = stores.new()
    take_in(second, file)
    assert known_lines(second) == known_lines(first)
    assert len(known_lines(first)) == len(lines)
    again = take_in(first, file)
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(lines))
    first.dispose()
    second.dispose()


@pytest.fixture
def filled(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The configured store with three lines of three creators and two platforms."""
    engine, address = stores.new()
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", address)
    raw = {"order_number": "1", "created_at": "2026-09-01T00:00:00+08:00"}
    facts = [
        {**raw, "platform": "jd", "order_number": "301234567897"},
        {**raw, "platform": "jd", "order_number": "301234567898", "created_at": "2026-08-31"},
        {**raw, "platform": "taobao", "order_number": "301234567899"},
    ]
    lines = [order for each in facts if isinstance(order := read_order(each), Order)]
    keep(engine, lines)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (Choice(), ["301234567897", "301234567898", "301234567899"]),
        (Choice(platform="jd"), ["301234567897", "301234567898"]),
        (Choice(creator="小雅"), ["301234567897"]),
        (Choice(since="2026-09-01"), ["301234567897", "301234567899"]),
    ],
)
@pytest.mark.usefixtures("filled")
def test_one_may_choose_and_diagnose_reads_the_lines(
    choice: Choice, numbers: list[str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "导出.jsonl"
    export_orders(choice, file)
    capfdbinary.readouterr()
    assert diagnose_lines(str(file), Diagnosing(as_json=True))
    found = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["order_number"] for line in found] == numbers


@pytest.mark.usefixtures("filled")
def test_only_its_owner_may_read_an_export_and_no_file_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "导出.csv"
    export_orders(Choice(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with pytest.raises(CommandFailed, match="已经有这个文件；请换一个名字"):
        export_orders(Choice(), file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("choice", "out", "words"),
    [
        (Choice(), "导出.pdf", "文件名请以 .csv、.xlsx、.jsonl 结尾"),
        (Choice(), "没有/导出.csv", "写不了"),
        (Choice(platform="tiktok"), "导出.csv", "没有平台 'tiktok'"),
        (Choice(creator="小鸭"), "导出.csv", "没有达人 '小鸭'"),
        (Choice(since="昨天"), "导出.csv", "--since：读不懂时间"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_what_cannot_be_exported_is_said(
    choice: Choice, out: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandFailed) as refused:
        export_orders(choice, tmp_path / out)
    assert words in str(refused.value)
    assert not (tmp_path / out).exists()


def test_what_a_workbook_cannot_hold_is_said_and_leaves_no_file(
    filled: Engine, tmp_path: Path
) -> None:
    long = read_order({"platform": "jd", "order_number": "1234", "item": "伞" * 40_000})
    assert isinstance(long, Order)
    keep(filled, [long])
    with pytest.raises(CommandFailed, match="放不进 XLSX"):
        export_orders(Choice(), tmp_path / "导出.xlsx")
    assert not (tmp_path / "导出.xlsx").exists()
    export_orders(Choice(), tmp_path / "导出.csv")
    assert "伞" * 40_000 in (tmp_path / "导出.csv").read_text("utf-8")


@pytest.mark.usefixtures("filled")
def test_the_command_line_takes_the_choices() -> None:
    shown = CliRunner().invoke(app, ["export", "--platform", "jd", "--since", "2026-09-01"])
    assert shown.exit_code == 0
    (line,) = shown.stdout.splitlines()
    assert json.loads(line)["order_number"] == "301234567897"
