"""What people do beyond writing to the bot: in groups and topics, with files, inline, again."""

import re
from dataclasses import replace

from bot.simulator.contents import captioned, worded
from bot.simulator.documents import Document
from bot.simulator.entities import (
    Entity,
    FormattedText,
    cleaned,
    settled,
    utf16_length,
    with_detected,
)
from bot.simulator.groups import Group
from bot.simulator.messages import Message
from bot.simulator.people import Person
from bot.simulator.refusal import bad_request
from bot.simulator.telegram_world import MessageReference, TelegramWorld

__all__ = ["Crowd"]

_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{5,32}")


class Crowd:
    """The people of one world; what they do becomes updates for the bot."""

    def __init__(self, world: TelegramWorld) -> None:
        """Move the people of this world."""
        self._world = world
        self._last_query = 0

    def say(
        self,
        person: int,
        text: str,
        chat: int | None = None,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
    ) -> Message:
        """Somebody writes to the bot, or in a group, or in a topic of it."""
        content = _mentioning(worded(settled(cleaned(text), ())))
        return self._sent(person, chat, content, thread, reply_to)

    def send(
        self,
        person: int,
        document: Document,
        caption: str = "",
        chat: int | None = None,
        *,
        thread: int | None = None,
    ) -> Message:
        """Somebody sends a picture or a file."""
        content = captioned(settled(cleaned(caption), ()))
        return self._sent(person, chat, content, thread, None, document)

    def edit(self, person: int, message: int, text: str, chat: int | None = None) -> Message:
        """Somebody changes what they wrote."""
        found = self._world.message(MessageReference(chat or person, message), "not found")
        if found.by_bot or found.sender["id"] != person:
            raise bad_request("message can't be edited")
        content = _mentioning(worded(settled(cleaned(text), ())))
        changed = self._world.put(replace(found, content=content, edit_date=found.date + 1))
        self._world.queue("edited_message", self._world.shape(changed))
        return changed

    def ask_inline(self, person: int, text: str) -> str:
        """Somebody types after the bot's name; returns the query's id."""
        self._last_query += 1
        query = f"inline{self._last_query}"
        sender = self._world.people[person].as_user()
        self._world.queue(
            "inline_query", {"id": query, "from": sender, "query": text, "offset": ""}
        )
        return query

    def tell_standing(self, person: int, chat: int, status: str) -> None:
        """Telegram tells the bot that it was blocked, removed, or let in again."""
        place = self._place(chat)
        if isinstance(place, Group):
            place.without_bot = status in ("left", "kicked")
        member = {"user": self._world.bot.as_user()}
        self._world.queue(
            "my_chat_member",
            {
                "chat": place.as_chat(),
                "from": self._world.people[person].as_user(),
                "date": 0,
                "old_chat_member": {**member, "status": "member"},
                "new_chat_member": {**member, "status": status},
            },
        )

    def _sent(
        self,
        person: int,
        chat: int | None,
        content: FormattedText,
        thread: int | None,
        reply_to: int | None,
        document: Document | None = None,
    ) -> Message:
        place = self._place(chat or person)
        sender = self._world.people[person].as_user()
        if isinstance(place, Group):
            self._world.groups.check_topic(place.id, thread)
        else:
            self._world.block(person, blocked=False)
        message = self._world.post(place, sender, content, None, reply_to, document, thread=thread)
        self._world.queue("message", self._world.shape(message))
        return message

    def _place(self, chat: int) -> Person | Group:
        group = next((each for each in self._world.groups if each.id == chat), None)
        if group is None and chat not in self._world.people:
            raise bad_request("chat not found")
        return group or self._world.people[chat]


def _mentioning(content: FormattedText) -> FormattedText:
    """The content with its mentions marked, as Telegram does."""
    marked = with_detected(content)
    mentions = tuple(
        Entity("mention", utf16_length(content.text[: found.start()]), len(found[0]))
        for found in _MENTION.finditer(content.text)
    )
    found = sorted((*marked.entities, *mentions), key=lambda entity: entity.offset)
    return replace(marked, entities=tuple(found))
