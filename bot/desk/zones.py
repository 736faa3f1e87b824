"""Time zones as people name them: an IANA name or a city (时区)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from bot.desk.rendering import Voice
from bot.shipped_tables import shipped_table

__all__ = ["city_of", "offered_zones", "zone_called"]

_LANGUAGES = ("zh", "zh_Hant", "en")


def offered_zones() -> Sequence[str]:
    """The zones worth a button."""
    return tuple(_told()["offered"])


def city_of(voice: Voice, zone: str) -> str:
    """Name a zone by its city, in the reader's language."""
    return _city(voice.folder, zone)


def zone_called(text: str) -> str | None:
    """Find the zone somebody means by an IANA name or a city; None if there is none."""
    zone = _zones().get(_key(text))
    if zone is None:
        return None
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        return None
    return zone


@cache
def _told() -> Mapping[str, Any]:
    document: Mapping[str, Any] = shipped_table("templates", "zones.yaml")
    return document


@cache
def _zones() -> Mapping[str, str]:
    """Every way to call a zone: its name, its cities in three scripts, and what we were told."""
    known: dict[str, str] = {}
    for zone in sorted(get_global("zone_territories")):
        if not zone.startswith("Etc/"):
            known.update({_key(_city(language, zone)): zone for language in _LANGUAGES})
    known |= {_key(zone): zone for zone in get_global("zone_territories")}
    called: Mapping[str, Sequence[str]] = _told()["called"]
    return known | {_key(name): zone for zone, names in called.items() for name in names}


def _city(language: str, zone: str) -> str:
    named = Locale.parse(language).time_zones.get(zone, {}).get("city")
    return str(named) if named else zone.rpartition("/")[2].replace("_", " ")


def _key(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").removesuffix("时间").removesuffix("市")
