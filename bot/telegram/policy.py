"""What becomes of an outbox row after an attempt to send it (发送规则).

The Bot API knows no idempotency key, so an attempt that went astray may have arrived. A push is
then not repeated and shown to the operator; an answer is repeated as a reply to its question;
an edit and the answer to a button press may be repeated freely.
"""

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.desk.replies import Document, Edit, Photo, Reply, Say
from bot.desk.topics import CloseTopic, OpenTopic, ShowMenu
from bot.store.letters import Kind, Outgoing, State, Verdict
from bot.telegram.transport import Accepted, Outcome, Refused, Uncertain, Unreachable

__all__ = ["judge", "wait_asked_for"]

LONGEST_WAIT = timedelta(seconds=60)
LONGEST_HOLD = timedelta(days=1)
EXPIRY = timedelta(hours=48)
"""After this long what is still not sent has become useless."""

ALREADY_DONE = ("message is not modified", "query is too old", "query id is invalid")
CARD_GONE = ("message to edit not found", "message can't be edited")
TOPIC_GONE = "message thread not found"
GONE = ("chat not found", "user is deactivated", "user not found")


def judge(row: Outgoing, outcome: Outcome, now: datetime) -> Verdict:
    """What the outcome of an attempt means for the row."""
    if isinstance(row.reply, ShowMenu) and not isinstance(outcome, Accepted):
        # The words of a menu are worth no waiting: whatever follows in the chat comes first.
        return Verdict(row, State.DROPPED, now, "the menu was not accepted")
    match outcome:
        case Accepted(result):
            name = "message_thread_id" if isinstance(row.reply, OpenTopic) else "message_id"
            message = result.get(name) if isinstance(result, dict) else None
            return Verdict(row, State.SENT, now, message=message if _is_id(message) else None)
        case Refused():
            return _refused(row, outcome, now)
        case Unreachable(reason):
            return _again(row, reason, now)
        case Uncertain(reason) if row.kind is Kind.PUSH:
            return Verdict(row, State.UNCERTAIN, now, reason)
        case Uncertain(reason):
            return replace(_again(row, reason, now), repeated=True)


def _refused(row: Outgoing, refused: Refused, now: datetime) -> Verdict:
    reason = f"{refused.code} {refused.description}"
    words = refused.description.casefold()
    if refused.code == 429:
        until = now + wait_asked_for(refused)
        return replace(_again(row, reason, now, until), hold=until)
    if refused.moved_to is not None and _is_id(refused.moved_to):
        return Verdict(row, State.PENDING, now, reason, moved_to=refused.moved_to)
    if isinstance(row.reply, OpenTopic | CloseTopic):
        # A group without topics, or without the right to open them: replies do as well.
        return Verdict(row, State.DROPPED, now, reason)
    if refused.code in (401, 404):
        # Not this row's fault: the token is wrong, or the method is not there.
        return _again(row, reason, now)
    if TOPIC_GONE in words and row.thread is not None:
        return Verdict(row, State.PENDING, now, reason, topic_gone=True)
    if refused.code == 403 or any(phrase in words for phrase in GONE):
        return Verdict(row, State.FAILED, now, reason, unreachable=True)
    if any(phrase in words for phrase in ALREADY_DONE):
        return Verdict(row, State.SENT, now, reason)
    if any(phrase in words for phrase in CARD_GONE):
        # Whoever deleted a card does not miss its latest state.
        return Verdict(row, State.DROPPED, now, reason)
    if "can't parse entities" in words and (plain := _plain(row.reply)) != row.reply:
        return Verdict(row, State.PENDING, now, reason, reply=plain)
    return Verdict(row, State.FAILED, now, reason)


def wait_asked_for(flood: Refused) -> timedelta:
    """How long a 429 wants us to wait; a day at most, whatever it says."""
    asked = flood.retry_after if _is_id(flood.retry_after) else 1
    return min(LONGEST_HOLD, timedelta(seconds=min(max(asked or 1, 1), 10**6)))


def _is_id(value: object) -> bool:
    """Whether the store can hold a number; a server may answer anything."""
    return isinstance(value, int) and abs(value) < 2**63


def _again(row: Outgoing, reason: str, now: datetime, at: datetime | None = None) -> Verdict:
    if now - row.created_at > EXPIRY:
        return Verdict(row, State.FAILED, now, f"expired after {reason}")
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(row.attempts - 1, 10)))
    return Verdict(row, State.PENDING, at or now + wait, reason)


def _plain(reply: Reply) -> Reply:
    """The same words without markup, escaped, so that they parse whatever they hold."""
    if not isinstance(reply, Say | Edit | Photo | Document):
        return reply
    words = html.unescape(re.sub(r"<[^<>]*>", "", reply.html))
    return replace(reply, html=html.escape(words, quote=False))
