"""Twelve screens at phone width in three languages: what must be on them, and pictures of them.

The pictures go to the folder named by --screens, else to a temporary one.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect
from ruamel.yaml import YAML

from tests.browser.demonstration import PATIENCE_MS, Visitor

TOLD = YAML(typ="safe").load(Path(__file__).with_name("key_screens.yaml").read_text("utf-8"))
LANGUAGES: dict[str, dict[str, str]] = TOLD["languages"]
SCREENS = 12

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = request.config.getoption("--screens")
    found = Path(chosen) if chosen else tmp_path_factory.mktemp("screens")
    found.mkdir(parents=True, exist_ok=True)
    return found


async def test_there_are_twelve() -> None:
    assert len([step for step in TOLD["steps"] if "screen" in step]) + 1 == SCREENS


@pytest.mark.parametrize("language", LANGUAGES)
async def test_screens(visitor: Visitor, folder: Path, language: str) -> None:
    told = LANGUAGES[language]
    names = {"stranger": "路人", "creator": told["creator"]}
    one_is = None
    for step in TOLD["steps"]:
        if step["as"] != one_is:
            one_is = step["as"]
            await visitor.be(names[one_is], told["telegram"])
        if "say" in step:
            newest = await visitor.say(spoken(step["say"], language))
        else:
            newest = await visitor.press(spoken(step["press"], language))
        await shows(newest, step["has"], language)
        if "screen" in step:
            await picture(newest, folder / f"{step['screen']}-{language}.png")
    await visitor.press({"zh": "结束人工", "繁體": "結束人工", "en": "End"}[language])


async def test_who_subscribed_is_reminded(visitor: Visitor, folder: Path) -> None:
    """The last of all: the clock does not go back."""
    await visitor.to_the_next_payout_day()
    for language, told in LANGUAGES.items():
        await visitor.be(told["creator"])
        await expect(visitor.heard.last).to_be_visible()
        await shows(visitor.heard.last, TOLD["reminder"], language)
        await picture(visitor.heard.last, folder / f"reminder-{language}.png")


def spoken(words: Any, language: str) -> str:
    said: str = words if isinstance(words, str) else words[language]
    return said.replace("{order}", LANGUAGES[language]["order"])


async def shows(message: Locator, has: dict[str, list[str]], language: str) -> None:
    for words in has.get(language, []):
        await expect(message).to_contain_text(spoken(words, language), timeout=PATIENCE_MS)


async def picture(newest: Locator, path: Path) -> None:
    """Nothing may stick out at the side; what is too long for the screen is shown from its top."""
    page = newest.page
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    log = page.locator("#log")
    assert await log.evaluate("log => log.scrollWidth <= log.clientWidth")
    await newest.evaluate(
        "(message, log) => message.offsetHeight > log.clientHeight && message.scrollIntoView()",
        await log.element_handle(),
    )
    await page.screenshot(path=path, animations="disabled")
