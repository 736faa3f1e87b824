"""Sources have Chinese names; an English reader is told what they are."""

from datetime import UTC, datetime

from bot.desk.rendering import Voice
from knowledge.loader import shipped_knowledge


def test_every_source_of_an_answer_has_an_english_name() -> None:
    voice = Voice("en", datetime(2026, 11, 21, tzinfo=UTC))
    titles = {entry.source.title for entry in shipped_knowledge().entries.values()}
    shown = {title: voice.text("card", "source", title=title, as_of="2022") for title in titles}
    unnamed = [title for title, text in shown.items() if not text.isascii()]
    assert not unnamed, f"add them to bot/templates/source_title_en.html: {unnamed}"


def test_a_source_of_an_operator_keeps_its_own_name() -> None:
    voice = Voice("en", datetime(2026, 11, 21, tzinfo=UTC))
    text = voice.text("card", "source", title="运营手册 <b>", as_of="undated")
    assert text == "运营手册 <b> (undated)"
