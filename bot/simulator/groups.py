"""Groups of the simulated Telegram, with forum topics where they are forums."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.simulator.refusal import bad_request, forbidden

__all__ = ["Group", "Groups"]

MAX_TOPIC_NAME = 128


@dataclass(slots=True)
class Group:
    """A supergroup; in a forum each topic is named by its first message."""

    id: int
    title: str
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    without_bot: bool = False
    member: int | None = None
    """As whom one writes there on the page."""
    note: str = ""

    def as_chat(self) -> dict[str, object]:
        """Telegram's Chat."""
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": "supergroup", "title": self.title, **forum}

    def as_shown(self) -> dict[str, object]:
        """The group as the page shows it: whose it is, and its topics."""
        return self.as_chat() | {
            "member": self.member,
            "note": self.note,
            "topics": self.topics_shown(),
        }

    def topics_shown(self) -> list[dict[str, object]]:
        """The topics, oldest first."""
        return [
            {"id": thread, "name": name, "closed": thread in self.closed_topics}
            for thread, name in self.topics.items()
        ]


class Groups:
    """All groups of one world."""

    def __init__(self) -> None:
        """Begin without groups."""
        self._groups: dict[int, Group] = {}

    def __contains__(self, chat: int) -> bool:
        """Whether a chat is a group."""
        return chat in self._groups

    def __iter__(self) -> Iterator[Group]:
        """The groups, in the order in which they came."""
        return iter(self._groups.values())

    def add(self, group: Group) -> Group:
        """There is a group now, with the bot in it."""
        return self._groups.setdefault(group.id, group)

    def open_to_bot(self, chat: int) -> Group:
        """The group, if the bot may write there."""
        group = self._groups[chat]
        if group.without_bot:
            raise forbidden("bot was kicked from the supergroup chat")
        return group

    def check_topic(self, chat: int, thread: int | None) -> None:
        """Refuse a topic that is not there; None is outside of all topics."""
        if thread is not None and (
            chat not in self._groups or thread not in self._groups[chat].topics
        ):
            raise bad_request("message thread not found")

    def forum(self, chat: int) -> Group:
        """The group, if it has topics."""
        group = self._groups.get(chat)
        if group is None or not group.is_forum:
            raise bad_request("the chat is not a forum")
        return self.open_to_bot(chat)

    def close_topic(self, chat: int, thread: int) -> None:
        """Nobody but administrators writes in a topic any more."""
        group = self.forum(chat)
        self.check_topic(chat, thread)
        if thread in group.closed_topics:
            raise bad_request("TOPIC_NOT_MODIFIED")
        group.closed_topics.add(thread)

    def delete_topic(self, chat: int, thread: int) -> None:
        """An administrator deletes a topic."""
        del self._groups[chat].topics[thread]
