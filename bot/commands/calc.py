"""`mingzhang calc NAME --json '{…}'`: one calculation, one line of JSON."""

from pathlib import Path

import orjson

from bot.commands.failure import CommandFailed
from bot.commands.inputs import load_rulebook
from bot.commands.output import say_json
from settlement.calculators import CalculationError, calculate

__all__ = ["calc"]

EXAMPLE = '{"violations_same_day": 11}'


def calc(name: str, given: str, rules: Path | None) -> None:
    """Print the result; whatever is wrong with the name or a member becomes one line."""
    try:
        members = orjson.loads(given)
    except orjson.JSONDecodeError as broken:
        raise CommandFailed(
            f"--json：不是有效的 JSON（{broken}）；请写成一个对象，如 {EXAMPLE}"
        ) from None
    if not isinstance(members, dict):
        raise CommandFailed(f"--json：应为一个 JSON 对象，如 {EXAMPLE}")
    result = calculate(name, members, load_rulebook(rules))
    if isinstance(result, CalculationError):
        raise CommandFailed(str(result))
    say_json(result)
