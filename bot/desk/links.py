"""Links in a message, and what they say of their promoter (推广链接): read, never opened."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from bot.shipped_tables import shipped_table
from settlement.model import Platform

__all__ = ["Link", "find_links", "without_links"]

_LINK = re.compile(
    r"(?:https?://|(?<![a-z0-9.@/-])(?=(?:[a-z0-9-]+\.)+(?:com|cn|hk)[/?]))"
    r"[a-z0-9][!-;=?-~]*",
    re.IGNORECASE,
)
_WATCHWORD = re.compile(r"[￥¥$€₴₤][A-Za-z0-9]{8,14}[￥¥$€₴₤]")
"""A text that Taobao's app opens as a link (淘口令)."""
_MOST_LINKS = 5
_LONGEST_PROMOTER = 64


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a platform, or of no platform we know.

    `promoters` are what it names its promoter by, the most telling first. `hidden` says that
    they are inside, but only the platform can read them.
    """

    platform: Platform | None
    promoters: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Site:
    platform: Platform
    sites: Sequence[str]
    hidden: Sequence[str]
    names: Sequence[str]
    form: re.Pattern[str] | None


def find_links(text: str) -> tuple[Link, ...]:
    """Find the links of a message, and promoters that stand alone; each once, at most five."""
    links = dict.fromkeys((*map(_read, _LINK.findall(text)), *_standing_alone(text)))
    return tuple(links)[:_MOST_LINKS]


def without_links(text: str) -> str:
    """Take the links out of a text."""
    return _WATCHWORD.sub(" ", _LINK.sub(" ", text))


@cache
def _sites() -> tuple[_Site, ...]:
    told: Mapping[str, Mapping[str, Sequence[str]]] = shipped_table("desk", "links.yaml")
    return tuple(
        _Site(
            Platform(platform),
            each["sites"],
            each["hidden"],
            each["names"],
            re.compile(str(each["form"])) if "form" in each else None,
        )
        for platform, each in told.items()
    )


def _read(written: str) -> Link:
    """Read a link; one that is broken is of no platform."""
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return Link(None)
    site = next((each for each in _sites() if _is_below(host, each.sites)), None)
    if site is None:
        return Link(None)
    promoters = tuple(_promoters(site, f"{parts.query}&{parts.fragment.partition('?')[2]}"))
    return Link(site.platform, promoters, not promoters and _is_below(host, site.hidden))


def _promoters(site: _Site, query: str) -> Iterator[str]:
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, max_num_fields=None):
        given.setdefault(name.lower(), value)
    for name in site.names:
        value = given.get(name, "").strip()
        if value and len(value) <= _LONGEST_PROMOTER and value.isprintable():
            yield value


def _standing_alone(text: str) -> Iterator[Link]:
    """Find promoters by their form, and words that stand for a link."""
    rest = _LINK.sub(" ", text)
    for site in _sites():
        if site.form is not None:
            yield from (Link(site.platform, (each,)) for each in site.form.findall(rest))
    if _WATCHWORD.search(rest):
        yield Link(Platform.TAOBAO, hidden=True)


def _is_below(host: str, sites: Sequence[str]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in sites)
