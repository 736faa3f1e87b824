"""A property that is computed on first use and then kept."""

from settlement.computed_once import computed_once


class Counting:
    """Says how often it was asked to compute."""

    asked = 0

    @computed_once
    def answer(self) -> int:
        self.asked += 1
        return 42


def test_each_instance_computes_for_itself_and_once() -> None:
    first, second = Counting(), Counting()
    assert [first.answer, first.answer, second.answer] == [42, 42, 42]
    assert (first.asked, second.asked) == (1, 1)
