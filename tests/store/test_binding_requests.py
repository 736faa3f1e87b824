"""Requests to be bound: one decision each, whoever decides and how often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from bot.desk.effects import RequestBinding, SettleRequest
from bot.desk.facts import (
    WAITING_FOR_ACCOUNT,
    Dialogue,
    RequestKey,
    RequestState,
    Scope,
    Wanted,
)
from bot.store.binding_requests import (
    RequestOutdatedError,
    likely_creators,
    request_binding,
    settle_request,
)
from bot.store.creators import add_creator, known_promoters, name_promoter
from bot.store.people import Acquaintance, count_wrong_code, remember
from bot.store.snapshot import load_facts
from bot.store.subscriptions import subscribe, subscriptions_of
from bot.store.tables import bindings, creators, subscriptions
from bot.store.unbinding import unbind
from settlement.model import Order, Platform
from tests.store.conftest import NOW, Bind, Import

ASKER, OPERATOR, ANOTHER = 7, 900, 901
KEY = RequestKey(ASKER, "markmark")
APPROVE = SettleRequest(KEY, approved=True)


@pytest.fixture
def asked(engine: Engine, now: datetime) -> Engine:
    """Somebody who asked to be bound to 小雅 on Douyin."""
    with engine.begin() as connection:
        waiting = Dialogue(waiting_for=WAITING_FOR_ACCOUNT, given=("douyin",))
        remember(connection, [Acquaintance(ASKER, ASKER, "小雅本人", "en", waiting)], now)
        request_binding(connection, RequestBinding(KEY, "douyin", "小雅"), now)
    return engine


def owned(connection: Connection, user: int = ASKER) -> tuple[str, ...]:
    return load_facts(connection, {user: Wanted()}, NOW)[user].creator_names


def test_approved_it_makes_the_creator_binds_and_claims_reports(
    asked: Engine, now: datetime
) -> None:
    with asked.begin() as connection:
        settle_request(connection, APPROVE, OPERATOR, now)
        assert owned(connection) == ("小雅",)
        hints = {
            hint for (platform, hint, value) in known_promoters(connection) if value == "小雅"
        }
        platforms = {platform for platform, _, _ in known_promoters(connection)}
    assert hints == {"author", "author_id", "author_buyin_id"}
    assert platforms == {Platform.DOUYIN}


def test_it_is_decided_once(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        settle_request(connection, SettleRequest(KEY, approved=False), OPERATOR, now)
        settle_request(connection, APPROVE, ANOTHER, now)
        assert owned(connection) == ()
        facts = load_facts(connection, {OPERATOR: Wanted(request=KEY)}, now)[OPERATOR]
    assert facts.request is not None
    assert facts.request.state is RequestState.REFUSED
    assert (facts.request.chat, facts.request.name, facts.request.language) == (
        ASKER,
        "小雅本人",
        "en",
    )


def test_approving_twice_binds_once(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        for operator in (OPERATOR, ANOTHER):
            settle_request(connection, APPROVE, operator, now)
        assert connection.execute(select(func.count()).select_from(bindings)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(creators)).scalar_one() == 1


def test_a_namesake_made_meanwhile_is_not_given_away(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        add_creator(connection, "小雅", now)
    with (
        pytest.raises(RequestOutdatedError, match="made meanwhile"),
        asked.begin() as connection,
    ):
        settle_request(connection, APPROVE, OPERATOR, now)
    with asked.begin() as connection:
        assert owned(connection) == ()


def test_reports_that_mean_another_creator_keep_meaning_them(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        first = add_creator(connection, "大雅", now)
        second = add_creator(connection, "小雅好物", now)
        name_promoter(connection, Platform.DOUYIN, "author", "小雅", first)
        settle_request(connection, SettleRequest(KEY, True, second), OPERATOR, now)
        assert known_promoters(connection)[Platform.DOUYIN, "author", "小雅"] == first
        assert owned(connection) == ("小雅好物",)


def test_whoever_reports_call_so_comes_first_and_names_alike_after(
    connection: Connection, now: datetime
) -> None:
    alike = add_creator(connection, "小雅好物", now)
    add_creator(connection, "林姐", now)
    called = add_creator(connection, "阿青", now)
    name_promoter(connection, Platform.DOUYIN, "author", "小雅", called)
    name_promoter(connection, Platform.JD, "position", "小雅", alike)
    assert likely_creators(connection, "douyin", "小雅") == (
        (called, "阿青", True),
        (alike, "小雅好物", False),
    )
    assert likely_creators(connection, "douyin", "%") == ()


def test_asking_again_opens_it_again(asked: Engine, now: datetime) -> None:
    later = now + timedelta(days=2)
    with asked.begin() as connection:
        settle_request(connection, SettleRequest(KEY, approved=False), OPERATOR, now)
        request_binding(connection, RequestBinding(KEY, "douyin", "小雅"), later)
        requests = load_facts(connection, {ASKER: Wanted(requests=True)}, now)[ASKER].requests
    (request,) = requests
    assert (request.state, request.asked_at, request.settled_at) == (
        RequestState.ASKED,
        later,
        None,
    )


def test_an_account_is_looked_for_only_while_it_is_asked_for(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        creator = add_creator(connection, "小雅", now)
        remember(connection, [Acquaintance(ANOTHER, ANOTHER, "", "zh", Dialogue())], now)
        wanted = Wanted(account=" 小雅 ")
        facts = load_facts(connection, {ASKER: wanted, ANOTHER: wanted}, now)
    assert [each.id for each in facts[ASKER].candidates] == [creator]
    assert facts[ANOTHER].candidates == ()


def test_wrong_codes_are_counted_in_a_row(asked: Engine, now: datetime) -> None:
    with asked.begin() as connection:
        for minute, first in enumerate((True, False, False)):
            count_wrong_code(connection, ASKER, first, now + timedelta(minutes=minute))
        tried = load_facts(connection, {ASKER: Wanted(binding_code="x")}, now)[ASKER].wrong_codes
        assert tried is not None
        assert (tried.count, tried.last_at) == (3, now + timedelta(minutes=2))
        count_wrong_code(connection, ASKER, True, now)
        tried = load_facts(connection, {ASKER: Wanted(binding_code="x")}, now)[ASKER].wrong_codes
        assert tried is not None
        assert tried.count == 1


def test_leaving_ends_what_depended_on_it_and_nothing_else(
    engine: Engine,
    now: datetime,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    import_lines("小雅", [Order(platform=Platform.JD, order_number="1")])
    import_lines("大雅", [Order(platform=Platform.JD, order_number="2")])
    left, kept = bind_person(ASKER, "小雅"), bind_person(ASKER, "大雅")
    bind_person(ANOTHER, "小雅")
    with engine.begin() as connection:
        for user in (ASKER, ANOTHER):
            for row in (1, 2):
                subscribe(connection, user, Scope.ORDER, row, now)
            subscribe(connection, user, Scope.DIGEST, None, now)
        unbind(connection, ASKER, left, now)
        assert owned(connection) == ("大雅",)
        assert scopes(connection, ASKER) == {(Scope.ORDER, 2), (Scope.DIGEST, None)}
        unbind(connection, ASKER, kept, now)
        assert owned(connection) == ()
        assert scopes(connection, ASKER) == set()
        assert len(scopes(connection, ANOTHER)) == 3
        assert owned(connection, ANOTHER) == ("小雅",)
        ended = select(func.count()).where(subscriptions.c.ended_at == now)
        assert connection.execute(ended).scalar_one() == 3


def scopes(connection: Connection, user: int) -> set[Any]:
    found = subscriptions_of(connection, [user]).get(user, ())
    return {(each.scope, each.row) for each in found}
