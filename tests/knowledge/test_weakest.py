"""Which phrasings are hardly told from another entry is said, the weakest first."""

from knowledge.entry import Entry, KnowledgeBase, Source
from knowledge.matcher import Matcher
from knowledge.weakest import leads_of

SOURCE = Source("x", "undated")


def entry(name: str, *questions: str) -> Entry:
    return Entry(name, "jd", questions, "x", "x", SOURCE)


def base_of(*entries: Entry) -> KnowledgeBase:
    return KnowledgeBase({each.id: each for each in entries})


def test_what_another_entry_is_asked_alike_is_weakest() -> None:
    payout = entry("jd.payout.when", "京东佣金几号发", "京东的佣金怎么还没到账", "京东哪天打款")
    late = entry("jd.payout.late", "京东佣金一直没到账", "京东佣金过了日子没到账", "佣金还没到账")
    leads = leads_of(payout, Matcher(base_of(payout, late)))
    assert [lead.ahead for lead in leads] == sorted(lead.ahead for lead in leads)
    assert leads[0].question == "京东的佣金怎么还没到账"
    assert leads[0].rival == "jd.payout.late"
    assert len(leads) == 3


def test_an_entry_alone_has_no_rival() -> None:
    alone = entry("jd.payout.when", "京东佣金几号发")
    (lead,) = leads_of(alone, Matcher(base_of(alone)))
    assert lead.rival is None
    assert lead.ahead == float("inf")
