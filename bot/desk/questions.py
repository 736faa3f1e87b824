"""Questions in words: the answer, three guesses, one question back, topics, or an honest no."""

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import menus
from bot.desk.actions import Verb, fingerprint
from bot.desk.effects import RecordQuestion
from bot.desk.entries import answer_with_source, question_button
from bot.desk.keys import in_rows
from bot.desk.opinions import thumbs
from bot.desk.paging import pager, pages_of
from bot.desk.replies import Answered, Button, Effect, Reply, Rows, Say
from bot.desk.roles import role_note
from bot.desk.turn import NEW_MESSAGE, Turn
from knowledge.entry import PLATFORMS, Entry
from knowledge.outcome import Answer, Candidate, Choices, Clarify, Menu, Outcome, Part, Unknown
from settlement.model import Platform

__all__ = ["answer_entry", "answer_part", "browse", "likely", "on_the_table", "record", "topics"]

_PAGE = 6
_RELATED = 3
_BESIDE = 2
_NAMED_BY_SIGN = (
    ("person", Verb.PERSON),
    ("own_orders", Verb.OWN_ORDERS),
    ("reminders", Verb.REMINDERS),
)


def answer_part(turn: Turn, part: Part, *, quoted: bool = False, find_order: bool = False) -> Say:
    """Answer one question of a message; `quoted` repeats it where there are several.

    `find_order` offers the way to one's own order beside the answer.
    """
    asked = part.text.strip() if quoted else None
    match part.outcome:
        case Answer(entry_id):
            entry = turn.snapshot.knowledge[entry_id]
            return answer_entry(turn, entry, asked, find_order=find_order)
        case Choices(candidates):
            return turn.say("choices", _choice_rows(turn, candidates), asked=asked)
        case Clarify(_, options):
            buttons = [
                turn.press(
                    turn.voice.text("platforms", option.value),
                    Verb.ENTRY,
                    fingerprint(option.entry_id),
                )
                for option in options
            ]
            leaving = (turn.cancelling(),) if turn.private else ()
            return turn.say("clarify", in_rows(buttons, 3) + leaving, asked=asked)
        case Menu(named, platform):
            return topics(turn, named, platform or "", brief=True)
        case Unknown():
            return turn.say("unknown", (_ways_on(turn),), asked=asked)


def answer_entry(
    turn: Turn, entry: Entry, asked: str | None = None, *, find_order: bool = False
) -> Say:
    """Say an entry's answer with its source, and offer the related questions."""
    knowledge = turn.snapshot.knowledge
    related = [knowledge[name] for name in entry.related if name in knowledge.entries]
    said = answer_with_source(turn.snapshot, entry, turn.voice, turn.now)
    rows: Rows = (
        *in_rows(_mentioned(turn, str(said["answer"])), 2),
        *((question_button(turn.keys, other, NEW_MESSAGE),) for other in related[:_RELATED]),
    )
    if find_order:
        rows = ((turn.button("find_order", Verb.FIND_ORDER),), *rows)
    if turn.private and menus.group_of(entry) == "when":
        rows = (*rows, (_bell(turn, entry),))
    if votes := thumbs(turn, entry):
        rows = (*rows, votes)
    return turn.say(
        "answer",
        rows,
        asked=asked,
        note=role_note(turn, entry),
        **said,
    )


def _mentioned(turn: Turn, answer: str) -> list[Button]:
    """Offer the buttons that an answer says to tap, such as 🙋; it names them by their sign."""
    if not turn.private:
        return []
    return [
        turn.button(label, verb, "", NEW_MESSAGE)
        for label, verb in _NAMED_BY_SIGN
        if turn.voice.text("buttons", label).split()[0] in answer
    ]


def _bell(turn: Turn, entry: Entry) -> Button:
    """Offer what an answer about payouts makes one wish for: to be told on the day."""
    if entry.platform not in {str(platform) for platform in Platform}:
        return turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE)
    name = turn.voice.text("platforms_in_short", entry.platform)
    return turn.button("follow_platform", Verb.FOLLOW, f"platform.{entry.platform}", name=name)


