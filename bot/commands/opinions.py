"""`mingzhang knowledge opinions`: which answers people found helpful, and what was wrong."""

from collections.abc import Sequence
from datetime import tzinfo

from bot.commands.output import say, say_json
from bot.commands.store import opened_store, usable_settings
from bot.store.transactions import reads
from bot.store.voting import Opinion, Tally, opinions, tallies

__all__ = ["show"]

REASONS = {"wrong": "内容不对或过时", "unclear": "看不懂", "not_asked": "不是他问的"}


def show(entry: str | None, *, as_json: bool) -> None:
    """List the answers, the least helpful first, each with what people found wrong."""
    zone = usable_settings().timezone
    with opened_store() as engine, reads(engine) as connection:
        counted = [each for each in tallies(connection) if entry in (None, each.entry)]
        said = opinions(connection, entry)
    for tally in counted:
        about = [each for each in said if each.entry == tally.entry]
        if as_json:
            say_json(_as_json(tally, about))
        else:
            say(_in_words(tally, about, zone))
    if not counted and not as_json:
        say(f"还没有人评价过 {entry}" if entry else "还没有人评价过答案")


def _as_json(tally: Tally, said: Sequence[Opinion]) -> dict[str, object]:
    named = [{k: v for k, v in each._asdict().items() if k != "entry"} for each in said]
    return {**tally._asdict(), "opinions": named}


def _in_words(tally: Tally, said: Sequence[Opinion], zone: tzinfo) -> str:
    lines = [f"{tally.entry} 👍 {tally.helpful} 👎 {tally.unhelpful}"]
    for each in said:
        reason = REASONS.get(each.reason or "", each.reason or "")
        if reason or each.words:
            at = each.voted_at.astimezone(zone).date().isoformat()
            words = " ".join((each.words or "").split())
            lines.append("    " + " ".join(filter(None, (at, reason, words))))
    return "\n".join(lines)
