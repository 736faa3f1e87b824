"""One matcher of the shipped base for all tests of this folder, and a small base to break."""

from collections.abc import Callable

import pytest

from knowledge.entry import Entry, KnowledgeBase, Source
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return shipped_knowledge()


@pytest.fixture(scope="session")
def matcher(base: KnowledgeBase) -> Matcher:
    return Matcher(base)


@pytest.fixture
def entry() -> Callable[..., Entry]:
    def make(entry_id: str = "jd.payout.when", **changes: object) -> Entry:
        given: dict[str, object] = {
            "platform": entry_id.split(".", maxsplit=1)[0],
            "questions": ("京东佣金几号发", "京东哪天打款"),
            "answer": "没有固定的日子",
            "answer_en": "There is no fixed day",
            "source": Source("说明", "undated"),
        }
        return Entry(id=entry_id, **(given | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def small_matcher(entry: Callable[..., Entry]) -> Matcher:
    """Knows two entries of one platform."""
    payout = entry(questions=("京东佣金几号发", "京东哪天打款", "京东什么时候到账"))
    refund = entry("jd.refund.effect", questions=("京东退货了", "京东买家退款"))
    return Matcher(KnowledgeBase({payout.id: payout, refund.id: refund}))
