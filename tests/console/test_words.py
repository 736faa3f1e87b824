"""The words of the pages: all in both languages."""

import re
from pathlib import Path

import pytest

import bot.console
from bot.console.menu import PAGES
from bot.console.words import MissingWordError, word, words_of

FILES = ["", *(page.name for page in PAGES)]
SOURCES = sorted(Path(bot.console.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("page", FILES)
def test_every_word_is_said_in_both_languages(page: str) -> None:
    for key, said in words_of(page).items():
        # A comma in {zh: …, en: …} that is not quoted begins another key.
        assert set(said) == {"zh", "en"}, f"{page}.yaml: {key} has {sorted(said)}"
        assert all(isinstance(text, str) for text in said.values()), f"{page}.yaml: {key}"
        # One that says nothing says so in both.
        assert bool(said["zh"]) == bool(said["en"]), f"{page}.yaml: {key}"


def test_every_page_has_a_name_in_the_menu() -> None:
    named = words_of("")
    assert [page.name for page in PAGES if f"page_{page.name}" not in named and page.listed] == []


def test_what_the_log_calls_a_kind_is_in_the_words() -> None:
    source = "\n".join(each.read_text("utf-8") for each in SOURCES)
    kinds = set(re.findall(r'(?:record|looked)\(\s*(?:connection,\s*)?"([a-z_]+)"', source))
    assert len(kinds) > 10
    assert sorted(kind for kind in kinds if f"did_{kind}" not in words_of("")) == []


def test_a_word_that_is_missing_names_the_file_to_mend() -> None:
    with pytest.raises(MissingWordError, match=r"pages/team\.yaml: the key 'nothing' is missing"):
        word("team", "nothing", "zh")
