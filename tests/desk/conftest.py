"""What is rendered in a hostile test is watched: see `watching`."""

from collections.abc import Iterator

import pytest

from tests.desk.watching import watching


@pytest.fixture(autouse=True, scope="module")
def watched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Judge all that the tests of a hostile module have the desk say."""
    if not request.module.__name__.rpartition(".")[2].startswith("test_hostile_"):
        yield
        return
    with watching():
        yield
