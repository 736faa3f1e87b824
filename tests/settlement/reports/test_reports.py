"""Reports of every platform: the reviewed rows, encodings, delimiters, headers."""

import codecs
import io
import tracemalloc
from collections import deque
from datetime import datetime, timedelta, timezone
from itertools import islice

import pytest

from settlement.contract import order_json
from settlement.model import Platform
from settlement.reports import (
    Report,
    ReportError,
    ReportLine,
    read_report,
)
from tests.settlement.reports.samples import Sample, lines, orders, recognised


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_every_encoding_and_delimiter_reads_alike(
    sample: Sample, encoding: str, delimiter: str
) -> None:
    plain = orders(sample.text(sample.good).encode())
    content = sample.text(sample.good, delimiter=delimiter).encode(encoding)
    assert recognised(content).encoding == encoding
    assert orders(content) == plain


def test_a_big_endian_mark_is_seen(sample: Sample) -> None:
    content = codecs.BOM_UTF16_BE + sample.text(sample.good).encode("utf-16-be")
    assert recognised(content).encoding == "utf-16"
    assert orders(content) == orders(sample.text(sample.good).encode())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_where_the_header_cannot_tell_the_encoding_the_cells_do(encoding: str) -> None:
    """Every encoding writes the SDK's names alike; `£` is there for a first byte above 127."""
    text = "£,bizId,orderState,tradeAmount,ratio,name\n,2790146358201477,50,200,7.5%,旺旺礼包\n"
    report = recognised(text.encode(encoding))
    assert report.encoding == encoding
    (line,) = report.rows
    assert isinstance(line, ReportLine)
    assert line.order.item == "旺旺礼包"


def test_columns_are_mapped_by_name_in_any_order(each_sample: Sample) -> None:
    header = sorted(each_sample.header)
    assert orders(each_sample.text(each_sample.good, header).encode()) == orders(
        each_sample.text(each_sample.good).encode()
    )


def test_headers_may_be_quoted_padded_and_carry_their_unit(taobao: Sample) -> None:
    text = taobao.text(taobao.good)
    odd = text.replace("付款金额,", '"\'付款 金额（元）\t",', 1).replace("商品ID", "商品ｉｄ", 1)
    assert orders(odd.encode()) == orders(text.encode())


def test_a_title_above_the_header_is_skipped_and_rows_keep_their_numbers(taobao: Sample) -> None:
    text = "淘宝联盟订单明细\r\n\r\n" + taobao.text(taobao.good[:3])
    assert [line.row for line in lines(text.encode())] == [4, 5, 6]


@pytest.mark.parametrize("above", [19, 20])
def test_the_header_is_among_the_first_twenty_rows(taobao: Sample, above: int) -> None:
    content = ("说明\r\n" * above + taobao.text(taobao.good)).encode()
    assert isinstance(read_report(content, "报表.csv"), Report) == (above == 19)


@pytest.mark.parametrize("size", [65_536, 65_537])
def test_the_header_is_within_the_first_64_kib(size: int) -> None:
    header = "\r\n备注,主订单号,订单状态,佣金比例,tradeAmount"
    title = "x" * (size - len(header.encode()))
    report = read_report((title + header).encode(), "报表.csv")
    assert isinstance(report, Report) == (size == 65_536)


def test_a_stream_is_read_from_its_beginning(taobao: Sample) -> None:
    stream = io.BytesIO(taobao.text(taobao.good).encode())
    stream.seek(100)
    report = read_report(stream, "报表.csv")
    assert isinstance(report, Report)
    assert sum(isinstance(line, ReportLine) for line in report.rows) == len(taobao.good)


@pytest.mark.parametrize(
    ("platform", "title"),
    [
        (None, "京东联盟订单明细"),
        (Platform.JD, "京东联盟订单明细"),
        (Platform.ALIBABA_1688, "1688分销客订单明细"),
    ],
)
def test_of_two_layouts_that_fit_the_demanded_or_the_likelier_is_taken(
    platform: Platform | None, title: str
) -> None:
    header = "订单号,订单状态,成交金额,佣金比例,预估计佣金额,预估佣金"
    assert recognised(header.encode(), platform).layout.title == title


