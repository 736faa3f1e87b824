"""The waterfall of amounts: where each bar begins and ends, and that the figures are said too."""

from decimal import Decimal

from bot.console.waterfall import steps_of, waterfall_chart
from settlement.waterfall import Line

LINES = (
    Line("gross_amount", Decimal("1000.00")),
    Line("discounts", Decimal("-300.00")),
    Line("freight", Decimal("-10.00")),
    Line("paid_amount", Decimal("690.00")),
    Line("commission", Decimal("69.00")),
    Line("returned", Decimal("0.00")),
    Line("platform_fee", Decimal("-6.90")),
    Line("agency_share", Decimal("-20.00")),
    Line("net", Decimal("42.10")),
)


def test_what_is_taken_begins_where_the_line_before_ended() -> None:
    spans = [(step.code, f"{step.start:.2f}", f"{step.end:.2f}") for step in steps_of(LINES)]
    assert spans == [
        ("gross_amount", "0.00", "1000.00"),
        ("discounts", "1000.00", "700.00"),
        ("freight", "700.00", "690.00"),
        ("paid_amount", "0.00", "690.00"),
        ("commission", "0.00", "69.00"),
        ("platform_fee", "69.00", "62.10"),
        ("agency_share", "62.10", "42.10"),
        ("net", "0.00", "42.10"),
    ]
    assert {step.most for step in steps_of(LINES)} == {Decimal("1000.00"), Decimal("69.00")}


def test_the_chart_says_its_figures_and_escapes_their_names() -> None:
    chart = waterfall_chart("<Amounts>", LINES, lambda code: f"<{code}>", lambda each: f"¥{each}")
    assert "&lt;net&gt; ¥42.10" in chart
    assert "&lt;Amounts&gt;" in chart
    assert "<net>" not in chart
    assert chart.count("<rect") == 8
    assert "nan" not in waterfall_chart("", (Line("net", Decimal("0.00")),), str, str).lower()


def test_below_nothing_nothing_is_drawn_to_the_left() -> None:
    lines = (Line("commission", Decimal("5.00")), Line("clawback", Decimal("-9.00")))
    chart = waterfall_chart("", lines, str, str)
    assert 'x="-' not in chart
    assert 'width="-' not in chart
