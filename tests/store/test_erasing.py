import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, select

from bot.desk.effects import EraseMe, Tell
from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Edit, Say
from bot.store.audit import AuditEntry, Filter, audit_entries, record
from bot.store.erasing import forget_person
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.exporting import NOT_EXPORTED, everything_kept
from bot.store.forgetting import forget_settled
from bot.store.letters import State
from bot.store.lines import find_lines
from bot.store.tables import audit_log, binding_codes, metadata, outbox, quarantine
from bot.store.updates import Poison, set_aside
from settlement.model import Order, Platform
from tests.rows import fitting_row
from tests.store.conftest import Import

SOMEBODY, ANOTHER = 700_000_001, 700_000_002
WORDS = "words of {}"
PERSONAL = [
    table
    for table in metadata.sorted_tables
    if ("user" in table.c or "chat" in table.c) and table is not audit_log
]


def row_of(table: Table, user: int) -> dict[str, Any]:
    """A row of that person's, that refers to the one line there is."""
    row = fitting_row(table, user - SOMEBODY + 1)
    whose = {name: user for name in ("user", "chat") if name in row}
    return row | {column.name: 1 for column in table.c if column.foreign_keys} | whose


@pytest.fixture
def filled(engine: Engine, now: datetime, import_lines: Import, bind_person: Any) -> Engine:
    """Two people with a row each in every table that knows people, and a quarantined update."""
    import_lines("小林", [Order(platform=Platform.JD, order_number="1")])
    for user in (SOMEBODY, ANOTHER):
        bind_person(user, "小林")
        with engine.begin() as connection:
            for table in PERSONAL:
                if table.name != "bindings":
                    connection.execute(table.insert().values(row_of(table, user)))
            sender = {"from": {"id": user}, "text": WORDS.format(user)}
            set_aside(connection, 4, [Poison(user, {"message": sender}, "problem")], now)
    return engine


def everything(connection: Connection) -> str:
    return "\n".join(
        repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
    )


def test_nothing_is_left_of_a_person_and_everything_of_the_others(filled: Engine) -> None:
    with filled.begin() as connection:
        before = everything(connection)
        assert forget_person(connection, SOMEBODY) == len(PERSONAL) + 1
        left = everything(connection)
        assert find_lines(connection, [SOMEBODY], ["1"], []) == []
        assert len(find_lines(connection, [ANOTHER], ["1"], [])) == 1
    assert before.count(str(SOMEBODY)) > len(PERSONAL)
    assert str(SOMEBODY) not in left
    assert left.count(str(ANOTHER)) == before.count(str(ANOTHER))


def test_a_used_code_stays_used(filled: Engine) -> None:
    with filled.begin() as connection:
        forget_person(connection, SOMEBODY)
        codes = connection.execute(select(binding_codes.c.used_by, binding_codes.c.used_at)).all()
    assert sorted(codes, key=repr)[0].used_by == ANOTHER
    assert all(code.used_at is not None for code in codes)


def test_an_update_that_only_mentions_the_number_stays(engine: Engine, now: datetime) -> None:
    body = {"message": {"from": {"id": ANOTHER}, "text": str(SOMEBODY)}}
    with engine.begin() as connection:
        set_aside(connection, 4, [Poison(1, body, "problem")], now)
        assert forget_person(connection, SOMEBODY) == 0
        assert json.loads(connection.execute(select(quarantine.c.body)).scalar_one()) == body


def test_the_last_word_is_forgotten_once_it_is_said(filled: Engine, now: datetime) -> None:
    goodbye = Answered((Edit(5, "再见"),), (EraseMe(),))
    incoming = Incoming(77, SOMEBODY, SOMEBODY, message=5, button="b", button_query="q")
    with filled.begin() as connection:
        write_exchanges(connection, 4, [Exchange(incoming, Facts(), goodbye)], now)
        (letter,) = connection.execute(select(outbox).where(outbox.c.chat == SOMEBODY)).all()
        assert letter.farewell
        forget_settled(connection, now, 100)
        assert str(SOMEBODY) in everything(connection)
        connection.execute(outbox.update().values(state=State.SENT, settled_at=now))
        forget_settled(connection, now, 100)
        left = everything(connection)
    assert str(SOMEBODY) not in left
    assert str(ANOTHER) in left


def test_what_others_were_told_of_a_person_goes_too(engine: Engine, now: datetime) -> None:
    told = Tell(ANOTHER, f"about:{SOMEBODY}:mark:1", Say("某人申请绑定"), ANOTHER)
    asked = Answered((), (told,))
    with engine.begin() as connection:
        incoming = Incoming(1, SOMEBODY, SOMEBODY, text="小雅")
        write_exchanges(connection, 4, [Exchange(incoming, Facts(), asked)], now)
        assert str(SOMEBODY) in everything(connection)
        forget_person(connection, SOMEBODY)
        assert str(SOMEBODY) not in everything(connection)


def test_who_erases_themselves_does_not_erase_what_they_did_in_the_console(
    connection: Connection, now: datetime
) -> None:
    looked = AuditEntry(now, SOMEBODY, "客服", "order_shown", "order:1")
    record(connection, looked)
    forget_person(connection, SOMEBODY)
    (kept,) = audit_entries(connection, Filter(), 10)
    assert (kept.user, kept.about) == (SOMEBODY, "order:1")


def test_what_was_done_to_a_person_stays_and_to_whom_is_forgotten(
    connection: Connection, now: datetime
) -> None:
    record(connection, AuditEntry(now, ANOTHER, "客服", "unbound", f"person:{SOMEBODY}"))
    record(connection, AuditEntry(now, ANOTHER, "客服", "unbound", f"person:{SOMEBODY}7"))
    forget_person(connection, SOMEBODY)
    kept = audit_entries(connection, Filter(), 10)
    assert [each.about for each in kept] == [f"person:{SOMEBODY}7", "person:"]


def test_everything_that_is_kept_is_handed_out(filled: Engine) -> None:
    with filled.begin() as connection:
        kept = everything_kept(connection, SOMEBODY)
    said = json.dumps(kept, ensure_ascii=False)
    named = {table.name for table in PERSONAL if "user" in table.c} - NOT_EXPORTED
    assert named - {"people", "bindings"} == set(kept) - {"telegram_id", "accounts", "profile"}
    assert kept["profile"]["language"]
    assert [each["name"] for each in kept["accounts"]] == ["小林"]
    assert str(ANOTHER) not in said
