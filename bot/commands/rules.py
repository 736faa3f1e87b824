"""`mingzhang rules`: every figure, where each fact is used, and what other rules would change."""

from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from bot.commands.fact_table import cases_naming, uses_of_facts
from bot.commands.inputs import instant, load_rulebook
from bot.commands.order_lines import OrderLines, opened, what_is_wrong
from bot.commands.output import complain, say
from knowledge.loader import shipped_knowledge
from settlement.comparison import compare_rulebooks
from settlement.contract import OrderError
from settlement.fact_index import next_steps, reasons
from settlement.rulebook import Rule, shown
from settlement.states import State

__all__ = ["check", "diff", "show_json", "show_table"]


def show_json(directory: Path | None, cases: Path) -> None:
    """Print figures, facts with their uses and tests, and the words of a diagnosis."""
    rulebook = load_rulebook(directory)
    tests = cases_naming(cases)
    document = {
        "revision": rulebook.revision,
        "figures": {rule.name: _figure(rule) for rule in rulebook.rules.values()},
        "facts": {
            fact: {"uses": uses, "tests": tests.get(fact, [])}
            for fact, uses in uses_of_facts(rulebook, shipped_knowledge()).items()
        },
        "states": [state.value for state in State],
        "reasons": reasons(),
        "next_steps": next_steps(),
    }
    say(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def show_table(directory: Path | None, cases: Path) -> None:
    """Print where each fact is used, and what tests it."""
    tests = cases_naming(cases)
    table = Table("事实", "用在哪里", "测试")
    for fact, uses in uses_of_facts(load_rulebook(directory), shipped_knowledge()).items():
        table.add_row(fact, "\n".join(uses), "\n".join(tests.get(fact, [])))
    Console().print(table)


def check(directory: Path) -> None:
    """Read an operator's rules; what is wrong with them stops the command."""
    rulebook = load_rulebook(directory)
    ours = [rule for rule in rulebook.rules.values() if any(v.from_operator for v in rule.values)]
    for rule in ours:
        say(f"{rule.name}：{'、'.join(_values(rule).values())}（{rule.description}）")
    say(f"规则可用：运营方填写了 {len(ours)} 项")


def diff(before: Path, after: Path, orders: str, as_of: str | None) -> bool:
    """Print which diagnoses differ under two sets of rules; False if a line is unreadable."""
    old, new, now = load_rulebook(before), load_rulebook(after), instant(as_of)
    clean, lines, changed = True, 0, 0
    with opened(orders) as stream:
        for number, order in OrderLines().read_all(stream):
            if isinstance(order, OrderError):
                complain(f"{orders} {what_is_wrong(number, order)}")
                clean = False
                continue
            lines += 1
            differences = compare_rulebooks(order, old, new, now)
            changed += bool(differences)
            for change in differences:
                say(f"{order.order_number} {change.path}: {change.before} → {change.after}")
    say(f"{lines} 行订单，{changed} 行的诊断会变")
    return clean


def _figure(rule: Rule) -> dict[str, object]:
    return {
        "description": rule.description,
        "facts": rule.facts,
        "source": rule.source,
        "last_checked": rule.last_checked,
        "effective": rule.effective.isoformat() if rule.effective else "unknown",
        "judged_by": rule.judged_by.value,
        "unit": rule.unit.value,
        "values": _values(rule),
    }


def _values(rule: Rule) -> dict[str, str]:
    """Each value, written for people, by the day from which it holds."""
    return {
        day.isoformat(): "未知" if value.figure is None else shown(value.figure, rule.unit)
        for day, value in zip(rule.days, rule.values, strict=True)
    }
