"""What may go wrong between a bot and Telegram, on purpose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.simulator.refusal import Refusal

__all__ = ["Fault", "Faults", "no_faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap of one call.

    First the `delay` in seconds; then a `refusal` is answered instead of doing anything, or
    the call is done and, with `answer_lost`, the connection closed without an answer.
    """

    delay: float = 0.0
    refusal: Refusal | None = None
    answer_lost: bool = False


Faults = Callable[[str, Mapping[str, object]], Fault | None]
"""Decides call by call (method in lower case, parameters) what goes wrong; None: nothing."""


def no_faults(_method: str, _parameters: Mapping[str, object]) -> Fault | None:
    """A quiet day."""
    return None
