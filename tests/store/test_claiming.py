"""Several senders on one database, and who gets a turn."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, Engine, select

from bot.desk.replies import Say
from bot.store.claiming import CHATS_AT_ONCE, Claimant, Room, claim
from bot.store.letters import Kind, Letter, State, Verdict
from bot.store.outbox import enqueue
from bot.store.settling import settle
from bot.store.tables import outbox
from tests.store.taking import BOT, FREE, take


def put(connection: Connection, now: datetime, chats: list[int], kind: Kind, each: int) -> None:
    letters = [
        Letter(f"{kind}:{chat}:{n}", kind, chat, Say(f"{n:03}"), bot=BOT)
        for n in range(each)
        for chat in chats
    ]
    enqueue(connection, letters, now)


def test_several_senders_send_each_row_once_and_each_chat_in_order(
    engine: Engine, now: datetime
) -> None:
    chats = list(range(1, 13))
    with engine.begin() as connection:
        put(connection, now, chats, Kind.ANSWER, 12)
        put(connection, now, chats, Kind.PUSH, 3)
    said: list[tuple[int, str, str]] = []
    in_flight: Counter[int] = Counter()
    most: list[int] = []
    watching = Lock()

    def send(owner: str) -> None:
        claimant = Claimant(BOT, owner)
        verdicts: list[Verdict] = []
        while True:
            with engine.begin() as connection:
                settle(connection, BOT, verdicts, now)
                left = connection.execute(
                    select(outbox.c.id).where(outbox.c.state.in_(("pending", "sending")))
                ).first()
                with watching:
                    in_flight.subtract(verdict.row.chat for verdict in verdicts)
                rows = claim(connection, claimant, Room(3, 2), FREE, now)
            if left is None:
                return
            with watching:
                in_flight.update(row.chat for row in rows)
                most.append(max(in_flight.values(), default=0))
                for row in rows:
                    assert isinstance(row.reply, Say)
                    said.append((row.chat, row.kind, row.reply.html))
            verdicts = [Verdict(row, State.SENT, now, message=1) for row in rows]

    with ThreadPoolExecutor(4) as senders:
        for done in [senders.submit(send, f"sender {number}") for number in range(4)]:
            done.result()
    assert len(said) == len(set(said)) == 12 * 15
    assert max(most) == 1
    for chat in chats:
        answers = [text for each, kind, text in said if each == chat and kind == Kind.ANSWER]
        assert answers == sorted(answers)


def test_every_chat_gets_its_turn_however_many_wait(connection: Connection, now: datetime) -> None:
    """Chats that can never be sent to do not hide those behind them."""
    chats = [*range(-CHATS_AT_ONCE, 0), *range(1, CHATS_AT_ONCE)]
    put(connection, now, chats, Kind.ANSWER, 1)
    taken: Counter[int] = Counter()
    for _ in range(2 * len(chats) // 64 + 2):
        # never settled, so they stay in flight
        taken.update(row.chat for row in take(connection, now, 64, 0))
    assert taken == Counter(chats)


def test_a_flood_hides_nobody(connection: Connection, now: datetime) -> None:
    put(connection, now, [1], Kind.ANSWER, 2000)
    put(connection, now, list(range(2, 20)), Kind.ANSWER, 1)
    rows = take(connection, now, 64, 5)
    assert sorted(row.chat for row in rows) == list(range(1, 20))
