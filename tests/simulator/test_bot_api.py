"""The emulator serves python-telegram-bot's own client, unmodified."""

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator.demo import DemoServer

ANNA = 1001


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
