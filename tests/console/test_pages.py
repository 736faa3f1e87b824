"""Pages of the core: each is shown to whoever may see it, in both languages."""

import re

import pytest

from bot.console.menu import PAGES
from bot.store.staff import StaffRole
from tests.console.conftest import ON_SQLITE, Console


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page_of_the_menu_opens_for_an_owner(console: Console, language: str) -> None:
    browser = console.browser(language=language)
    for page in PAGES:
        answer = await browser.get(f"/console{page.path or '/'}")
        assert answer.status == 200, f"{page.name}: {answer.words}"
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text


@ON_SQLITE
@pytest.mark.parametrize(
    ("page", "lit"),
    [("imports", "imports"), ("batches", "imports"), ("sync", "imports"), ("account", None)],
)
async def test_the_menu_shows_where_one_is(console: Console, page: str, lit: str | None) -> None:
    shown = (await console.browser().get(f"/console/{page}")).text
    menu = shown.partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert re.findall(r'href="/console/(\w+)" aria-current', menu) == ([lit] if lit else [])


async def test_a_viewer_sees_only_their_pages(console: Console) -> None:
    browser = console.browser(StaffRole.VIEWER)
    assert (await browser.get("/console/")).status == 200
    refused = await browser.get("/console/team")
    assert refused.status == 403
    assert "你的角色不能做这件事" in refused.words
    assert "/console/team" not in (await browser.get("/console/")).text
