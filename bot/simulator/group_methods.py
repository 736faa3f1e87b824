"""The Bot API's methods for forum topics, copies and inline queries."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.simulator.entities import FormattedText, utf16_length
from bot.simulator.groups import MAX_TOPIC_NAME, Group
from bot.simulator.html import HtmlError, parse_html
from bot.simulator.parameters import Parameters
from bot.simulator.refusal import bad_request
from bot.simulator.telegram_world import Change, MessageReference, TelegramWorld

__all__ = ["GROUP_METHODS", "topic_of"]

MAX_RESULTS = 50
MAX_RESULT_ID = 64
_SERVICE = FormattedText("话题", ())
"""Stands for the notice with which a topic begins."""


def topic_of(parameters: Parameters) -> int | None:
    """The topic a call writes to, if it names one."""
    return parameters.number("message_thread_id") or None


def _create_forum_topic(world: TelegramWorld, parameters: Parameters) -> object:
    group = world.groups.forum(parameters.chat())
    name = parameters.text("name").strip()
    if not 1 <= utf16_length(name) <= MAX_TOPIC_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic title is too long")
    begun = world.post(group, world.bot.as_user(), _SERVICE)
    group.topics[begun.id] = name
    _tell_topics(world, group)
    return {"message_thread_id": begun.id, "name": name, "icon_color": 0x6FB9F0}


def _close_forum_topic(world: TelegramWorld, parameters: Parameters) -> object:
    world.groups.close_topic(parameters.chat(), parameters.number("message_thread_id"))
    _tell_topics(world, world.groups.forum(parameters.chat()))
    return True


def _tell_topics(world: TelegramWorld, group: Group) -> None:
    world.tell(Change("topics", group.id, content={"topics": group.topics_shown()}))


def _copy_message(world: TelegramWorld, parameters: Parameters) -> object:
    source = MessageReference(parameters.number("from_chat_id"), parameters.number("message_id"))
    original = world.message(source, "message to copy not found")
    copied = world.send(
        parameters.chat(),
        original.content,
        document=original.document,
        thread=topic_of(parameters),
    )
    return {"message_id": copied.id}


def _answer_inline_query(world: TelegramWorld, parameters: Parameters) -> object:
    results = parameters.structure("results")
    if not isinstance(results, list) or len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    found = [_article(each) for each in results]
    if len({each["id"] for each in found}) != len(found):
        raise bad_request("RESULT_ID_DUPLICATE")
    content = {
        "query_id": parameters.text("inline_query_id"),
        "results": found,
        "is_personal": parameters.flag("is_personal"),
    }
    world.tell(Change("inline", content=content))
    return True


def _article(result: object) -> dict[str, object]:
    """A result with its words as they would be sent; Refusal if Telegram would not take it."""
    if not isinstance(result, Mapping) or result.get("type") != "article":
        raise bad_request("can't parse inline query result")
    said = result.get("input_message_content")
    if not isinstance(said, Mapping) or said.get("parse_mode") != "HTML":
        raise bad_request("can't parse input message content")
    if not 1 <= len(str(result.get("id", "")).encode()) <= MAX_RESULT_ID:
        raise bad_request("RESULT_ID_INVALID")
    if not result.get("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    try:
        words = parse_html(str(said.get("message_text", "")))
    except HtmlError as error:
        raise bad_request(f"can't parse entities: {error}") from None
    return {**result, "text": words.text}


GROUP_METHODS: Mapping[str, Callable[[TelegramWorld, Parameters], object]] = MappingProxyType(
    {
        "createforumtopic": _create_forum_topic,
        "closeforumtopic": _close_forum_topic,
        "copymessage": _copy_message,
        "answerinlinequery": _answer_inline_query,
    }
)
