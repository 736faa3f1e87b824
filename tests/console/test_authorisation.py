"""The matrix role × endpoint, asked over HTTP: who may not is refused, whoever they are."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML
from starlette.routing import Mount, Route

from bot.console.application import console_routes
from bot.store.staff import StaffRole
from tests.console.conftest import ON_SQLITE, Browser, Console

pytestmark = ON_SQLITE

MATRIX: dict[str, str] = YAML(typ="safe").load(Path(__file__).with_name("authorisation.yaml"))
ANYONE = "anyone"
NOT_SIGNED_IN = {"GET": 303, "POST": 401}


def served(console: Console) -> set[str]:
    """All that the application answers, as method and path."""
    mounted = [each for each in console_routes(console.parts) if isinstance(each, Mount)]
    routes = cast("list[Route]", mounted[0].routes)
    return {f"{method} {route.path}" for route in routes for method in asked(route)}


def asked(route: Route) -> set[str]:
    return (route.methods or set()) - {"HEAD"}


def example(path: str) -> str:
    """A path with something in the place of its parameters."""
    filled = path
    while "{" in filled:
        before, _, rest = filled.partition("{")
        inside, _, after = rest.partition("}")
        filled = f"{before}{'7' if inside.endswith(':int') else 'x'}{after}"
    return f"/console{filled}"


async def test_every_endpoint_has_its_line(console: Console) -> None:
    assert set(MATRIX.values()) <= {ANYONE, *(role.value for role in StaffRole)}
    missing, gone = served(console) - set(MATRIX), set(MATRIX) - served(console)
    assert not missing, f"add to authorisation.yaml who may: {sorted(missing)}"
    assert not gone, f"nothing answers any more: {sorted(gone)}"


async def test_who_is_not_signed_in_sees_only_the_way_in(console: Console) -> None:
    for line, role in MATRIX.items():
        method, path = line.split(" ")
        answer = await ask(console.stranger(), method, path)
        if role == ANYONE:
            assert answer != NOT_SIGNED_IN[method], line
        else:
            assert answer == NOT_SIGNED_IN[method], line


async def test_each_role_reaches_what_its_line_says(console: Console) -> None:
    """The least role that may is let in, the one before it is not; the others follow.

    A form is sent without its token, so that nothing is done: whoever may is refused for that.
    """
    browsers = {role: console.browser(role) for role in StaffRole}
    for line, least in MATRIX.items():
        if least == ANYONE:
            continue
        method, path = line.split(" ")
        for role in around(StaffRole(least)):
            answer = await browsers[role].send(method, example(path))
            words = "不是从这里发出的" if method == "POST" else ""
            refused = answer.status == 403 and "你的角色不能做这件事" in answer.words
            assert refused != role.covers(StaffRole(least)), f"{role.value}: {line}"
            assert refused or words in answer.words, f"{role.value}: {line}"
        console.clock.instant += timedelta(seconds=1)


def around(least: StaffRole) -> list[StaffRole]:
    order = list(StaffRole)
    return order[max(order.index(least) - 1, 0) : order.index(least) + 1]


async def ask(browser: Browser, method: str, path: str) -> int:
    """Ask without a form's token, so that nothing is changed."""
    return (await browser.send(method, example(path))).status
