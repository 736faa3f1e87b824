"""What a snapshot remembers is what it would find out anew."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.app import load_snapshot
from bot.desk.snapshot import Snapshot
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Asked
from knowledge.rendering import render_answer
from tests.benchmarks.gateway.questions import each_once

DAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return load_snapshot()


def asked_for(asked: Asked) -> list[str]:
    return [part.outcome.entry_id for part in asked.parts if isinstance(part.outcome, Answer)]


def test_asked_again_the_same_comes_of_it(snapshot: Snapshot) -> None:
    text_of = each_once()
    texts = [text_of(number) for number in range(60)]
    assert len(set(texts)) == 60
    anew = [snapshot.matcher.ask(text) for text in texts]
    assert [snapshot.ask(text) for text in texts] == anew
    assert [snapshot.ask(text) for text in texts] == anew


def test_the_same_words_after_other_answers_mean_other_things(snapshot: Snapshot) -> None:
    topics = ("jd.payout.when", "taobao.payout.when", "jd.payout.when")
    found = [asked_for(snapshot.ask("那1688呢？", topic)) for topic in topics]
    assert found[0] == found[2] == ["1688.payout.when"]
    alone = [asked_for(snapshot.ask("什么时候到账？", topic)) for topic in topics]
    assert alone == [[topic] for topic in topics]


def test_a_long_message_is_matched_too(snapshot: Snapshot) -> None:
    text = "我想请教一下各位老师" * 12 + "京东联盟佣金几号打款"
    assert snapshot.ask(text) == snapshot.ask(text) == snapshot.matcher.ask(text)


def answers(snapshot: Snapshot, day: date) -> Iterator[tuple[str, str]]:
    for entry in snapshot.knowledge.entries.values():
        for language in ("zh", "en"):
            yield (
                snapshot.answer(entry.id, day, language),
                render_answer(entry, snapshot.rulebook.at(day), language).strip(),
            )


def test_every_answer_is_that_of_its_day_and_language(snapshot: Snapshot) -> None:
    for day in (DAY, date(2024, 1, 1), DAY):
        assert all(remembered == anew for remembered, anew in answers(snapshot, day))


def test_another_revision_remembers_nothing_of_this_one(snapshot: Snapshot) -> None:
    knowledge = shipped_knowledge()
    question = knowledge["jd.payout.when"].questions[0]
    assert asked_for(snapshot.ask(question)) == ["jd.payout.when"]
    left = {name: entry for name, entry in knowledge.entries.items() if name != "jd.payout.when"}
    without = type(knowledge)(left, knowledge.outside)
    later = Snapshot(without, Matcher(without), snapshot.rulebook, "later")
    assert asked_for(later.ask(question)) != ["jd.payout.when"]
