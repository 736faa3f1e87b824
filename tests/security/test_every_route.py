"""Every route of the one application, asked in every way (所有路由)."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.console
from tests.examples import examples
from tests.security.asking import Heard
from tests.security.conftest import METHODS, Application
from tests.security.hostile import HOSTILE, WORDS, faults

ROWS = ("1", "2", "3", "0", "999999", str(2**63), "9" * 5000)
ENDS_A_SESSION = "sign-out"


def fields() -> list[str]:
    """Every name that a page of the console reads from a form or an address."""
    source = "".join(
        file.read_text("utf-8") for file in Path(bot.console.__path__[0]).rglob("*.py")
    )
    read = re.findall(r'\.(?:fields?|number|files|asked|asked_number|get)\("(\w+)"', source)
    return sorted(set(read) | {"code", "id", "hash", "auth_date"})


def filled(path: str, dice: random.Random) -> str:
    return re.sub(
        r"\{\w+(:\w+)?\}",
        lambda found: dice.choice(ROWS if found[1] == ":int" else ("x", "..", HOSTILE, "%2e%2e")),
        path,
    )


def complaints(path: str, heard: Heard) -> list[str]:
    """The faults of an answer; what is no page need not have a page's headers."""
    found = list(faults(heard))
    if path.startswith("/console/"):
        return found
    # The bot of these tests was never started, and says so.
    return [each for each in found if "no " not in each and each != "status 503"]


async def test_a_route_answers_to_its_methods_alone(application: Application) -> None:
    owner, known, wrong = application.owner(), application.routes(), []
    for path in sorted({path for _, path in known if "{" not in path}):
        for method in (each for each in METHODS if (each, path) not in known):
            heard = await owner.ask(method, path)
            wrong += [f"{method} {path}: {each}" for each in complaints(path, heard)]
            wrong += [] if heard.status in (404, 405) else [f"{method} {path}: {heard.status}"]
    assert wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_hostile_words_stay_words_on_every_page(
    application: Application, language: str
) -> None:
    owner, showing, wrong = application.owner(language), set(), []
    pages = [path for method, path in application.routes() if method == "GET"]
    for path in pages:
        for row in ("1", "2") if "{" in path else ("",):
            asked = re.sub(r"\{\w+(:\w+)?\}", row, path)
            heard = await owner.ask("GET", asked)
            wrong += [f"{asked}: {each}" for each in complaints(path, heard)]
            if b"xss-mark" in heard.body:
                showing.add(path.removeprefix("/console"))
    assert wrong == []
    assert {"/audit", "/cases", "/orders", "/team"} <= showing


async def test_whatever_is_sent_is_answered_without_a_fault(application: Application) -> None:
    dice, names, wrong = random.Random(7), fields(), []  # noqa: S311
    for method, path, given in requests(application, dice, names, examples(200)):
        asker = application.owner() if dice.random() < 0.9 else application.stranger()
        sent: dict[str, Any] = {"query": given} if method == "GET" else {"form": given}
        heard = await asker.ask(method, path, **sent)
        wrong += [f"{method} {path[:99]} {given}: {each}" for each in complaints(path, heard)]
    assert wrong == []


def requests(
    application: Application, dice: random.Random, names: list[str], count: int
) -> Iterator[tuple[str, str, dict[str, str]]]:
    known = application.routes()
    for _ in range(count):
        method, path = dice.choice(known)
        given = {name: _sendable(dice.choice(WORDS)) for name in dice.sample(names, 8)}
        yield method, filled(path, dice), given


def _sendable(word: str) -> str:
    return word.encode(errors="replace").decode()
