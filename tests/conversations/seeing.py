"""What people see in their chats during a step, and what they send without words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.messages import Message
from bot.simulator.people import BotAccount
from tests.conversations.expecting import expect_message, messages_told
from tests.conversations.staging import labels_of


@dataclass
class Seen:
    """What the bot did in one chat during a step."""

    said: list[Message] = field(default_factory=list)
    photos: list[Message] = field(default_factory=list)
    documents: list[Message] = field(default_factory=list)
    changed: list[Message] = field(default_factory=list)


def seen_in(messages: Iterable[Message], chat: int, known: Collection[tuple[int, int]]) -> Seen:
    """Sort the messages of a chat that are new or changed; `known` were there before."""
    seen = Seen()
    for message in messages:
        if not message.by_bot:
            continue
        if (chat, message.id) in known:
            seen.changed.append(message)
        elif message.document is None:
            seen.said.append(message)
        else:
            pictured = message.document.size is not None
            (seen.photos if pictured else seen.documents).append(message)
    return seen


def expect_seen(kind: str, messages: list[Message], expected: Any) -> None:
    """As `expect_messages`; what a picture or a file holds is compared where it is made."""
    wanted = [
        {key: value for key, value in each.items() if key not in ("holds", "name")}
        for each in messages_told(expected)
    ]
    shown = [f"{each.content.text}\n{labels_of(each)}" for each in messages]
    assert len(messages) == len(wanted), f"{kind}: {len(messages)} messages: {shown}"
    for message, words in zip(messages, wanted, strict=True):
        expect_message(message.content.text, labels_of(message), words)


def as_sent(step: Mapping[str, Any], bot: BotAccount) -> dict[str, object]:
    """A message without a text; in a group it is meant for the bot if it answers the bot."""
    names = {"caption": "caption", "album": "media_group_id"}
    content = {name: step[key] for key, name in names.items() if key in step}
    if step.get("in_group") and not step.get("unaddressed"):
        content["reply_to_message"] = {"from": bot.as_user()}
    return {step["sends"]: {}, **content}
