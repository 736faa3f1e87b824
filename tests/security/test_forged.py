"""The short form of `python -m tests.security.forging`."""

import random
from itertools import islice

from tests.examples import examples
from tests.security.doors import Door, doors
from tests.security.forging import forgeries, tried


def test_no_forged_key_opens_a_door_and_each_opens_to_its_own(sqlite_database: str) -> None:
    with doors(sqlite_database) as all_doors:
        found = [tried(door, examples(300), seed=7) for door in all_doors]
    assert len(found) == 9
    assert [each for each in found if each["accepted"] or not each["own"]] == []


def test_a_door_that_takes_the_beginning_for_the_whole_is_noticed() -> None:
    careless = Door("careless", "the-key", lambda key: key[:3] == "the")
    assert tried(careless, 100, seed=7)["accepted"] > 0


def test_no_forgery_is_the_key() -> None:
    made = list(islice(forgeries("v1abcABC", random.Random(7)), 500))  # noqa: S311
    assert "v1abcABC" not in made
    assert len(set(made)) > 300
