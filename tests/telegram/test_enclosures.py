"""Pictures and files on their way: nothing is lost at a crash, and nothing holds up the chat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import Engine, select

from bot.desk.pictures import Figure, Picture, Sheet
from bot.desk.replies import Button, Document, Edit, Photo, Rearrange, Reply
from bot.intake import Intake
from bot.simulator.demo import DemoServer
from bot.simulator.messages import Message
from bot.store.letters import Kind, Letter, Outgoing, read_reply
from bot.store.outbox import enqueue
from bot.store.tables import outbox
from bot.telegram import payloads
from bot.telegram.payloads import UnsendableError, method_and_arguments
from bot.telegram.sender import Sender
from bot.telegram.transport import BotApi
from bot.writer import Writer
from tests.benchmarks.writer import EchoDesk
from tests.telegram.scripted import BOT, States, Until

Sending = Callable[[], AbstractAsyncContextManager[None]]

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
BUTTONS = ((Button("看订单", "v1x"),),)
PHOTO = Photo(
    Picture("zh", "我的佣金", "截至今天", (Figure("本月", "10.00 元"),)),
    "本月 <b>10.00</b> 元",
    BUTTONS,
)
SHEET = Document(
    "订单.xlsx",
    Sheet(
        "订单",
        ("订单号", "商品", "到手"),
        (2,),
        (("0012345678901234567", "=1+1", "-12.50"), ("2", "@x", "")),
    ),
    "2 笔订单",
    BUTTONS,
)
EXPORT = Document("mingzhang.json", '{"语言": "zh"}')


@pytest.fixture
def at_work(engine: Engine, api: BotApi, clock: Any) -> Sending:
    """A sender, for as long as the context lasts."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        writer = Writer(engine, Intake(EchoDesk(), BOT, clock.now))
        writer.start()
        sender = Sender(api, writer, clock.now, BOT)
        task = asyncio.create_task(sender.run())
        yield
        sender.stop()
        await task
        await asyncio.to_thread(writer.stop)

    return run


def row(reply: Reply, **more: Any) -> Outgoing:
    return Outgoing(1, Kind.ANSWER, 7, reply, 3, 1, more.get("repeated", False), NOW, NOW)


@pytest.mark.parametrize("reply", [PHOTO, SHEET, EXPORT])
def test_what_the_outbox_keeps_says_all_of_it(engine: Engine, reply: Reply) -> None:
    with engine.begin() as connection:
        enqueue(connection, [Letter("one", Kind.ANSWER, 1, reply)], NOW)
        kept = connection.execute(select(outbox.c.payload)).scalar_one()
    assert read_reply(Kind.ANSWER, kept) == reply


async def test_a_picture_and_files_arrive_with_words_and_buttons(
    at_work: Sending, server: DemoServer, engine: Engine, clock: Any, until: Until
) -> None:
    server.world.say(1, "你好")
    replies: tuple[Reply, ...] = (PHOTO, SHEET, EXPORT)
    letters = [Letter(f"{place}", Kind.ANSWER, 1, reply) for place, reply in enumerate(replies)]
    with engine.begin() as connection:
        enqueue(connection, letters, clock.now())
    async with at_work():
        await until(lambda: len(files_of(server)) == 3)
    photo, sheet, export = files_of(server)
    assert photo.content.text == "本月 10.00 元"
    assert photo.markup is not None
    assert sheet.content.text == "2 笔订单"
    contents = [each.document.content for each in (photo, sheet, export) if each.document]
    assert Image.open(BytesIO(contents[0])).size[0] == 1080
    cells = load_workbook(BytesIO(contents[1])).active
    assert cells is not None
    assert [[cell.value for cell in each] for each in cells.rows] == [
        ["订单号", "商品", "到手"],
        ["0012345678901234567", "=1+1", -12.5],
        ["2", "@x", None],
    ]
    assert {cell.data_type for each in cells.iter_rows(min_row=2, max_col=2) for cell in each} == {
        "s"
    }
    assert contents[2].decode() == EXPORT.content
    with engine.begin() as connection:
        kept = connection.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars().all()
    assert [each.get("content") for each in kept] == [None, "", ""]
    assert export.document is not None
    assert (export.document.name, export.document.kind) == ("mingzhang.json", "application/json")


async def test_a_picture_in_flight_at_a_crash_is_sent_again_as_a_reply(
    at_work: Sending,
    server: DemoServer,
    engine: Engine,
    clock: Any,
    until: Until,
    states: States,
) -> None:
    question = server.world.say(1, "我的佣金").id
    with engine.begin() as connection:
        enqueue(connection, [Letter("one", Kind.ANSWER, 1, PHOTO, 1, question)], clock.now())
        connection.execute(outbox.update().values(state="sending", attempts=1))
    async with at_work():
        await until(lambda: states() == {"one": "pending"})
        clock.instant += timedelta(minutes=1)
        await until(lambda: states() == {"one": "sent"})
    (photo,) = files_of(server)
    assert photo.reply_to == question


def test_a_picture_that_cannot_be_drawn_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Picture) -> bytes:
        raise OSError("no such font")

    monkeypatch.setattr(payloads, "paint", fail)
    method, arguments = method_and_arguments(row(PHOTO, repeated=True))
    assert method == "sendMessage"
    assert arguments["text"] == PHOTO.html
    assert arguments["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "v1x"
    assert arguments["reply_parameters"]["message_id"] == 3


def test_a_table_with_an_amount_that_is_none_is_refused_and_not_tried_for_days() -> None:
    broken = Document("订单.xlsx", Sheet("订单", ("到手",), (0,), (("十元",),)))
    with pytest.raises(UnsendableError, match="the workbook: InvalidOperation"):
        method_and_arguments(row(broken))


def test_other_buttons_leave_the_words_alone(engine: Engine) -> None:
    others = Rearrange(5, BUTTONS)
    method, arguments = method_and_arguments(row(others))
    assert method == "editMessageReplyMarkup"
    assert set(arguments) == {"chat_id", "message_id", "reply_markup"}
    edit = Edit(5, "改了")
    with engine.begin() as connection:
        letters = [Letter("edit", Kind.EDIT, 1, edit), Letter("others", Kind.EDIT, 1, others)]
        enqueue(connection, letters, NOW)
        kept = connection.execute(select(outbox.c.state, outbox.c.payload).order_by(outbox.c.id))
        said = [(state, read_reply(Kind.EDIT, payload)) for state, payload in kept]
    assert said == [("pending", edit), ("pending", others)], "neither takes the other's place"


def files_of(server: DemoServer) -> list[Message]:
    return [each for each in server.world.messages(1) if each.document is not None]
