"""Templates in, HTML out (渲染): everything is escaped, what is undefined is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.console.asset_files import asset
from bot.console.manner import Manner
from bot.console.words import is_word
from bot.publishing.findings_said import finding_said, outcome_said

if TYPE_CHECKING:
    from bot.console.visit import Visit

__all__ = ["plain_page", "render"]

# Directional marks and zero-width characters hide or reorder what a reader sees.
_NOISE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)


def render(visit: Visit, template: str, variables: Mapping[str, object]) -> str:
    """A page, or a part of one, for a visit."""
    # The list of pages names their modules, which need this one.
    from bot.console.menu import menu_of, section_of

    manner = visit.manner
    shown = {
        "visit": visit,
        "menu": menu_of(visit.role),
        "section": section_of(visit.page),
        "voice": visit.voice,
        "finding": partial(finding_said, visit.language),
        "leads_to": partial(outcome_said, visit.language),
        "say": visit.say,
        "said": _said(visit),
        **_of_manner(manner),
    }
    return _environment().get_template(template).render(shown | dict(variables))


def plain_page(manner: Manner, template: str, variables: Mapping[str, object]) -> str:
    """A page for somebody who is not signed in."""
    say = partial(_say, manner)
    shown = {"say": say, **_of_manner(manner)}
    return _environment().get_template(template).render(shown | dict(variables))


def _say(manner: Manner, key: str, **variables: object) -> Markup:
    return manner.say("", key, variables)


def _of_manner(manner: Manner) -> dict[str, object]:
    names = ("day", "moment", "ago", "lasting", "number", "yuan", "percent")
    return {"manner": manner} | {name: getattr(manner, name) for name in names}


def _said(visit: Visit) -> Markup | None:
    """What the form that led here has done: a key of the page's words, nothing else."""
    key = visit.asked("said")
    return visit.say(key) if key.startswith("done") and is_word(visit.page, key) else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.console", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_legible,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


def _legible(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return _NOISE.sub(" ", value)
    return value
