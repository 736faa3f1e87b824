"""The Bot API's methods, one function each: parameters in, result out, or a Refusal."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aiohttp.web import FileField

from bot.simulator.documents import Document
from bot.simulator.entities import FormattedText, cleaned, settled
from bot.simulator.group_methods import GROUP_METHODS, topic_of
from bot.simulator.html import HtmlError, parse_html
from bot.simulator.keyboards import accepted_markup
from bot.simulator.parameters import Parameters
from bot.simulator.refusal import bad_request
from bot.simulator.telegram_world import MessageReference, TelegramWorld
from bot.simulator.updates import wanted_kinds
from bot.simulator.webhook import NO_WEBHOOK, accepted_webhook

__all__ = ["METHODS"]

Method = Callable[[TelegramWorld, Parameters], object]

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
)


def _get_me(world: TelegramWorld, _parameters: Parameters) -> object:
    return world.bot.as_me()


def _send_message(world: TelegramWorld, parameters: Parameters) -> object:
    chat = parameters.chat()
    content = _content(parameters)
    markup = accepted_markup(parameters.values.get("reply_markup"))
    reply_to = _reply_to(world, chat, parameters)
    thread = topic_of(parameters)
    return world.shape(world.send(chat, content, markup, reply_to, thread=thread))


def _send_document(world: TelegramWorld, parameters: Parameters) -> object:
    return _send_file(world, parameters, _document(world, parameters.values.get("document")))


def _send_photo(world: TelegramWorld, parameters: Parameters) -> object:
    return _send_file(world, parameters, _photo(world, parameters.values.get("photo")))


def _send_file(world: TelegramWorld, parameters: Parameters, document: Document) -> object:
    chat = parameters.chat()
    caption = _formatted(parameters.text("caption"), parameters)
    markup = accepted_markup(parameters.values.get("reply_markup"))
    reply_to = _reply_to(world, chat, parameters)
    thread = topic_of(parameters)
    return world.shape(world.send(chat, caption, markup, reply_to, document, thread))


def _get_file(world: TelegramWorld, parameters: Parameters) -> object:
    return world.documents.fetchable(parameters.text("file_id")).as_file()


def _edit_message_text(world: TelegramWorld, parameters: Parameters) -> object:
    reference = _reference(parameters)
    content = _content(parameters)
    markup = accepted_markup(parameters.values.get("reply_markup"))
    return world.shape(world.edit(reference, content, markup))


def _edit_message_reply_markup(world: TelegramWorld, parameters: Parameters) -> object:
    markup = accepted_markup(parameters.values.get("reply_markup"))
    return world.shape(world.edit(_reference(parameters), None, markup))


def _delete_message(world: TelegramWorld, parameters: Parameters) -> object:
    world.delete(_reference(parameters))
    return True


def _send_chat_action(world: TelegramWorld, parameters: Parameters) -> object:
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.show_action(parameters.chat(), action)
    return True


def _set_message_reaction(world: TelegramWorld, parameters: Parameters) -> object:
    world.react(_reference(parameters), _reaction(parameters.structure("reaction")))
    return True


def _answer_callback_query(world: TelegramWorld, parameters: Parameters) -> object:
    toast = {"text": parameters.text("text"), "show_alert": parameters.flag("show_alert")}
    world.answer_press(parameters.text("callback_query_id"), toast)
    return True


def _set_my_commands(world: TelegramWorld, parameters: Parameters) -> object:
    commands = parameters.structure("commands")
    world.set_commands(commands, *_menu(parameters))
    return True


def _delete_my_commands(world: TelegramWorld, parameters: Parameters) -> object:
    world.set_commands([], *_menu(parameters))
    return True


def _get_my_commands(world: TelegramWorld, parameters: Parameters) -> object:
    return world.commands.get(*_menu(parameters))


def _set_webhook(world: TelegramWorld, parameters: Parameters) -> object:
    webhook = accepted_webhook(
        parameters.text("url"),
        parameters.text("secret_token"),
        parameters.number("max_connections"),
    )
    if "allowed_updates" in parameters.values:
        world.updates.allow(wanted_kinds(parameters.structure("allowed_updates")))
    world.set_webhook(webhook, parameters.flag("drop_pending_updates"))
    return True


def _delete_webhook(world: TelegramWorld, parameters: Parameters) -> object:
    world.set_webhook(NO_WEBHOOK, parameters.flag("drop_pending_updates"))
    return True


def _get_webhook_info(world: TelegramWorld, _parameters: Parameters) -> object:
    return world.webhook.as_json(len(world.updates), world.webhook_error)


def _content(parameters: Parameters) -> FormattedText:
    source = parameters.text("text")
    if not source:
        raise bad_request("message text is empty")
    return _formatted(source, parameters)


def _formatted(source: str, parameters: Parameters) -> FormattedText:
    if parameters.values.get("entities") or parameters.values.get("caption_entities"):
        raise bad_request("this emulator reads formatting from parse_mode HTML only")
    mode = parameters.text("parse_mode").lower()
    if mode not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    if not mode:
        return settled(cleaned(source), ())
    try:
        return parse_html(source)
    except HtmlError as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _document(world: TelegramWorld, sent: object) -> Document:
    """A file that is uploaded, or one that Telegram has already."""
    if isinstance(sent, FileField):
        kind = sent.content_type or "application/octet-stream"
        return world.documents.keep(sent.filename, kind, sent.file.read())
    if isinstance(sent, str) and sent:
        return world.documents.find(sent)
    raise bad_request("there is no document in the request")


def _photo(world: TelegramWorld, sent: object) -> Document:
    if isinstance(sent, FileField):
        return world.documents.keep_photo(sent.filename, sent.file.read())
    if isinstance(sent, str) and sent:
        return world.documents.find(sent)
    raise bad_request("there is no photo in the request")


def _reference(parameters: Parameters) -> MessageReference:
    chat = parameters.chat()
    message = parameters.number("message_id")
    if message <= 0:
        raise bad_request("message identifier is not specified")
    return MessageReference(chat, message)


def _reply_to(world: TelegramWorld, chat: int, parameters: Parameters) -> int | None:
    """The message answered to, in the new or the old spelling; gone ones are refused."""
    wanted = parameters.structure("reply_parameters") or {
        "message_id": parameters.number("reply_to_message_id"),
        "allow_sending_without_reply": parameters.flag("allow_sending_without_reply"),
    }
    if not isinstance(wanted, Mapping) or not isinstance(wanted.get("message_id"), int):
        raise bad_request("can't parse reply parameters JSON object")
    message = wanted["message_id"]
    if not message or world.find(MessageReference(chat, message)):
        return message or None
    if wanted.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _reaction(reactions: object) -> str | None:
    if reactions in (None, []):
        return None
    first = reactions[0] if isinstance(reactions, list) else None
    if not isinstance(first, Mapping) or first.get("type") != "emoji":
        raise bad_request("can't parse reaction JSON object")
    emoji = str(first.get("emoji"))
    if emoji.removesuffix("\ufe0f") not in _REACTIONS:
        raise bad_request("REACTION_INVALID")
    return emoji


def _menu(parameters: Parameters) -> tuple[object, str]:
    return parameters.structure("scope"), parameters.text("language_code")


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "getme": _get_me,
        "sendmessage": _send_message,
        "senddocument": _send_document,
        "sendphoto": _send_photo,
        "getfile": _get_file,
        "editmessagetext": _edit_message_text,
        "editmessagereplymarkup": _edit_message_reply_markup,
        "deletemessage": _delete_message,
        "sendchataction": _send_chat_action,
        "setmessagereaction": _set_message_reaction,
        "answercallbackquery": _answer_callback_query,
        "setmycommands": _set_my_commands,
        "deletemycommands": _delete_my_commands,
        "getmycommands": _get_my_commands,
        "setwebhook": _set_webhook,
        "deletewebhook": _delete_webhook,
        "getwebhookinfo": _get_webhook_info,
        **GROUP_METHODS,
    }
)
