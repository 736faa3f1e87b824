"""The desk: what a message needs to be known, and what is answered to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo

from bot.desk import documents, inline, messages, presses, relaying, roles, staff
from bot.desk.actions import Signer
from bot.desk.effects import SetLanguage
from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.manners import for_another_bot, one_of_an_album, remembering_album
from bot.desk.operators import Operators
from bot.desk.rendering import DEFAULT_ZONE, Voice, language_of, menu_language_of
from bot.desk.replies import Answered
from bot.desk.snapshot import Snapshot
from bot.desk.topics import ShowMenu
from bot.desk.turn import Turn

__all__ = ["Desk"]


class Desk:
    """Answers one message at a time and remembers nothing itself; pure but for its arguments."""

    def __init__(
        self,
        current: Callable[[], Snapshot],
        secret: bytes,
        bot_name: str | None = None,
        zone: tzinfo = DEFAULT_ZONE,
        operators: Operators = Operators(),  # noqa: B008 (frozen)
    ) -> None:
        """Take what gives the snapshot in force, the secret that signs buttons, the bot's name."""
        self._current = current
        self._signer = Signer(secret)
        self._bot_name = bot_name
        self._zone = zone
        self._operators = operators

    def wanted(self, incoming: Incoming) -> Wanted:
        """Say what must be loaded before `incoming` can be answered."""
        if incoming.button is not None:
            return presses.wanted(incoming, presses.pressed(self._signer, incoming))
        wanted = messages.wanted(incoming)
        return relaying.also_wanted(wanted, incoming, self._operators)

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """Answer `incoming` with the facts that `wanted` asked for; aware `now`."""
        meant = incoming.is_meant or documents.is_report(incoming, self._operators)
        if not (meant or facts.case is not None):
            return Answered((), (), facts.dialogue)
        newcomer = facts.first_contact and incoming.private
        spoken = language_of(incoming.language_code)
        language = spoken if facts.first_contact else facts.language
        voice = Voice(language, now, self._zone)
        turn = Turn(
            incoming,
            facts,
            self._current(),
            voice,
            now,
            self._signer,
            self._bot_name,
            self._operators,
        )
        answered = roles.ask_once(turn, _answered(turn))
        if newcomer and not any(isinstance(each, SetLanguage) for each in answered.effects):
            return _met(answered, language, incoming.language_code)
        return answered


def _met(answered: Answered, language: str, code: str | None) -> Answered:
    """Remember a newcomer's language; their menu follows where Telegram shows it in another."""
    menu = () if language == menu_language_of(code) else (ShowMenu(language),)
    return replace(
        answered,
        replies=(*answered.replies, *menu),
        effects=(*answered.effects, SetLanguage(language)),
    )


def _answered(turn: Turn) -> Answered:
    """Answer a press, or what is for a person of the operator's or from one, or a message."""
    incoming = turn.incoming
    if incoming.button is not None:
        return presses.answer(turn)
    if incoming.inline_query is not None:
        return inline.answer(turn)
    spoken_to_others = staff.answer(turn) or relaying.interposed(turn) or documents.answer(turn)
    if spoken_to_others is not None:
        return spoken_to_others
    # An edit of what was never answered, such as a place that moves, asks for nothing.
    never_answered = incoming.edited and incoming.private and not turn.facts.earlier
    if never_answered or not incoming.is_meant or one_of_an_album(turn) or for_another_bot(turn):
        return relaying.heard_too(turn, turn.silent())
    return relaying.heard_too(turn, remembering_album(turn, messages.answer(turn)))
