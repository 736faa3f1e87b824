"""How many order lines a second one core judges: `python tests/benchmarks/settlement_speed.py`.

Processor time is measured, so a busy machine does not count against the code.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import process_time

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from settlement.contract import OrderError, diagnosis_json, read_order
from settlement.diagnosis import diagnose
from settlement.rulebook import shipped_rulebook

CASES = Path(__file__).parent.parent / "cases"
ROUNDS = 40


class TextualDates(SafeConstructor):
    """Dates and instants stay the text they are in JSON."""


TextualDates.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def case_orders() -> list[tuple[dict[str, object], datetime]]:
    """Every order of the cases with its instant: all platforms, all states."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = TextualDates
    cases = [case for path in sorted(CASES.glob("*.yaml")) for case in yaml.load(path)]
    return [
        (case["order"], datetime.fromisoformat(case["as_of"]))
        for case in cases
        if "order" in case and not isinstance(read_order(case["order"]), OrderError)
    ]


def measure(name: str, count: int, work: Callable[[], None]) -> None:
    work()
    start = process_time()
    for _ in range(ROUNDS):
        work()
    seconds = process_time() - start
    sys.stdout.write(f"{name}: {count * ROUNDS / seconds:,.0f} a second\n")


def main() -> None:
    rulebook = shipped_rulebook()
    given = case_orders()
    orders = [(read_order(raw), now) for raw, now in given]
    lines = [(orjson.dumps(raw), now) for raw, now in given]

    def judge() -> None:
        for order, now in orders:
            assert not isinstance(order, OrderError)
            diagnose(order, rulebook, now)

    def from_line_to_line() -> None:
        for line, now in lines:
            order = read_order(orjson.loads(line))
            assert not isinstance(order, OrderError)
            orjson.dumps(diagnosis_json(diagnose(order, rulebook, now)))

    measure(f"diagnose, {len(orders)} orders", len(orders), judge)
    measure("JSON line to JSON line", len(lines), from_line_to_line)


if __name__ == "__main__":
    main()