def topics(
    turn: Turn, named: Sequence[str] = (), platform: str = "", *, brief: bool = False
) -> Say:
    """Offer groups of topics; `brief` if the message was too short to be a question."""
    found = menus.groups(turn.snapshot.knowledge, named)
    buttons = [
        turn.press(turn.voice.text("groups", group), Verb.TOPIC, f"{group}.{platform}.0")
        for group in found
    ]
    return turn.say("topics", in_rows(buttons), brief=brief)


def browse(turn: Turn, group: str, platform: str, page: int) -> Say:
    """Show the questions of a group as buttons, page by page, with a choice of platform."""
    entries = menus.in_group(turn.snapshot.knowledge, group, platform)
    shown = entries[page * _PAGE : (page + 1) * _PAGE]
    rows: list[tuple[Button, ...]] = [(question_button(turn.keys, entry),) for entry in shown]
    rows.append(
        pager(turn, Verb.TOPIC, f"{group}.{platform}.", page, pages_of(len(entries), _PAGE))
    )
    rows.extend(_platform_rows(turn, group, platform))
    rows.append((turn.button("back_to_topics", Verb.TOPICS),))
    return turn.say(
        "topic",
        tuple(row for row in rows if row),
        topic=turn.voice.word("groups", group),
        platform=turn.voice.word("platforms", platform) if platform else None,
        empty=not entries,
    )


def likely(turn: Turn, outcome: Outcome) -> tuple[Entry, ...]:
    """Return the entries that may be meant, the likeliest first; few enough to offer beside.

    Of one question on several platforms, those come first on which the person has orders.
    """
    match outcome:
        case Answer(entry_id):
            named = [entry_id]
        case Choices(candidates):
            named = [candidate.entry_id for candidate in candidates]
        case Clarify(_, options):
            own = {line.order.platform for line in turn.facts.own_lines}
            named = [each.entry_id for each in sorted(options, key=lambda it: it.value not in own)]
        case _:
            named = []
    return tuple(turn.snapshot.knowledge[name] for name in named[:_BESIDE])


def on_the_table(turn: Turn, entry: Entry, *replies: Reply) -> Answered:
    """Close the turn with an entry on the table, to which the next question may refer."""
    left = replace(
        turn.facts.dialogue, waiting_for=None, pending_text=None, row=None, topic=entry.id
    )
    return turn.answered(*replies, dialogue=left)


def record(part: Part) -> tuple[Effect, ...]:
    """Keep what could not be answered for the operator."""
    return (RecordQuestion(part.text, "unknown"),) if isinstance(part.outcome, Unknown) else ()


def _choice_rows(turn: Turn, candidates: Sequence[Candidate]) -> Rows:
    entries = [turn.snapshot.knowledge[candidate.entry_id] for candidate in candidates]
    rows = tuple((question_button(turn.keys, entry),) for entry in entries)
    return (*rows, (turn.button("none_of_them", Verb.PERSON),)) if turn.private else rows


def _ways_on(turn: Turn) -> tuple[Button, ...]:
    ask = turn.button("topics", Verb.TOPICS, "", NEW_MESSAGE)
    return (ask, turn.button("person", Verb.PERSON)) if turn.private else (ask,)


def _platform_rows(turn: Turn, group: str, chosen: str) -> Rows:
    """Offer every platform the group has entries for, except the one chosen."""
    found = {entry.platform for entry in menus.in_group(turn.snapshot.knowledge, group)}
    if len(found) < 2:
        return ()
    buttons = [
        turn.press(turn.voice.text("platforms", name), Verb.TOPIC, f"{group}.{name}.0")
        for name in PLATFORMS
        if name in found and name != chosen
    ]
    return in_rows(buttons, 3)
