"""Forged keys to every door (伪造凭证): none may open it.

Run as `python -m tests.security.forging --count 100000`: so many for each door, made from its own
key by small and large changes. Prints one JSON line a door; the exit status says whether all
stayed shut and each opened to its key.
"""

import argparse
import json
import random
import string
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.security.doors import SEPARATOR, Door, doors

__all__ = ["forgeries", "tried"]

LETTERS = string.ascii_letters + string.digits + "-_~="
ODD = (
    "\x00",
    " ",
    "\n",
    "\t",
    "\u200b",
    "é",
    "０",
    "１",
    "%00",
    "'",
    '"',
    "' OR 1=1--",
    "=",
    "../",
)


def forgeries(key: str, dice: random.Random) -> Iterator[str]:
    """Keys that are not `key`, without end."""
    while True:
        forged = dice.choice(_CHANGES)(key, dice)
        if forged != key:
            yield forged


def tried(door: Door, count: int, seed: int) -> dict[str, Any]:
    """How many of so many forged keys open a door, and whether its own key does."""
    made = forgeries(door.key, random.Random(f"{seed} {door.name}"))  # noqa: S311
    accepted = sum(door.opens(next(made)) for _ in range(count))
    return {"door": door.name, "tried": count, "accepted": accepted, "own": door.opens(door.key)}


def _one_changed(key: str, dice: random.Random) -> str:
    place = dice.randrange(len(key))
    return key[:place] + dice.choice(LETTERS) + key[place + 1 :]


def _one_odd(key: str, dice: random.Random) -> str:
    place = dice.randrange(len(key) + 1)
    return key[:place] + dice.choice(ODD) + key[place + dice.randrange(2) :]


def _cut(key: str, dice: random.Random) -> str:
    return key[: dice.randrange(len(key))]


def _longer(key: str, dice: random.Random) -> str:
    return key + "".join(dice.choices(LETTERS, k=dice.randint(1, 64)))


def _two_swapped(key: str, dice: random.Random) -> str:
    first, second = sorted(dice.sample(range(len(key)), 2))
    return key[:first] + key[second] + key[first + 1 : second] + key[first] + key[second + 1 :]


def _other_case(key: str, dice: random.Random) -> str:
    place = dice.randrange(len(key))
    return key[:place] + key[place].swapcase() + key[place + 1 :]


def _made_up(key: str, dice: random.Random) -> str:
    return "".join(SEPARATOR if each == SEPARATOR else dice.choice(LETTERS) for each in key)


def _end_made_up(key: str, dice: random.Random) -> str:
    place = dice.randrange(len(key))
    return key[:place] + _made_up(key[place:], dice)


def _field_left_out(key: str, dice: random.Random) -> str:
    parts = key.split(SEPARATOR)
    parts[dice.randrange(len(parts))] = ""
    return SEPARATOR.join(parts)


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    *(_one_changed, _one_odd, _cut, _longer, _two_swapped, _other_case, _made_up),
    *(_end_made_up, _field_left_out),
)


def main() -> None:
    """Try and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="forged keys for each door")
    parser.add_argument("--seed", type=int, default=7)
    wished = parser.parse_args()
    shut = True
    with tempfile.TemporaryDirectory() as folder, doors(f"sqlite:///{Path(folder) / 'x.db'}") as a:
        for door in a:
            figures = tried(door, wished.count, wished.seed)
            shut = shut and figures["accepted"] == 0 and figures["own"]
            sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    raise SystemExit(0 if shut else 1)


if __name__ == "__main__":
    main()
