"""Cutting Telegram HTML: what is left is well-formed and short enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.desk.markup import fit, plain, units
from bot.simulator.html import parse_html

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'😀佣"),
    max_size=200,
)
NESTED = st.recursive(
    TEXTS.map(lambda text: str(escape(text))),
    lambda inner: st.tuples(st.sampled_from(["b", "i", "code"]), st.lists(inner, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=20,
)


@given(NESTED, st.integers(1, 200))
def test_what_is_cut_stays_well_formed_and_within_the_limit(html: str, limit: int) -> None:
    cut = fit(html, limit)
    parse_html(cut)
    assert units(plain(cut)) <= limit


@given(NESTED)
def test_what_fits_is_left_alone(html: str) -> None:
    assert fit(html) == html or units(plain(html)) > 4096


@given(NESTED, st.integers(1, 200))
def test_only_the_end_is_lost(html: str, limit: int) -> None:
    assert plain(html).startswith(plain(fit(html, limit)).removesuffix("…"))


@given(TEXTS)
def test_plain_text_is_what_was_escaped(text: str) -> None:
    assert plain(str(escape(text))) == text


@pytest.mark.parametrize(("text", "length"), [("", 0), ("佣金", 2), ("😀", 2), ("a😀b", 4)])
def test_units_are_counted_as_telegram_counts_them(text: str, length: int) -> None:
    assert units(text) == length


def test_an_emoji_is_never_halved() -> None:
    assert fit("😀😀😀", 4) == "😀…"
