"""The button under a broadcast, and the ways back: pressed at the real desk, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC
from itertools import count

import pytest
from sqlalchemy import Engine, select

from bot.desk.broadcasts import broadcast_message
from bot.desk.desk import Desk
from bot.desk.incoming import Incoming
from bot.desk.replies import Button
from bot.intake import Intake, Received
from bot.store.exporting import everything_kept
from bot.store.tables import opt_outs, outbox
from bot.store.transactions import transact
from tests.broadcasts.conftest import WORDS
from tests.broadcasts.stage import SECRET, SHANGHAI, Hand, Post
from tests.conversations.understanding import shipped_snapshot

MESSAGE = 77
AGAIN, NO_MORE = "📣 恢复接收通知", "🔕 不再接收通知"


class Chat:
    """One person's chat with the real desk; `buttons` are those that were shown last."""

    def __init__(self, engine: Engine, hand: Hand, user: int) -> None:
        self._engine = engine
        desk = Desk(shipped_snapshot, SECRET, None, SHANGHAI)
        self._intake = Intake(desk, 4, hand.now)
        self._user = user
        self._updates: Iterator[int] = count(1)
        self.buttons: dict[str, str] = {}

    def shown(self, button: Button) -> None:
        """A message with this button stands in the chat."""
        self.buttons = {button.label: button.token or ""}

    def press(self, label: str) -> str:
        """Press a button that was shown; the toast."""
        return self._exchange(button=self.buttons[label], button_query="q", message=MESSAGE)

    def say(self, text: str) -> str:
        """Say something; the answer."""
        return self._exchange(text=text, message=MESSAGE - 1)

    def _exchange(self, **said: object) -> str:
        number = next(self._updates)
        incoming = Incoming(number, self._user, self._user, **said)  # type: ignore[arg-type]
        task = self._intake.prepare(Received(number, {}, incoming))
        transact(self._engine, lambda connection: self._intake.handle(connection, [task]))
        with self._engine.connect() as connection:
            mine = outbox.c.key.startswith(f"4:{number}:")
            found = select(outbox.c.payload).where(mine).order_by(outbox.c.id)
            payloads = list(connection.execute(found).scalars())
        rows = [row for each in payloads for row in each.get("buttons", [])]
        self.buttons = {button["label"]: button["token"] for row in rows for button in row}
        return " ".join(str(each.get("text") or each.get("html") or "") for each in payloads)


@pytest.fixture
def chat(engine: Engine, hand: Hand, people: Callable[..., None]) -> Chat:
    people(7)
    chat = Chat(engine, hand, 7)
    chat.shown(broadcast_message(WORDS, "zh", 7, SECRET).buttons[0][0])
    return chat


def opted_out(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(select(opt_outs.c.user)).scalars())


def test_one_tap_ends_broadcasts_and_one_begins_them_again(engine: Engine, chat: Chat) -> None:
    assert "不再给你发通知；到账提醒照常" in chat.press(NO_MORE)
    assert opted_out(engine) == [7]
    assert list(chat.buttons) == [AGAIN]
    assert "恢复接收通知" in chat.press(AGAIN)
    assert opted_out(engine) == []
    assert list(chat.buttons) == [NO_MORE]


def test_the_button_is_good_for_nobody_else(engine: Engine, hand: Hand, chat: Chat) -> None:
    stranger = Chat(engine, hand, 8)
    stranger.buttons = chat.buttons
    assert "按钮已过期" in stranger.press(NO_MORE)
    assert opted_out(engine) == []


def test_the_page_of_reminders_has_a_way_back_for_whoever_opted_out(
    engine: Engine, chat: Chat
) -> None:
    chat.say("/reminders")
    assert AGAIN not in chat.buttons
    chat.shown(broadcast_message(WORDS, "zh", 7, SECRET).buttons[0][0])
    chat.press(NO_MORE)
    chat.say("/reminders")
    chat.press(AGAIN)
    assert opted_out(engine) == []
    assert AGAIN not in chat.buttons
    assert "/bind" in chat.say("/reminders")
    assert AGAIN not in chat.buttons


def test_who_opted_out_hears_of_it_in_the_export(engine: Engine, chat: Chat, hand: Hand) -> None:
    chat.press(NO_MORE)
    with engine.connect() as connection:
        kept = everything_kept(connection, 7)
    assert kept["opt_outs"] == [{"opted_out_at": hand.now().astimezone(UTC).isoformat()}]


def test_nothing_is_sent_from_the_outbox_after_the_tap(
    post: Post, chat: Chat, begin: Callable[..., object]
) -> None:
    begin()
    post.turn()
    assert post.waiting() == [7]
    chat.press(NO_MORE)
    with post.engine.connect() as connection:
        left = select(outbox.c.key).where(outbox.c.key.startswith("broadcast:"))
        assert list(connection.execute(left).scalars()) == []
