"""Messages that failed or may have arrived (发件箱): why, to whom, sent again or put aside."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.charts import Column, columns, keys
from bot.console.given import member_of, row_number
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.store.letters import Kind, State
from bot.store.staff import StaffRole
from bot.store.troubled import NotTroubledError, drop, resend
from bot.store.troubled_list import (
    Counted,
    Place,
    troubled_counts,
    troubled_letters,
    waiting_to_be_sent,
    words_of_letter,
)

__all__ = ["PAGE"]

ROWS = 50
DAYS = 14
TROUBLED = (State.UNCERTAIN, State.FAILED)
_PLACE = re.compile(r"([0-9]{1,17})\.([0-9]{1,18})", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The letters that fit the filter, and how many came to trouble day by day."""
    state, kind = member_of(State, visit.asked("state")), member_of(Kind, visit.asked("kind"))
    state = state if state in TROUBLED else None
    days = _days(visit)
    with visit.reads() as connection:
        found = troubled_letters(
            connection,
            state=state,
            kind=kind,
            after=_place(visit.asked("after")),
            count=ROWS + 1,
        )
        counted = troubled_counts(connection, days)
        waiting = waiting_to_be_sent(connection)
    return visit.show(
        "pages/outbox.html",
        status,
        problem=problem,
        state=state,
        kind=kind,
        letters=found[:ROWS],
        older=_older(state, kind, found[ROWS - 1].place) if len(found) > ROWS else "",
        waiting=waiting,
        sums=_sums(counted),
        chart=_chart(visit, days, counted) if counted else "",
    )


def words(visit: Visit) -> Response:
    """What one letter says: it may be about somebody's orders, so that it was read is kept."""
    row = visit.path("row")
    with visit.reads() as connection:
        said = words_of_letter(connection, row)
    if said is None:
        return visit.show("pages/outbox_words.html", 404, words=None)
    visit.looked("letter_read", f"letter:{row}")
    return visit.show("pages/outbox_words.html", words=said)


def send_again(visit: Visit) -> Response:
    """Put chosen letters back into the outbox."""

    def work(connection: Connection, rows: Collection[int]) -> None:
        resend(connection, rows, visit.now)

    return _with_chosen(visit, work, "letter_resent", "done_resent")


def put_aside(visit: Visit) -> Response:
    """Give chosen letters up; what they said is forgotten."""

    def work(connection: Connection, rows: Collection[int]) -> None:
        drop(connection, rows, visit.now)

    return _with_chosen(visit, work, "letter_dropped", "done_dropped")


def _with_chosen(
    visit: Visit, work: Callable[[Connection, Collection[int]], None], kind: str, said: str
) -> Response:
    chosen = {row_number(each) for each in visit.fields("row")}
    rows = {each for each in chosen if each is not None}
    if not rows or len(rows) > ROWS or len(rows) < len(chosen):
        return show(visit, "none_chosen", 422)

    def change(connection: Connection) -> None:
        work(connection, rows)
        for row in sorted(rows):
            visit.record(connection, kind, f"letter:{row}")

    try:
        visit.writes(change)
    except NotTroubledError:
        return show(visit, "changed_meanwhile", 409)
    return visit.back(said=said)


def _days(visit: Visit) -> list[datetime]:
    """The beginnings of the last days in the reader's zone, and the end of today."""
    zone = visit.manner.zone
    today = visit.now.astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    return [
        datetime.combine(first + timedelta(days=number), time(), zone).astimezone(UTC)
        for number in range(DAYS + 1)
    ]


def _sums(counted: Collection[Counted]) -> Counter[tuple[State, str]]:
    sums: Counter[tuple[State, str]] = Counter()
    for each in counted:
        sums[each.state, each.kind] += each.letters
    return sums


def _chart(visit: Visit, days: list[datetime], counted: Collection[Counted]) -> str:
    drawn = []
    for day in days[:-1]:
        of_day = [each for each in counted if each.since == day]
        values = [sum(e.letters for e in of_day if e.state is state) for state in TROUBLED]
        drawn.append(Column(str(visit.manner.day(day)), tuple(values)))
    series = [str(visit.say(f"state_{state.value}")) for state in TROUBLED]
    title = str(visit.say("by_day", days=DAYS))
    return columns(title, drawn, series, visit.manner.number) + keys(series)


def _place(text: str) -> Place | None:
    found = _PLACE.fullmatch(text)
    return Place(_EPOCH + int(found[1]) * _MICROSECOND, int(found[2])) if found else None


def _older(state: State | None, kind: Kind | None, place: Place) -> str:
    after = f"{(place.at - _EPOCH) // _MICROSECOND}.{place.id}"
    chosen = {"state": state.value if state else "", "kind": kind.value if kind else ""}
    return urlencode({name: value for name, value in chosen.items() if value} | {"after": after})


PAGE = Page(
    "outbox",
    "outbox",
    (
        get("", show),
        get("/{row:int}/words", words, StaffRole.AGENT),
        post("/resend", send_again, StaffRole.AGENT),
        post("/drop", put_aside, StaffRole.AGENT),
    ),
)
