"""A base small enough to be learned at once, with as many phrasings more as a test needs."""

from knowledge.entry import Entry, KnowledgeBase, Source

__all__ = ["ASKED", "base"]

ASKED = "京东佣金几号发"
_SOURCE = Source("说明", "undated")


def base(*more: str) -> KnowledgeBase:
    """When JD pays, asked as `ASKED` and in these ways more; and how to bind an account."""
    entries = (
        Entry("jd.payout.when", "jd", (ASKED, *more), "20 日", "The 20th", _SOURCE),
        Entry("jd.binding.how", "jd", ("京东怎么绑定",), "点绑定", "Press bind", _SOURCE),
    )
    return KnowledgeBase({entry.id: entry for entry in entries})
