"""Whatever Telegram, or somebody in its place, sends: it is handled or set aside (变异的更新)."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from bot.intake import Received
from bot.store.database import open_engine
from bot.store.tables import processed_updates, quarantine
from bot.telegram.dispatch import Me, read_update, unreadable
from bot.telegram.transport import parse_json
from bot.writer import Writer
from tests.examples import examples
from tests.security.chatting import BOT, begin_chat
from tests.security.hostile import WORDS

ME = Me(BOT, "mingzhang_bot")
WAIT_SECONDS = 300
AT_ONCE = 25
LIN = {"id": 7, "is_bot": False, "first_name": "林", "language_code": "zh-hans"}
PRIVATE, GROUP = {"id": 7, "type": "private"}, {"id": -100200, "type": "supergroup"}
WRITTEN = {"message_id": 3, "date": 1_790_000_000, "chat": PRIVATE, "from": LIN}
FILE = {"file_id": "f", "file_unique_id": "u", "file_name": "报表.csv", "file_size": 12}
UPDATES: tuple[dict[str, Any], ...] = (
    {"message": WRITTEN | {"text": "2483920174658301 为什么没有佣金"}},
    {"message": WRITTEN | {"text": "/start b_code", "entities": [{"type": "bot_command"}]}},
    {"message": WRITTEN | {"document": FILE, "caption": "达人：小雅"}},
    {"message": WRITTEN | {"chat": GROUP, "text": "@mingzhang_bot 佣金几号发"}},
    {"message": WRITTEN | {"chat": GROUP, "migrate_to_chat_id": -100300}},
    {"edited_message": WRITTEN | {"text": "佣金几号发"}},
    {
        "callback_query": {
            "id": "q",
            "from": LIN,
            "message": WRITTEN,
            "data": "v1AAAAAAAAAAAAAAAAc1",
        }
    },
    {"inline_query": {"id": "q", "from": LIN, "query": "佣金", "offset": ""}},
    {"my_chat_member": {"chat": PRIVATE, "from": LIN, "new_chat_member": {"status": "kicked"}}},
)
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e300, 2**53, 2**63, 2**70, "", "7", [], {}, [{}], {"id": 7}),
    *WORDS,
)


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as its container and key."""
    keys: Any = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from spots(value[key])


def mutated(number: int, dice: random.Random) -> bytes:
    """An update with a few places changed, or with a few bytes."""
    update = {"update_id": number} | copy.deepcopy(dice.choice(UPDATES))
    for _ in range(dice.randint(1, 3)):
        container, key = dice.choice(list(spots(update)))
        if dice.random() < 0.2 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = dice.choice(ODD)
        if not update:
            break
    body = bytearray(json.dumps(update, ensure_ascii=dice.random() < 0.5).encode(errors="replace"))
    if dice.random() < 0.1:
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body)


def received(body: bytes) -> Received | None:
    """As the webhook reads it."""
    try:
        return read_update(parse_json(body), ME)
    except ValueError:
        return unreadable(body, "the body is not JSON")


def test_entities_that_are_no_list_are_set_aside() -> None:
    message = WRITTEN | {"chat": GROUP, "text": "佣金几号发", "entities": 2**53}
    read = read_update({"update_id": 8, "message": message}, ME)
    assert read is not None
    assert read.problem == "entities: a list was expected"


def test_any_update_is_handled_or_set_aside_and_stops_nobody(sqlite_database: str) -> None:
    dice, engine = random.Random(7), open_engine(sqlite_database)  # noqa: S311
    writer = Writer(engine, begin_chat(engine, 7, "林").intake)
    writer.start()
    read = [received(mutated(1000 + number, dice)) for number in range(examples(120))]
    taken = [each for each in read if each is not None]
    for first in range(0, len(taken), AT_ONCE):
        writer.submit(taken[first : first + AT_ONCE]).result(WAIT_SECONDS)
    writer.stop()
    with engine.connect() as connection:
        done = set(connection.execute(select(processed_updates.c.update)).scalars())
        aside = set(connection.execute(select(quarantine.c.problem)).scalars())
    engine.dispose()
    assert {each.update for each in taken} - done == set()
    assert len(taken) > len(read) / 2
    # What is set aside could not be read; that the program failed on it would be its fault.
    assert [each for each in aside if "Error" in each.partition(":")[0]] == []
