"""The desk: what a message needs to be known, and what is answered to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo

from bot.desk import messages, presses, roles
from bot.desk.actions import Signer
from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.rendering import DEFAULT_ZONE, Voice, language_of
from bot.desk.replies import Answered, SetLanguage
from bot.desk.snapshot import Snapshot
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
        return messages.wanted(incoming)

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """Answer `incoming` with the facts that `wanted` asked for; aware `now`."""
        if not (incoming.private or incoming.addressed or incoming.button is not None):
            return Answered((), (), facts.dialogue)
        newcomer = facts.first_contact and incoming.private
        language = language_of(incoming.language_code) if newcomer else facts.language
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
        answered = presses.answer(turn) if incoming.button is not None else messages.answer(turn)
        answered = roles.ask_once(turn, answered)
        if newcomer and not any(isinstance(each, SetLanguage) for each in answered.effects):
            return replace(answered, effects=(*answered.effects, SetLanguage(language)))
        return answered
