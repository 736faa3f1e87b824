from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.desk.facts import Dialogue, Facts, Wanted
from bot.desk.handoffs import CaseSought, HandOff, HandOffState
from bot.desk.incoming import Incoming
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.replies import Answered, Edit, Say
from bot.desk.topics import OpenTopic
from bot.store.chats import move_chat
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.handoffs import case_facts, forget_topic, note_root, note_topic, overdue_cases
from bot.store.letters import Kind
from bot.store.passing_on import CaseClosedError
from bot.store.tables import handoffs, outbox

BOT, USER, OPERATORS, STAFF = 4, 7, -900, 9
SAID = Say("x")
CHANGED = Edit(None, "y")


def write(connection: Connection, now: datetime, incoming: Incoming, *effects: object) -> None:
    answered = Answered((), effects, Dialogue())  # type: ignore[arg-type]
    write_exchanges(connection, BOT, [Exchange(incoming, Facts(), answered)], now)


def open_case(connection: Connection, now: datetime, update: int = 1, user: int = USER) -> None:
    late = now + timedelta(minutes=30)
    briefing = (OpenTopic("t"), SAID)
    effect = HandOver(f"N{user}", "为什么", OPERATORS, late, briefing, SAID)
    write(connection, now, Incoming(update, user, user, message=update), effect)


def own(connection: Connection, user: int = USER) -> HandOff | None:
    found = case_facts(connection, {user: Wanted(handoff=True)})
    return found[user].handoff if user in found else None


def sought(connection: Connection, wanted: CaseSought) -> HandOff | None:
    return case_facts(connection, {STAFF: Wanted(case=wanted)})[STAFF].case


@pytest.fixture
def case(connection: Connection, now: datetime) -> HandOff:
    open_case(connection, now)
    found = own(connection)
    assert found is not None
    return found


def test_a_case_is_opened_with_its_letters_in_order(
    connection: Connection, case: HandOff, now: datetime
) -> None:
    assert (case.number, case.state, case.language) == ("N7", HandOffState.WAITING, "zh")
    rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    assert [row.key for row in rows] == ["handoff:1:0", "handoff:1:1", "handoff:1:control"]
    assert {(row.chat, row.user, row.handoff, row.kind) for row in rows} == {
        (OPERATORS, USER, case.id, Kind.ANSWER)
    }


def test_a_person_has_one_open_case(connection: Connection, case: HandOff, now: datetime) -> None:
    open_case(connection, now, update=2)
    assert len(connection.execute(select(handoffs)).all()) == 1
    assert len(connection.execute(select(outbox)).all()) == 3
    write(connection, now, Incoming(3, USER, USER), EndHandOff(case.id, "creator", CHANGED))
    assert own(connection) is None
    open_case(connection, now, update=4)
    assert own(connection) != case


def test_a_case_is_found_as_the_operators_chat_names_it(
    connection: Connection, case: HandOff
) -> None:
    note_topic(connection, case.id, 70)
    connection.execute(outbox.update().where(outbox.c.id == 2).values(message=71, state="sent"))
    for wanted in (
        CaseSought(OPERATORS, number="N7"),
        CaseSought(OPERATORS, thread=70),
        CaseSought(OPERATORS, replied_to=71),
    ):
        assert sought(connection, wanted) == case


def test_a_case_is_found_nowhere_else(connection: Connection, case: HandOff) -> None:
    note_topic(connection, case.id, 70)
    connection.execute(outbox.update().where(outbox.c.id == 2).values(message=71, state="sent"))
    for wanted in (
        CaseSought(USER, number="N7"),
        CaseSought(-901, thread=70),
        CaseSought(-901, replied_to=71),
        CaseSought(OPERATORS, thread=71),
        CaseSought(OPERATORS, replied_to=70),
        CaseSought(OPERATORS),
    ):
        assert sought(connection, wanted) is None


def test_taken_it_is_not_overdue_any_more(
    connection: Connection, case: HandOff, now: datetime
) -> None:
    incoming = Incoming(2, STAFF, OPERATORS, private=False)
    write(connection, now, incoming, TakeOver(case.id, CHANGED))
    taken = own(connection)
    assert taken is not None
    assert taken.state is HandOffState.TAKEN
    assert overdue_cases(connection, BOT, now + timedelta(days=1)) == []


def test_who_waited_in_vain_is_told_once(
    connection: Connection, case: HandOff, now: datetime
) -> None:
    late = now + timedelta(minutes=30)
    assert overdue_cases(connection, BOT, late - timedelta(microseconds=1)) == []
    assert overdue_cases(connection, BOT + 1, late) == []
    assert [each.id for each in overdue_cases(connection, BOT, late)] == [case.id]
    assert overdue_cases(connection, BOT, late) == []


def test_an_edit_finds_what_was_passed_on(
    connection: Connection, case: HandOff, now: datetime
) -> None:
    passing = PassOn(case.id, OPERATORS, SAID, source=55)
    write(connection, now, Incoming(2, USER, USER, message=55), passing)
    wanted = Wanted(handoff=True, earlier=(USER, 55))
    [earlier] = case_facts(connection, {USER: wanted})[USER].earlier
    assert (earlier.key, earlier.handoff, earlier.plain) == ("4:2:case:0", case.id, True)
    nobodys = Wanted(handoff=True, earlier=(8, 55))
    assert case_facts(connection, {8: nobodys})[8].earlier == ()


def test_what_is_passed_on_into_a_case_just_closed_is_asked_again(
    connection: Connection, case: HandOff, now: datetime
) -> None:
    staff = Incoming(2, STAFF, OPERATORS, private=False)
    write(connection, now, staff, EndHandOff(case.id, "staff", CHANGED))
    passing = PassOn(case.id, OPERATORS, SAID, source=55)
    with pytest.raises(CaseClosedError, match="closed meanwhile"):
        write(connection, now, Incoming(3, USER, USER, message=55), passing)
    write(connection, now, Incoming(4, STAFF, OPERATORS, private=False), passing)


def test_a_group_that_moves_takes_its_cases_along(connection: Connection, case: HandOff) -> None:
    note_topic(connection, case.id, 70)
    move_chat(connection, BOT, OPERATORS, -1000)
    assert sought(connection, CaseSought(OPERATORS, thread=70)) is None
    moved = sought(connection, CaseSought(-1000, thread=70))
    assert moved is not None
    assert moved.id == case.id


def test_the_first_message_is_the_root_until_the_topic_is_gone(
    connection: Connection, case: HandOff
) -> None:
    note_topic(connection, case.id, 70)
    note_root(connection, case.id, 71)
    note_root(connection, case.id, 72)
    places = select(handoffs.c.topic, handoffs.c.root)
    assert connection.execute(places).one() == (70, 71)
    forget_topic(connection, case.id)
    assert connection.execute(places).one() == (None, None)
