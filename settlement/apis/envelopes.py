"""Taking the rows out of what the platforms wrap them in."""

from collections.abc import Mapping
from typing import Any

from settlement.apis.json_text import NoJson, parsed
from settlement.reading import Unreadable


def an_object(value: object) -> Mapping[str, Any]:
    """Return a JSON object, also one that was sent as a text. Raises Unreadable."""
    if isinstance(value, str):
        try:
            value = parsed(value)
        except NoJson:
            value = None
    if not isinstance(value, dict):
        raise Unreadable("回答里缺少应有的对象")
    return value


def inner(value: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the object under these names, an empty one where there is none."""
    for name in names:
        found = value.get(name)
        if found is None or found == "":
            return {}
        value = an_object(found)
    return value


def rows_in(value: object) -> list[Any]:
    """Return a list of rows; XML turned to JSON gives a lone row without its list."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return value
    return [an_object(value)]


def first(value: Mapping[str, Any], *names: str) -> str:
    """Return the first of these members that says something, as text."""
    for name in names:
        if value.get(name) not in (None, ""):
            return str(value[name])
    return ""


def whole(value: object) -> int | None:
    """Return a count that may be written as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**9 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None


def page_of(cursor: str | None) -> int:
    """Return the number of the page a cursor stands for; the first is 1."""
    return whole(cursor) or 1
