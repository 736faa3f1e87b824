"""The house as CONTRIBUTING.md draws it is the one that stands."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ROOMS = ("knowledge", "settlement", "bot")
LINE = re.compile(r"( *)(\S+(?: \S+)*?)(?:  +\S.*)?$")
PATH = re.compile(r"`((?:bot|deploy|knowledge|settlement|tests)/[^`]*)`")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def named_places() -> Iterator[str]:
    """Every name in the drawing, as a pattern from the root; a line lies in what it is under."""
    within: dict[int, str] = {}
    for line in section("The house").split("```")[1].strip("\n").splitlines():
        found = LINE.fullmatch(line)
        assert found, line
        indent = len(found[1])
        within = {depth: place for depth, place in within.items() if depth < indent}
        inside = within[max(within)] if within else ""
        for name in found[2].split():
            yield inside + name.replace("<name>", "*")
        if found[2].endswith("/"):
            within[indent] = inside + found[2].split()[0].replace("<name>", "*")


def exists(place: str) -> bool:
    return any(any(ROOT.glob(each)) for each in (place.rstrip("/"), f"{place}.py"))


def test_what_is_drawn_stands() -> None:
    assert [place for place in named_places() if not exists(place)] == []


def test_every_room_of_the_program_is_drawn() -> None:
    found = (path for place in named_places() for path in ROOT.glob(place.rstrip("/")))
    drawn = {place for path in found for place in (path, path.parent)}
    rooms = (path.parent for room in ROOMS for path in (ROOT / room).glob("*/__init__.py"))
    assert sorted(str(room) for room in rooms if room not in drawn) == []


def test_every_path_that_is_named_exists() -> None:
    patterns = (re.sub(r"<\w+>|…", "*", path).rstrip("/") for path in PATH.findall(PAGE))
    assert sorted(path for path in set(patterns) if not exists(path)) == []
