"""As of when the data are (数据截至): on every card, and where an order is not there yet."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.desk.desk import Desk
from bot.desk.facts import Dialogue
from bot.desk.incoming import Incoming
from bot.desk.replies import Say
from bot.desk.snapshot import Snapshot
from bot.store.creators import add_creator, make_binding_code
from bot.store.people import Acquaintance, bind, remember
from bot.store.snapshot import load_facts
from knowledge.entry import KnowledgeBase
from knowledge.matcher import Matcher
from settlement.rulebook import shipped_rulebook
from tests.platform_server.server import PlatformServer
from tests.sync.fetching import begin_at, keys_for, known, promoters_known, syncing
from tests.sync.test_pushes import import_facts

OWNER, STRANGER = 7, 8
SECRET = b"s" * 16


class Chat:
    """Asks the desk about what stands in the store."""

    def __init__(self, engine: Engine, server: PlatformServer) -> None:
        """By the platform's clock."""
        self._engine = engine
        self._server = server
        knowledge = KnowledgeBase()  # nobody asks a question here
        snapshot = Snapshot(knowledge, Matcher(knowledge), shipped_rulebook(), "test")
        self._desk = Desk(lambda: snapshot, SECRET, "mingzhang_bot")

    def __call__(self, text: str, user: int = OWNER) -> str:
        incoming = Incoming(1, user, user, text=text)
        wanted = self._desk.wanted(incoming)
        with self._engine.connect() as connection:
            facts = load_facts(connection, {user: wanted}, self._server.now)[user]
        answered = self._desk.answer(incoming, facts, self._server.now)
        return " ".join(each.html for each in answered.replies if isinstance(each, Say))


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
async def taobao() -> AsyncIterator[PlatformServer]:
    async with PlatformServer({"taobao": 20}, days=1) as server:
        yield server


@pytest.fixture
def chat(engine: Engine, taobao: PlatformServer) -> Chat:
    promoters_known(engine, "taobao", taobao.now)
    begin_at(engine, keys_for(taobao, "taobao"), taobao.now - timedelta(days=2))
    sale = next(iter(taobao.desks["taobao"].book.sales.values()))
    with engine.begin() as connection:
        now = taobao.now
        for user, number in ((OWNER, sale.creator), (STRANGER, (sale.creator + 1) % 20)):
            creator = add_creator(connection, f"达人{number}", now)
            remember(connection, [Acquaintance(user, user, "七", "zh", Dialogue())], now)
            bind(connection, user, make_binding_code(connection, creator, now), now)
    return Chat(engine, taobao)


async def test_a_card_says_up_to_when_the_platform_was_asked(
    engine: Engine, taobao: PlatformServer, chat: Chat
) -> None:
    sale = next(iter(taobao.desks["taobao"].book.sales.values()))
    async with syncing(engine, taobao) as sync:
        assert await sync.turn()
        assert "数据截至 9月20日 14:00" in chat(sale.order)
        taobao.move(timedelta(minutes=30))
        assert await sync.turn()  # nothing has changed: that is known now
        assert "数据截至 9月20日 14:30" in chat(sale.order)
    taobao.move(timedelta(hours=3))
    renamed = known(engine, "taobao")[sale.order] | {"item": "改了名的茶"}
    import_facts(engine, sale, taobao.now, renamed)
    assert "数据截至 9月20日 17:30" in chat(sale.order)  # when the report was exported


async def test_an_order_not_there_yet_is_answered_with_as_of_when_the_data_are(
    engine: Engine, taobao: PlatformServer, chat: Chat
) -> None:
    number = "2199999999999999999"
    assert "数据截至" not in chat(number)
    async with syncing(engine, taobao) as sync:
        assert await sync.turn()
    assert "数据截至 淘宝/天猫 9月20日 14:00" in chat(number)
    sale = next(iter(taobao.desks["taobao"].book.sales.values()))
    # somebody else's order and one nobody has: the same words
    foreign, nobodys = chat(sale.order, STRANGER), chat(number, STRANGER)
    assert foreign.replace(sale.order, "#") == nobodys.replace(number, "#")
