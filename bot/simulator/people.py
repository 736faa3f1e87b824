"""Who is in the simulated Telegram: people, the bot, and private chats between them."""

from dataclasses import dataclass

__all__ = ["BotAccount", "Person"]


@dataclass(frozen=True, slots=True)
class Person:
    """A Telegram user, e.g. a creator (达人) of the sample world; `note` says who, on the page.

    The private chat with a person has the person's own id, as in Telegram.
    """

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "zh-hans"
    note: str = ""
    listed: bool = True
    """Whether one can be this person on the page; somebody of the operator's only in groups."""

    def as_user(self) -> dict[str, object]:
        """Telegram's User."""
        return {"id": self.id, "is_bot": False, "first_name": self.first_name} | _present(
            username=self.username, language_code=self.language_code
        )

    def as_chat(self) -> dict[str, object]:
        """Telegram's Chat of the private conversation with this person."""
        return {"id": self.id, "type": "private", "first_name": self.first_name} | _present(
            username=self.username
        )


@dataclass(frozen=True, slots=True)
class BotAccount:
    """The bot as Telegram knows it."""

    token: str
    first_name: str = "明账"
    username: str = "mingzhang_demo_bot"

    @property
    def id(self) -> int:
        """The bot's user id: the part of its token before the colon."""
        return int(self.token.partition(":")[0])

    def as_user(self) -> dict[str, object]:
        """Telegram's User, as it stands in messages."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }

    def as_me(self) -> dict[str, object]:
        """The answer to getMe."""
        return self.as_user() | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


def _present(**fields: str | None) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
