"""What the console keeps: roles, one-time links, sessions and the log, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.store.audit import AuditEntry, Filter, audit_entries, audit_kinds, record
from bot.store.signing_in import (
    LINK_LIFETIME,
    SESSION_IDLE,
    SESSION_LIFETIME,
    end_session,
    end_sessions_of,
    find_session,
    make_link,
    note_seen,
    open_session,
    use_link,
    use_once,
)
from bot.store.staff import (
    LOCAL,
    LastOwnerError,
    Member,
    StaffRole,
    give_role,
    members,
    role_of,
)
from bot.store.transactions import transact
from tests.store.conftest import NOW

ADMIN, ANNA, BO = 1, 2, 3
OWNER, EDITOR = StaffRole.OWNER, StaffRole.EDITOR


def give(
    connection: Connection, user: int, role: StaffRole | None, admins: tuple[int, ...] = ()
) -> None:
    member = Member(user, f"person {user}", role or StaffRole.VIEWER)
    give_role(connection, member, role, admins, LOCAL, NOW)


def test_roles_cover_those_before_them() -> None:
    covered = [[role.covers(other) for other in StaffRole] for role in StaffRole]
    assert covered == [[place <= own for place in range(4)] for own in range(4)]


def test_whom_the_settings_name_is_an_owner_whatever_was_given(connection: Connection) -> None:
    give(connection, ANNA, EDITOR, (ADMIN,))
    give(connection, ADMIN, StaffRole.VIEWER, (ADMIN,))
    assert role_of(connection, ADMIN, (ADMIN,)) is OWNER
    assert role_of(connection, LOCAL, ()) is OWNER
    assert role_of(connection, ANNA, (ADMIN,)) is EDITOR
    assert role_of(connection, BO, (ADMIN,)) is None
    assert members(connection, (ADMIN,)) == [
        Member(ADMIN, "person 1", OWNER, fixed=True),
        Member(ANNA, "person 2", EDITOR),
    ]


def test_a_role_is_changed_and_taken(connection: Connection) -> None:
    give(connection, BO, OWNER)
    give(connection, ANNA, EDITOR)
    give(connection, ANNA, StaffRole.AGENT)
    assert role_of(connection, ANNA, ()) is StaffRole.AGENT
    give(connection, ANNA, None)
    assert role_of(connection, ANNA, ()) is None


@pytest.mark.parametrize("role", [None, EDITOR])
def test_the_last_owner_stays(connection: Connection, role: StaffRole | None) -> None:
    give(connection, ANNA, OWNER)
    give(connection, BO, EDITOR)
    with pytest.raises(LastOwnerError):
        give(connection, ANNA, role)
    assert role_of(connection, ANNA, ()) is OWNER
    give(connection, ANNA, role, (ADMIN,))  # with an owner in the settings they may go
    assert role_of(connection, ANNA, ()) is role


def test_two_owners_cannot_take_each_others_role_at_once(engine: Engine) -> None:
    with engine.begin() as connection:
        give(connection, ANNA, OWNER)
        give(connection, BO, OWNER)

    def take(user: int) -> bool:
        try:
            transact(engine, lambda connection: give(connection, user, None))
        except LastOwnerError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        taken = list(threads.map(take, (ANNA, BO)))
    assert sorted(taken) == [False, True]


def test_a_link_is_used_by_one_of_many_at_once(engine: Engine) -> None:
    with engine.begin() as connection:
        code = make_link(connection, ANNA, "anna", NOW)

    def use(_: int) -> object:
        return transact(engine, lambda connection: use_link(connection, code, NOW))

    with ThreadPoolExecutor(4) as threads:
        used = list(threads.map(use, range(8)))
    assert [each for each in used if each] == [(ANNA, "anna")]


def test_links_end_and_are_forgotten(connection: Connection) -> None:
    code = make_link(connection, ANNA, "anna", NOW)
    later = NOW + LINK_LIFETIME
    assert use_link(connection, code, later) is None
    make_link(connection, BO, "bo", later + timedelta(seconds=1))
    assert use_link(connection, code, NOW) is None


def test_a_proof_counts_once_until_it_is_worth_nothing(connection: Connection) -> None:
    until = NOW + timedelta(days=1)
    assert use_once(connection, "proof", until, NOW)
    assert not use_once(connection, "proof", until, until)
    assert use_link(connection, "proof", NOW) is None


def test_sessions_end_by_idleness_age_and_leaving(connection: Connection) -> None:
    tokens = [open_session(connection, ANNA, "anna", NOW) for _ in range(3)]
    session = find_session(connection, tokens[0], NOW)
    assert session is not None
    assert (session.user, session.name, session.made_at) == (ANNA, "anna", NOW)
    idle = NOW + SESSION_IDLE
    assert find_session(connection, tokens[0], idle) is None
    note_seen(connection, session, idle)
    assert find_session(connection, tokens[0], idle)
    note_seen(connection, session, NOW)  # a clock set back takes nothing away
    assert find_session(connection, tokens[0], idle)
    end_session(connection, session)
    assert find_session(connection, tokens[0], NOW) is None
    end_sessions_of(connection, ANNA)
    assert find_session(connection, tokens[1], NOW) is None
    old = open_session(connection, ANNA, "anna", NOW - SESSION_LIFETIME)
    assert find_session(connection, old, NOW - timedelta(seconds=1)) is None


@pytest.fixture
def logged(connection: Connection) -> Connection:
    for place, (user, kind, about) in enumerate(
        [
            (ANNA, "order_seen", "order:jd:1"),
            (BO, "order_seen", "order:jd:2"),
            (ANNA, "role_changed", "person:3"),
        ]
    ):
        at = NOW + timedelta(days=place)
        record(connection, AuditEntry(at, user, f"person {user}", kind, about, {"n": place}))
    return connection


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Filter(), [2, 1, 0]),
        (Filter(kind="order_seen"), [1, 0]),
        (Filter(user=ANNA), [2, 0]),
        (Filter(about="order:jd:2"), [1]),
        (Filter(since=NOW + timedelta(days=1)), [2, 1]),
        (Filter(kind="order_seen", user=ANNA), [0]),
    ],
)
def test_the_log_is_read_latest_first(
    logged: Connection, sought: Filter, found: list[int]
) -> None:
    assert [each.detail["n"] for each in audit_entries(logged, sought, 10)] == found


def test_the_log_is_read_in_pages(logged: Connection) -> None:
    first = audit_entries(logged, Filter(), 2)
    rest = audit_entries(logged, Filter(before=first[-1].id), 2)
    assert [each.detail["n"] for each in (*first, *rest)] == [2, 1, 0]
    assert audit_kinds(logged) == ["order_seen", "role_changed"]
