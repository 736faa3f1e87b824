"""Payout reminders: wishing for them, seeing them, stopping them (到账提醒)."""

from collections.abc import Sequence

from bot.desk.actions import Verb
from bot.desk.cards import Judged
from bot.desk.dates import has_date_ahead
from bot.desk.facts import OwnedLine, Scope
from bot.desk.lists import judge, line_button
from bot.desk.orders import on_the_table, show
from bot.desk.reasons import NO_REMINDER
from bot.desk.replies import Answered, Button, Say, Subscribe, Unsubscribe
from bot.desk.turn import Turn

__all__ = ["change_everything", "change_line", "reminders", "show_reminders"]

_MOST_LISTED = 20


def show_reminders(turn: Turn) -> Answered:
    """Answer /reminders."""
    return turn.answered(reminders(turn))


def reminders(turn: Turn) -> Say:
    """List what the person is subscribed to."""
    scopes = {each.scope for each in turn.facts.subscriptions}
    rows = {each.row for each in turn.facts.subscriptions if each.scope is Scope.ORDER}
    judged = judge(turn, (line for line in turn.facts.lines if line.row in rows))
    coming = [each for each in judged if not _over(each)]
    return _listed(turn, coming, everything=Scope.EVERYTHING in scopes)


def change_everything(turn: Turn, *, wish: bool) -> Answered:
    """Subscribe to everything the person has, or end every reminder."""
    if not turn.bound:
        return turn.expired()
    effect = Subscribe(Scope.EVERYTHING) if wish else Unsubscribe(Scope.EVERYTHING)
    toast = turn.toast("subscribed_all" if wish else "unsubscribed")
    listed = turn.placed(_listed(turn, (), everything=wish))
    return turn.answered(*toast, listed, effects=(effect,))


def change_line(turn: Turn, line: OwnedLine, origin: str, *, wish: bool) -> Answered:
    """Subscribe to one line, or end that, and show its card with the bell turned."""
    judged = judge(turn, (line,))[0]
    word = "unsubscribed"
    if wish:
        word = "subscribed" if has_date_ahead(judged.diagnosis) else "subscribed_undated"
    shown = turn.placed(show(turn, judged, origin, wished=wish))
    effect = Subscribe(Scope.ORDER, line.row) if wish else Unsubscribe(Scope.ORDER, line.row)
    return on_the_table(turn, line, *turn.toast(word), shown, effects=(effect,))


def _over(judged: Judged) -> bool:
    """Tell whether nothing comes any more that one could be reminded of."""
    return judged.diagnosis.state in NO_REMINDER and not has_date_ahead(judged.diagnosis)


def _listed(turn: Turn, lines: Sequence[Judged], *, everything: bool) -> Say:
    rows: list[tuple[Button, ...]] = []
    if not everything:
        shown = lines[:_MOST_LISTED]
        rows.extend((line_button(turn.keys, each, Verb.REMINDERS),) for each in shown)
        if turn.bound:
            rows.append((turn.button("subscribe_all", Verb.SUBSCRIBE),))
    if everything or lines:
        rows.append((turn.button("unsubscribe_all", Verb.UNSUBSCRIBE),))
    return turn.say(
        "reminders", tuple(rows), everything=everything, lines=len(lines), bound=turn.bound
    )
