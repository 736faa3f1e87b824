"""Whoever erases themselves is in no table, and in no byte of an SQLite file, any more."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from bot.store.forgetting import forget_settled
from bot.store.letters import State
from bot.store.tables import metadata, outbox
from settlement.model import Order, Platform
from tests.security.chatting import NOW, Chat, begin_chat, code_for

PERSON, NAME = 7_654_321_098, "雁字回时"
QUESTION, APPLICATION, TROUBLE = "紫藤花开没开", "青石好物铺", "黄鹤一去不复返"
SET_ASIDE, AWAITED, OWN = "锦瑟无端五十弦", "268309991231", "2483920174658301"
SEEDS = (str(PERSON), NAME, QUESTION, APPLICATION, TROUBLE, SET_ASIDE, AWAITED)


@pytest.fixture
def chat(engine: Engine) -> Chat:
    return begin_chat(engine, PERSON, NAME)


def live(chat: Chat) -> None:
    """Leave traces wherever somebody can."""
    chat.say("/bind")
    chat.press("申请")
    chat.press("抖音")
    chat.say(APPLICATION)
    own = Order(platform=Platform.TAOBAO, order_number=OWN)
    chat.say(f"/start b_{code_for(chat.engine, '小林', own)}")
    chat.say(OWN)
    chat.press("到账提醒")
    chat.say(AWAITED)
    chat.press("告诉我")
    chat.say(QUESTION)
    chat.say("京东带货有成交额为什么没有佣金")
    chat.press("👎")
    chat.say(f"/human {TROUBLE}")
    chat.poison({"message": {"from": {"id": PERSON}, "text": SET_ASIDE}})


def erase(chat: Chat) -> None:
    chat.say("/privacy")
    chat.press("删除我的一切")
    chat.press("确认删除")


def be_told(engine: Engine) -> None:
    """Let everything arrive that waits, the goodbye too, and be forgotten."""
    with engine.begin() as connection:
        connection.execute(outbox.update().values(state=State.SENT, settled_at=NOW))
        forget_settled(connection, NOW + timedelta(seconds=1), 100)


def in_tables(engine: Engine) -> bytes:
    """All tables as the database itself writes them."""
    with engine.connect() as connection:
        return "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
        ).encode()


def in_files(engine: Engine, database: str) -> bytes:
    """Every byte of an SQLite file and of what lies beside it, closed as a bot leaves it."""
    engine.dispose()
    file = Path(make_url(database).database or "")
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def as_bytes(seed: str) -> list[bytes]:
    """How a seed may stand in a file: as text, escaped in JSON, or as a number."""
    escaped = seed.encode("unicode_escape")
    forms = [seed.encode(), escaped, escaped.replace(b"\\", b"\\\\")]
    return [*forms, PERSON.to_bytes(6, "big")] if seed == str(PERSON) else forms


def found(seeds: tuple[str, ...], kept: bytes) -> set[str]:
    return {seed for seed in seeds if any(form in kept for form in as_bytes(seed))}


def test_everything_said_is_kept_somewhere_and_nothing_after_erasing(
    engine: Engine, chat: Chat
) -> None:
    live(chat)
    assert found(SEEDS, in_tables(engine)) == set(SEEDS)
    erase(chat)
    be_told(engine)
    # The order is the creator's and stays.
    assert found((*SEEDS, OWN), in_tables(engine)) == {OWN}


# PostgreSQL gives the room of deleted rows back in its own time.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_byte_of_the_file_is_left(chat: Chat, database: str) -> None:
    """Old versions of rows, freed pages and the log included, without VACUUM."""
    live(chat)
    for number in range(200):
        chat.say(f"{QUESTION} {number}")
    assert found(SEEDS, in_files(chat.engine, database)) == set(SEEDS)
    erase(chat)
    be_told(chat.engine)
    assert found((*SEEDS, OWN), in_files(chat.engine, database)) == {OWN}
