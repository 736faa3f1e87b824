"""What people think of an answer (评价): a thumb, a reason, or their own words."""

from dataclasses import replace

from bot.desk.actions import Action, Verb, fingerprint
from bot.desk.effects import Vote
from bot.desk.entries import entry_meant
from bot.desk.replies import Answered, Button
from bot.desk.turn import Turn
from knowledge.entry import Entry

__all__ = ["WAITING_FOR_OPINION", "give_reason", "hear_opinion", "press", "thumbs"]

WAITING_FOR_OPINION = "opinion"
_REASONS = {"w": "wrong", "u": "unclear", "n": "not_asked"}
_LONGEST = 500


def thumbs(turn: Turn, entry: Entry) -> tuple[Button, ...]:
    """Offer to say whether an answer helped; in private, for one's vote is one's own."""
    if not turn.private:
        return ()
    mark = fingerprint(entry.id)
    return (
        turn.button("helpful", Verb.VOTE, f"{mark}.1"),
        turn.button("unhelpful", Verb.VOTE, f"{mark}.0"),
    )


def press(turn: Turn, action: Action) -> Answered | None:
    """Keep a vote; ask what was wrong with an answer that did not help."""
    mark, _, helpful = action.subject.partition(".")
    entry = entry_meant(turn.snapshot.knowledge, mark)
    if entry is None or helpful not in ("0", "1"):
        return None
    vote = Vote(entry.id, helpful == "1", turn.snapshot.revision)
    if vote.helpful:
        return Answered(turn.toast("voted_helpful"), (vote,), turn.facts.dialogue)
    rows = tuple(
        (turn.button(f"reason_{name}", Verb.VOTE_REASON, f"{mark}.{code}"),)
        for code, name in _REASONS.items()
    )
    asked = turn.say("opinion", (*rows, turn.cancelling()))
    waiting = replace(
        turn.facts.dialogue,
        waiting_for=WAITING_FOR_OPINION,
        pending_text=None,
        given=(entry.id,),
    )
    return turn.answered(*turn.toast("voted_unhelpful"), asked, effects=(vote,), dialogue=waiting)


def give_reason(turn: Turn, action: Action) -> Answered | None:
    """Keep why an answer did not help."""
    mark, _, code = action.subject.partition(".")
    entry = entry_meant(turn.snapshot.knowledge, mark)
    if entry is None or code not in _REASONS:
        return None
    vote = Vote(entry.id, False, turn.snapshot.revision, reason=_REASONS[code])
    return turn.answered(turn.placed(turn.say("opinion_kept")), effects=(vote,))


def hear_opinion(turn: Turn, text: str) -> Answered | None:
    """Keep what somebody writes of an answer that did not help; None if it is gone."""
    entry = turn.snapshot.knowledge.entries.get(next(iter(turn.facts.dialogue.given), ""))
    if entry is None:
        return None
    vote = Vote(entry.id, False, turn.snapshot.revision, words=text.strip()[:_LONGEST])
    return turn.answered(turn.say("opinion_kept"), effects=(vote,))
