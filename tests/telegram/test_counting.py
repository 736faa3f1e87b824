"""What is counted is written down once, and again only if the writing failed."""

from bot.metrics import answer_sent, counted, row_settled
from bot.telegram.counting import NewCounts


def test_only_growth_is_new() -> None:
    totals = {"answer:answer": 7, "push:sent": 1}
    counting = NewCounts(lambda: totals)
    assert counting.new() == {}
    totals["answer:answer"] += 2
    totals["answer:unknown"] = 1
    assert counting.new() == {"answer:answer": 2, "answer:unknown": 1}


def test_what_was_not_written_is_new_again() -> None:
    totals = {"push:sent": 0}
    counting = NewCounts(lambda: totals)
    totals["push:sent"] = 3
    failed = counting.new()
    totals["push:sent"] = 4
    assert counting.new() == {"push:sent": 4}
    counting.written(failed)
    assert counting.new() == {"push:sent": 1}


def test_the_process_counts_answers_by_outcome_and_pushes_by_state() -> None:
    counting = NewCounts(counted)
    answer_sent("choices", 0.1)
    answer_sent("state/wait_cycle", 0.1)
    row_settled("push", "uncertain")
    row_settled("answer", "sent")
    assert counting.new() == {"answer:choices": 1, "answer:order": 1, "push:uncertain": 1}