@pytest.mark.parametrize(
    ("base", "estimated", "settled", "stated"),
    [
        ("150.00", "0.40", "0.30", {"settled_base": "150.00", "special_fee": "0.30"}),
        ("0.00", "0.40", "0.00", {"special_fee": "0.40"}),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_without_the_column_of_the_day_what_is_settled_is_told_by_not_being_zero(
    taobao: Sample,
    base: str,
    estimated: str,
    settled: str,
    stated: dict[str, str],
    backwards: bool,
) -> None:
    """A settled fee takes the place of the estimated one, in whatever order the columns come."""
    header = sorted((name for name in taobao.header if name != "结算时间"), reverse=backwards)
    fees = {"结算金额": base, "预估专项服务费": estimated, "结算专项服务费": settled}
    (order,) = orders(taobao.text([{**taobao.good[2], **fees}], header).encode())
    found = order_json(order)
    names = ("settled_base", "special_fee")
    assert {name: found[name] for name in names if name in found} == stated


def test_unknown_columns_are_named_and_kept(taobao: Sample) -> None:
    header = taobao.text([]).strip()
    row = ",".join(taobao.cells(taobao.good[1]))
    content = f"{header},新的一列,又一列\r\n{row.replace('1,200.00', '1200.00')},某个值,--\r\n"
    report = recognised(content.encode())
    assert report.unknown_columns == ("新的一列", "又一列")
    (line,) = report.rows
    assert isinstance(line, ReportLine)
    assert line.others == {"新的一列": "某个值"}


def test_however_many_statuses_there_are_each_row_keeps_its_own(jd: Sample) -> None:
    stated = [f"违规取消 {place}" for place in range(5000)]
    rows = [
        {**jd.good[0], "订单号": f"2026{place:08}", "订单状态": status}
        for place, status in enumerate(stated)
    ]
    found = orders(jd.text(rows).encode())
    assert [order.raw_status and order.raw_status.text for order in found] == stated


@pytest.mark.parametrize("word", ["合计", "总计", "小计", "汇总"])
@pytest.mark.parametrize("column", ["序号", "淘宝订单编号"])
def test_totals_between_orders_are_no_orders(taobao: Sample, word: str, column: str) -> None:
    totals = {column: word, "付款金额": "99,999,999.00"}
    rows = [taobao.good[0], totals, *taobao.good[1:3], totals]
    assert [line.row for line in lines(taobao.text(rows).encode())] == [2, 4, 5]


def test_blank_rows_are_no_orders(taobao: Sample) -> None:
    text = taobao.text(taobao.good[:3])
    commas = "," * (len(taobao.header) - 1)
    surplus = "," * (len(taobao.header) + 3)
    header, first, *others = text.splitlines()
    text = "\r\n".join([header, "", first, commas, " ", surplus, ",", *others, ""])
    assert [line.row for line in lines(text.encode())] == [3, 8, 9]


def test_the_day_of_the_export_is_laid_on_every_order(taobao: Sample) -> None:
    exported_at = datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=8)))
    content = taobao.text(taobao.good).encode()
    report = read_report(content, "报表.csv", data_as_of=exported_at)
    assert isinstance(report, Report)
    assert {line.order.data_as_of for line in report.rows if isinstance(line, ReportLine)} == {
        exported_at
    }


def test_rows_of_one_order_are_told_apart_where_the_report_has_no_line_number(jd: Sample) -> None:
    cup = {**jd.good[0], "商品名称": "保温杯"}
    lid = {**jd.good[0], "商品名称": "杯盖"}
    first, second = orders(jd.text([cup, lid]).encode())
    assert first.order_number == second.order_number
    assert first.key != second.key


def test_a_plain_name_tells_rows_of_one_order_apart_as_it_stands(jd: Sample) -> None:
    (order,) = orders(jd.text([{**jd.good[0], "商品名称": "SKU100012043978"}]).encode())
    assert order.line_id == f"{order.order_number}-SKU100012043978"


def test_a_file_speaks_of_the_facts_its_columns_hold() -> None:
    header = "主订单号,子订单号,订单状态,成交金额,佣金比例,备注"
    assert recognised(header.encode()).states == {
        "order_number",
        "sub_order_number",
        "raw_status.code",
        "raw_status.text",
        "data_as_of",
        "paid_amount",
        "commission_rate",
    }


def test_a_rate_without_its_share_is_no_fact_a_file_speaks_of(jd: Sample) -> None:
    header = [name for name in jd.header if name != "分成比例"]
    assert recognised(jd.text([]).encode()).states - recognised(
        jd.text([], header).encode()
    ).states == {"commission_rate"}
    assert "line_id" in recognised(jd.text([]).encode()).states


def test_a_platform_can_be_demanded(taobao: Sample) -> None:
    content = taobao.text(taobao.good).encode()
    assert recognised(content, Platform.TAOBAO).layout.title == "淘宝联盟推广者订单明细"
    error = read_report(content, "报表.csv", platform=Platform.JD)
    assert isinstance(error, ReportError)
    assert "淘宝联盟推广者订单明细" in str(error)
    assert "jd" in str(error)


def test_rows_are_read_one_by_one_from_a_stream(taobao: Sample) -> None:
    row = taobao.good[0]
    many = [
        {**row, "淘宝订单编号": f"18760572851{place:08}", "淘宝子订单号": f"18760572851{place:08}"}
        for place in range(10, 5000)
    ]
    content = taobao.text(many).encode("utf-8-sig")
    stream = io.BytesIO(content)
    report = read_report(stream, "报表.csv")
    assert isinstance(report, Report)
    assert isinstance(next(report.rows), ReportLine)
    assert stream.tell() < len(content) / 2
    assert sum(1 for _ in report.rows) == len(many) - 1
    assert not stream.closed


def test_however_long_a_report_is_it_takes_no_more_memory() -> None:
    """Of 6,000 rows, each with numbers and amounts of its own, nothing is remembered."""
    header = "淘宝订单编号,淘宝子订单号,订单状态,付款金额,付款预估收入,推广位ID\n"
    rows = (
        f"18760572851{place:08},18760572852{place:08},已付款,{place}.37,1.00,1100{place}\n"
        for place in range(1, 12_001)
    )
    report = recognised((header + "".join(rows)).encode())
    taken = islice(report.rows, 6_000)
    deque(taken, maxlen=0)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        assert sum(isinstance(item, ReportLine) for item in report.rows) == 6_000
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000
    assert peak - before < 500_000
