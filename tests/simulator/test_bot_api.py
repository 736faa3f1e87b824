"""The emulator serves python-telegram-bot's own client, unmodified."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator.clock import MovableClock
from bot.simulator.demo import DemoServer
from bot.simulator.people import BotAccount, Person
from bot.simulator.telegram_world import Change, TelegramWorld

ANNA, BORIS = 1001, 1002


async def test_an_order_is_asked_about_and_its_card_edited(
    server: DemoServer, bot: telegram.Bot
) -> None:
    """A whole round: message, answer with buttons, press, edit, toast."""
    assert (await bot.get_me()).username == "mingzhang_demo_bot"

    server.world.say(ANNA, "佣金什么时候到账")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "佣金什么时候到账"

    details = InlineKeyboardButton("金额明细", callback_data="v1:details")
    card = await bot.send_message(
        ANNA,
        "<b>九月十五日</b>到账",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup([[details]]),
        reply_parameters=telegram.ReplyParameters(update.message.message_id),
    )
    assert card.text == "九月十五日到账"
    assert [(e.type, e.offset, e.length) for e in card.entities] == [("bold", 0, 5)]
    assert card.reply_to_message is not None

    server.world.press(ANNA, card.message_id, 0, 0)
    (pressed,) = await bot.get_updates(offset=update.update_id + 1)
    query = pressed.callback_query
    assert query is not None
    assert query.data == "v1:details"
    edited = await bot.edit_message_text("净佣金 15.00", ANNA, card.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.text == "净佣金 15.00"
    assert edited.reply_markup is None
    assert await query.answer("好的")


async def test_a_menu_is_chosen_by_scope_and_language(
    server: DemoServer, bot: telegram.Bot
) -> None:
    """The narrowest scope wins, then the person's language, then the general one."""
    await bot.set_my_commands([("start", "开始"), ("help", "帮助")])
    await bot.set_my_commands([("start", "Begin")], language_code="en")
    assert [c.description for c in await bot.get_my_commands(language_code="en")] == ["Begin"]

    shown = server.world.commands.shown_to
    assert [c["description"] for c in shown(ANNA, "zh-hans")] == ["开始", "帮助"]
    assert [c["description"] for c in shown(BORIS, "en-GB")] == ["Begin"]

    await bot.set_my_commands([("orders", "订单")], scope=telegram.BotCommandScopeChat(BORIS))
    assert [c["command"] for c in shown(BORIS, "en")] == ["orders"]
    await bot.delete_my_commands(scope=telegram.BotCommandScopeChat(BORIS))
    assert [c["description"] for c in shown(BORIS, "en")] == ["Begin"]


async def test_a_message_is_reacted_to_and_deleted(
    server: DemoServer, bot: telegram.Bot, clock: MovableClock
) -> None:
    question = server.world.say(ANNA, "/start b_1234")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.parse_entities(["bot_command"])
    await bot.set_message_reaction(ANNA, question.id, "👀")
    assert server.world.messages(ANNA)[0].reaction == "👀"
    await bot.set_message_reaction(ANNA, question.id)
    assert server.world.messages(ANNA)[0].reaction is None

    answer = await bot.send_message(ANNA, "请看 https://example.com/规则，谢谢")
    assert [e.type for e in answer.entities] == ["url"]
    assert answer.parse_entities() == {answer.entities[0]: "https://example.com/规则"}
    await bot.delete_message(ANNA, answer.message_id)
    assert [message.id for message in server.world.messages(ANNA)] == [question.id]

    clock.advance(3)
    with pytest.raises(telegram.error.BadRequest, match="can't be deleted for everyone"):
        await bot.delete_message(ANNA, question.id)


async def test_typing_and_toasts_reach_who_watches(server: DemoServer, bot: telegram.Bot) -> None:
    seen: list[Change] = []
    server.world.listen(seen.append)
    server.world.say(ANNA, "x")
    await bot.send_chat_action(ANNA, "typing")
    card = await bot.send_message(
        ANNA,
        "x",
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("🔔", callback_data="b")]]),
    )
    query = server.world.press(ANNA, card.message_id, 0, 0)
    await bot.answer_callback_query(query, "已订阅", show_alert=True)
    assert [change.kind for change in seen] == [
        "message", "update", "typing", "message", "update", "toast",
    ]  # fmt: skip
    assert seen[-1].content == {"query_id": query, "text": "已订阅", "show_alert": True}


async def test_a_blocked_bot_is_told_so_until_the_person_writes_again(
    server: DemoServer, bot: telegram.Bot
) -> None:
    server.world.say(ANNA, "x")
    server.world.block(ANNA)
    with pytest.raises(telegram.error.Forbidden):
        await bot.send_message(ANNA, "x")
    server.world.say(ANNA, "/start")
    assert (await bot.send_message(ANNA, "y")).text == "y"


async def test_update_ids_do_not_repeat_after_a_restart(clock: MovableClock) -> None:
    """A store that outlives the emulator must not take a new update for an old one."""

    def first_update(world: TelegramWorld) -> object:
        world.say(ANNA, "x")
        return world.updates.first(1)[0]["update_id"]

    def world() -> TelegramWorld:
        return TelegramWorld(BotAccount("1:x"), [Person(ANNA, "A")], clock.now)

    before = first_update(world())
    clock.advance(1)
    assert first_update(world()) != before
