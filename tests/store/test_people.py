from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select

from bot.desk.facts import Dialogue, Scope, Wanted
from bot.store.creators import (
    CODE_LIFETIME,
    add_creator,
    known_promoters,
    make_binding_code,
    name_promoter,
)
from bot.store.installation import kept_secret
from bot.store.people import Acquaintance, CodeSpentError, bind, mark_unreachable, remember
from bot.store.snapshot import load_facts
from bot.store.subscriptions import subscribe, subscriptions_of, unsubscribe
from bot.store.tables import binding_codes, bindings, people
from settlement.model import Order, Platform
from tests.store.conftest import Bind, Import


def test_a_code_binds_once(connection: Connection, now: datetime) -> None:
    creator = add_creator(connection, "小林", now)
    code = make_binding_code(connection, creator, now)
    assert len(code) == 32
    bind(connection, 7, code, now)
    with pytest.raises(CodeSpentError):
        bind(connection, 8, code, now)
    assert load_facts(connection, {7: Wanted(), 8: Wanted()}, now)[7].creators == (creator,)
    assert load_facts(connection, {8: Wanted()}, now)[8].creators == ()


def test_of_many_who_redeem_a_code_at_once_one_is_bound(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        code = make_binding_code(connection, add_creator(connection, "小林", now), now)

    def redeem(user: int) -> bool:
        try:
            with engine.begin() as connection:
                bind(connection, user, code, now)
        except CodeSpentError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(24))) == 1
    with engine.begin() as connection:
        assert connection.execute(select(func.count()).select_from(bindings)).scalar_one() == 1


def test_a_code_runs_out(connection: Connection, now: datetime) -> None:
    code = make_binding_code(connection, add_creator(connection, "小林", now), now)
    facts = load_facts(connection, {7: Wanted(binding_code=code)}, now)
    assert facts[7].binding_code is not None
    assert facts[7].binding_code.creator_name == "小林"
    assert facts[7].binding_code.expires_at == now + CODE_LIFETIME
    with pytest.raises(CodeSpentError):
        bind(connection, 7, code, now + CODE_LIFETIME)


def test_the_store_keeps_no_clear_code(connection: Connection, now: datetime) -> None:
    code = make_binding_code(connection, add_creator(connection, "小林", now), now)
    assert code not in str(connection.execute(select(binding_codes)).all())
    facts = load_facts(connection, {7: Wanted(binding_code="guessed")}, now)
    assert facts[7].binding_code is None


def test_binding_again_is_no_second_binding(
    engine: Engine, now: datetime, bind_person: Bind
) -> None:
    assert bind_person(7, "小林") == bind_person(7, "小林")
    with engine.begin() as connection:
        assert load_facts(connection, {7: Wanted()}, now)[7].creator_names == ("小林",)


def test_writing_revives_a_person_who_was_unreachable(
    connection: Connection, now: datetime
) -> None:
    somebody = Acquaintance(7, 7, "七", "en", Dialogue(waiting_for="order_number"))
    remember(connection, [somebody], now)
    mark_unreachable(connection, 7, now)
    assert connection.execute(select(people.c.blocked_at)).scalar_one() == now
    remember(connection, [somebody], now + timedelta(days=1))
    row = connection.execute(select(people)).one()
    assert (row.blocked_at, row.first_seen_at, row.seen_at) == (
        None,
        now,
        now + timedelta(days=1),
    )


def test_a_subscription_is_active_once(connection: Connection, now: datetime) -> None:
    for _ in range(2):
        subscribe(connection, 7, Scope.EVERYTHING, None, now)
    (subscription,) = subscriptions_of(connection, [7, 8])[7]
    assert (subscription.scope, subscription.row) == (Scope.EVERYTHING, None)
    unsubscribe(connection, 7, Scope.EVERYTHING, None, now)
    assert subscriptions_of(connection, [7]) == {}
    subscribe(connection, 7, Scope.EVERYTHING, None, now)
    assert len(subscriptions_of(connection, [7])[7]) == 1


def test_ending_everything_ends_single_lines_too(
    engine: Engine, now: datetime, import_lines: Import
) -> None:
    import_lines("小林", [Order(platform=Platform.JD, order_number=str(n)) for n in (1, 2, 3)])
    with engine.begin() as connection:
        for row in (1, 2, 3):
            subscribe(connection, 7, Scope.ORDER, row, now)
        subscribe(connection, 8, Scope.ORDER, 1, now)
        unsubscribe(connection, 7, Scope.ORDER, 2, now)
        assert [each.row for each in subscriptions_of(connection, [7])[7]] == [1, 3]
        unsubscribe(connection, 7, Scope.EVERYTHING, None, now)
        assert list(subscriptions_of(connection, [7, 8])) == [8]


def test_a_promoter_can_be_named_anew(connection: Connection, now: datetime) -> None:
    first, second = (add_creator(connection, name, now) for name in ("小林", "阿青"))
    for creator in (first, second):
        name_promoter(connection, Platform.TAOBAO, "position_id", "110", creator)
    name_promoter(connection, Platform.TAOBAO, "media_id", "110", first)
    assert known_promoters(connection) == {
        (Platform.TAOBAO, "position_id", "110"): second,
        (Platform.TAOBAO, "media_id", "110"): first,
    }


def test_the_made_secret_stays(connection: Connection) -> None:
    assert kept_secret(connection) == kept_secret(connection)
    assert len(kept_secret(connection)) >= 32
