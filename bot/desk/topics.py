"""What is sent beside words: forum topics, copies, answers to inline queries, command menus."""

from dataclasses import dataclass

__all__ = ["CloseTopic", "Copy", "InlineAnswer", "InlineResult", "OpenTopic", "ShowMenu"]


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """A forum topic for one case (话题), named by at most 128 characters."""

    topic: str


@dataclass(frozen=True, slots=True)
class CloseTopic:
    """The topic of a case is closed; without one nothing happens."""

    close_topic: bool = True


@dataclass(frozen=True, slots=True)
class Copy:
    """A message with a picture, a file or whatever else, copied from another chat (转发)."""

    copied_chat: int
    copied_message: int


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One answer offered while somebody types the bot's name; `html` is sent if it is chosen."""

    id: str
    title: str
    description: str
    html: str


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """The answer to an inline query (内联查询); nobody else is given the same from a cache."""

    query: str
    results: tuple[InlineResult, ...]


@dataclass(frozen=True, slots=True)
class ShowMenu:
    """The command menu of a person's own chat (命令菜单); without a language everybody's again."""

    menu_language: str | None
