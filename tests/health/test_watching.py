"""What others watch the bot with: every figure the dashboard and the alerts ask for exists."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import promql_parser as promql
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from sqlalchemy import Engine

from bot import metrics
from bot.desk.alarming import alarm_words
from bot.health.figures import Figures
from tests.health.test_metrics import fill

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = YAML(typ="safe").load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((DEPLOY / "grafana" / "mingzhang.json").read_text("utf-8"))
PANELS = [
    (panel["title"], each["expr"]) for panel in DASHBOARD["panels"] for each in panel["targets"]
]
EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in RULES] + PANELS
OF_PROMETHEUS = {"up": {"job", "instance"}}
OF_THE_TARGET = {"job", "instance"}


@pytest.fixture
async def figures(
    sqlite_engine: Engine, figures_of: Callable[..., Figures]
) -> dict[str, set[str]]:
    """Every figure there is once everything has happened, and its labels."""
    metrics.updates_handled({"message": 1}, 0.1, committed=False)
    metrics.updates_handled({"message": 1}, 0.1, committed=True)
    metrics.answer_sent("unknown", 0.1)
    metrics.row_settled("answer", "sent")
    metrics.call_made("sendMessage", 429, 0.1)
    metrics.rows_imported({"new": 1})
    with sqlite_engine.begin() as connection:
        fill(connection)
    exposition = (await figures_of(sqlite_engine).exposition()).decode()
    known = {name: set(labels) for name, labels in OF_PROMETHEUS.items()}
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            known.setdefault(sample.name, set(OF_THE_TARGET)).update(sample.labels)
    return known


def parsed(expression: str) -> promql.Expr:
    return promql.parse(expression.replace("$__rate_interval", "5m"))


def selectors(expression: object) -> Iterator[promql.VectorSelector]:
    """Every figure asked for, however deep."""
    if isinstance(expression, promql.VectorSelector):
        yield expression
        return
    for member in ("expr", "lhs", "rhs", "args", "param", "vector_selector", "vs"):
        inner = getattr(expression, member, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None and each is not expression:
                yield from selectors(each)


def groupings(expression: object) -> Iterator[tuple[str, promql.Expr]]:
    """The labels sums are made by, each with what is summed."""
    if isinstance(expression, promql.AggregateExpr) and expression.modifier is not None:
        yield from ((label, expression.expr) for label in expression.modifier.labels)
    for member in ("expr", "lhs", "rhs", "args"):
        inner = getattr(expression, member, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None:
                yield from groupings(each)


def test_selectors_are_found_however_deep() -> None:
    deep = "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) > 1 or absent(b) + c"
    assert [each.name for each in selectors(parsed(deep))] == ["a_bucket", "b", "c"]


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS)
async def test_what_is_watched_exists(
    name: str, expression: str, figures: dict[str, set[str]]
) -> None:
    found = list(selectors(parsed(expression)))
    assert found, name
    for selector in found:
        assert selector.name in figures
        asked = {matcher.name for matcher in selector.matchers.matchers}
        assert asked <= figures[selector.name]
    for label, summed in groupings(parsed(expression)):
        for selector in selectors(summed):
            assert label in figures[selector.name or ""], label


def test_every_alert_says_what_to_do() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "remedy"}


def test_what_the_bot_alarms_of_prometheus_alerts_of_too() -> None:
    """But for the days off, which are no fault of the running bot, and the webhook's words."""
    alerts = {
        "quarantine": "MingzhangQuarantine",
        "database": "MingzhangDatabaseDown",
        "sync": "MingzhangSyncLags",
        "answers": "MingzhangAnswersWait",
        "pushes": "MingzhangPushesWait",
        "planner": "MingzhangPlannerLate",
        "uncertain": "MingzhangUncertainRows",
    }
    assert set(alerts) == set(alarm_words()) - {"webhook", "holidays"}
    assert set(alerts.values()) <= {rule["alert"] for rule in RULES}


def test_the_panels_stand_beside_each_other() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    taken = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
