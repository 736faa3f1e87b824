"""The calculators of the chat ask for exactly what the reckoning needs, in its own words."""

from datetime import date, datetime

import pytest

from bot.desk.calculated import shown_result
from bot.desk.calculating import Form, offered_calculators
from bot.desk.figures_said import NEVER, read_figure
from bot.desk.rendering import Voice
from settlement.calculators import CalculationError, calculate, calculators
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI

NOW = datetime(2026, 8, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
FORMS = list(offered_calculators().values())
TYPED = {
    "money": "199.00",
    "percent": "20%",
    "count": "10",
    "month": "7月",
    "day": "8月1日",
    "day_or_never": "没买过",
    "yes_no": "是",
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_asks_for_what_the_calculator_reads(form: Form) -> None:
    calculator = calculators()[form.name]
    told = {*form.asks, *form.given}
    assert set(calculator.readers) - set(calculator.nullable) <= told <= set(calculator.readers)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_is_entered_is_reckoned_and_said_in_both_languages(form: Form) -> None:
    for first in (True, False):
        raw: dict[str, object] = {}
        for field, kind in form.asks.items():
            if isinstance(kind, str):
                value = read_figure(kind, TYPED[kind], TODAY)
                assert value is not None
                raw[field] = None if value == NEVER else value
            else:
                raw[field] = kind[0 if first else -1]
        fixed = {
            name: NOW.isoformat() if value == "now" else value
            for name, value in form.given.items()
        }
        result = calculate(form.name, raw | fixed, shipped_rulebook())
        assert not isinstance(result, CalculationError)
        for language in ("zh", "en"):
            voice = Voice(language, NOW)
            said = voice.word("calculated", form.name, result=shown_result(voice, result))
            assert len(said) > 5
            assert "None" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_and_every_choice_has_words(language: str) -> None:
    voice = Voice(language, NOW)
    for form in FORMS:
        assert voice.text("calculators", form.name)
        for field, kind in form.asks.items():
            assert voice.text("figures", field)
            assert voice.text("ask_for", kind if isinstance(kind, str) else "choice")
            for word in () if isinstance(kind, str) else kind:
                assert voice.text("choices", f"{field}_{word}")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("money", "¥1,299.50", "1299.50"),
        ("money", "１９９ 元", "199"),
        ("money", "-3", None),
        ("money", "1.234", None),
        ("money", "1e5", None),
        ("percent", "20%", "0.2"),
        ("percent", "２０％", "0.2"),  # noqa: RUF001 (as it is typed)
        ("percent", "百分之20", "0.2"),
        ("percent", "20", "0.2"),
        ("percent", "0.5%", "0.005"),
        ("percent", "0%", "0"),
        ("percent", "100", "1"),
        ("percent", "0.2", None),
        ("percent", "101%", None),
        ("count", "10,000", 10_000),
        ("count", "1.2万", 12_000),
        ("count", "3.5", None),
        ("count", "-1", None),
        ("month", "7月", "2026-07-31"),
        ("month", "2026-07", "2026-07-31"),
        ("month", "2026/7", "2026-07-31"),
        ("month", "202602", "2026-02-28"),
        ("month", "上个月", "2026-07-31"),
        ("month", "last month", "2026-07-31"),
        ("month", "今年", None),
        ("month", "2026-13", None),
        ("day", "昨天", "2026-08-19"),
        ("day", "2026-02-29", None),
        ("day", "上个月", None),
        ("day_or_never", "没有", NEVER),
        ("day_or_never", "never", NEVER),
        ("yes_no", "是的", True),
        ("yes_no", "No", False),
        ("yes_no", "也许", None),
    ],
)
def test_figures_are_read_as_people_type_them(kind: str, text: str, value: object) -> None:
    assert read_figure(kind, text, date(2026, 8, 20)) == value
