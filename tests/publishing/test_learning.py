"""What was learned is kept in the cache folder; whatever goes wrong there costs only time."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.publishing.learning import KEPT, learned_matcher
from knowledge.index import Group, Index, build_index
from knowledge.outcome import Answer
from tests.publishing.two_entries import ASKED, base


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "mingzhang"


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A mark for every time something was learned."""
    marks: list[object] = []

    def counted(groups: Sequence[Group]) -> Index:
        marks.append(None)
        return build_index(groups)

    monkeypatch.setattr("knowledge.matcher.build_index", counted)
    return marks


def test_what_was_learned_is_read_the_next_time(cache: Path, trainings: list[object]) -> None:
    first, second = learned_matcher(base()), learned_matcher(base())
    assert len(trainings) == 1
    assert second.ask(ASKED) == first.ask(ASKED)
    assert [path.suffix for path in cache.iterdir()] == [".npz"]


def test_another_phrasing_is_learned_anew(cache: Path, trainings: list[object]) -> None:
    before = learned_matcher(base())
    after = learned_matcher(base("京东几时给钱"), before)
    assert len(trainings) == 2
    assert (
        after.ask("京东几时给钱").parts[0].outcome
        == learned_matcher(base("京东几时给钱")).ask("京东几时给钱").parts[0].outcome
    )


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x80\x04\x95pickled"])
def test_a_damaged_file_is_learned_anew_and_mended(
    cache: Path, trainings: list[object], damage: bytes
) -> None:
    learned_matcher(base())
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    learned_matcher(base())
    assert len(trainings) == 2
    assert kept.read_bytes() == whole


def test_what_stands_under_a_wrong_name_is_not_used(cache: Path, trainings: list[object]) -> None:
    learned_matcher(base())
    (kept,) = cache.iterdir()
    other = kept.read_bytes()
    learned_matcher(base("京东几时给钱"))
    (second,) = set(cache.iterdir()) - {kept}
    second.write_bytes(other)
    (part,) = learned_matcher(base("京东几时给钱")).ask("京东几时给钱").parts
    assert isinstance(part.outcome, Answer)
    assert len(trainings) == 3


def test_only_the_last_used_are_kept(cache: Path) -> None:
    learned_matcher(base())
    (first,) = cache.iterdir()
    for number in range(KEPT):
        os.utime(first, (2_000_000_000 + number, 2_000_000_000 + number))
        learned_matcher(base(f"京东第{number}种问法"))
        for path in set(cache.iterdir()) - {first}:
            os.utime(path, (1_000_000_000, 1_000_000_000))
    assert len(list(cache.iterdir())) == KEPT
    assert first.exists()


def test_a_folder_that_cannot_be_written_costs_only_time(
    cache: Path, trainings: list[object]
) -> None:
    cache.write_text("a file where the folder should be")
    assert learned_matcher(base()).ask(ASKED) == learned_matcher(base()).ask(ASKED)
    assert len(trainings) == 2


def test_a_full_disk_leaves_no_piece_behind(
    cache: Path, trainings: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    learned_matcher(base())
    assert len(trainings) == 1
    assert list(cache.iterdir()) == []


def test_a_user_without_a_home_learns_each_time(
    trainings: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert learned_matcher(base()).ask(ASKED) == learned_matcher(base()).ask(ASKED)
    assert len(trainings) == 2
