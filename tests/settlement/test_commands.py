"""What `mingzhang diagnose|calc|rules` do with files and words that are not as they should be."""

from pathlib import Path

import pytest

from tests.command_line import Run, running

ORDER = (
    '{"platform": "1688", "order_number": "1", "received_at": "2026-07-31T10:00:00",'
    ' "paid_amount": "100.00", "commission_rate": "0.10", "refunds": []}'
)
PAYOUT_ON_THE_20TH = 'payout_day: {effective: unknown, values: {2017-12-13: "20"}}'


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return running(capfd, monkeypatch)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    lines = (ORDER, "no json", "", "[1]", '{"platform": "x", "order_number": "2"}', ORDER)
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def test_rules_diff_names_the_lines_it_cannot_read_and_does_the_rest(
    run: Run, orders: Path, rules: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    (rules / "1688.yaml").write_text(PAYOUT_ON_THE_20TH, "utf-8")
    status, out, complaints = run(
        "rules", "diff", before, rules, "--orders", orders, "--as-of", "2026-08-20"
    )
    assert status == 2
    assert "1 dates.payout.date: 2026-09-15 → 2026-09-20" in out
    assert out.splitlines()[-1] == "2 行订单，2 行的诊断会变"
    assert [line.partition("：")[0] for line in complaints] == [
        f"{orders} 第 2 行",
        f"{orders} 第 4 行",
        f"{orders} 第 5 行 platform",
    ]


def test_a_summary_names_the_same_lines(run: Run, orders: Path) -> None:
    status, out, complaints = run("diagnose", "--summary", orders)
    assert status == 2
    assert '"lines":2' in out
    assert [line.partition("：")[0] for line in complaints] == [
        "第 2 行",
        "第 4 行",
        "第 5 行 platform",
    ]


def test_a_diagnosis_stands_beside_an_error(run: Run, orders: Path) -> None:
    status, out, complaints = run("diagnose", "--json", orders)
    assert (status, complaints) == (2, [])
    assert [('"error"' in line) for line in out.splitlines()] == [False, True, True, True, False]


@pytest.mark.parametrize("place", ["1688.yaml", "platforms/alibaba1688/rules.yaml"])
def test_operator_rules_are_found_side_by_side_and_laid_out_as_ours(
    run: Run, rules: Path, place: str
) -> None:
    path = rules / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAYOUT_ON_THE_20TH, "utf-8")
    given = '{"succeeded_at": "2026-07-31T10:00:00+08:00"}'
    status, out, _ = run("calc", "payout-date", "--json", given, "--rules", rules)
    assert (status, '"nominal":"2026-09-20"' in out) == (0, True)
    status, out, _ = run("rules", "check", rules)
    assert (status, out.splitlines()[-1]) == (0, "规则可用：运营方填写了 1 项")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("1688.yml", b"", "1688.yml：不会读它；请改名为 1688.yaml"),
        ("jd.yaml", b"\xff", "jd.yaml：第 0 个字节：不是 UTF-8；请把文件存成 UTF-8 文本"),
        (
            "statuses.yaml",
            b"code: {}",
            "statuses.yaml：code：不知道属于哪个平台；请用平台的名字作文件名",
        ),
    ],
)
def test_a_rule_file_that_is_not_read_is_named(
    run: Run, rules: Path, name: str, content: bytes, words: str
) -> None:
    (rules / name).write_bytes(content)
    status, out, complaints = run("rules", "check", rules)
    assert (status, out, len(complaints)) == (2, "", 1)
    assert words in complaints[0]


def test_what_an_editor_hides_is_no_rule_file(run: Run, rules: Path) -> None:
    (rules / ".git").mkdir()
    (rules / ".git" / "old.yaml").write_text("nonsense", "utf-8")
    assert run("rules", "check", rules)[0] == 0


@pytest.mark.parametrize("given", ["[1]", '"text"', "1", "null"])
def test_a_calculation_wants_an_object(run: Run, given: str) -> None:
    status, out, complaints = run("calc", "payout-date", "--json", given)
    assert (status, out, len(complaints)) == (2, "", 1)
    assert "应为一个 JSON 对象" in complaints[0]
