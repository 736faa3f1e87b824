"""Answering an edited message (改过的消息): what was said to it before is changed in place."""

from collections.abc import Iterator

from bot.desk.facts import Facts
from bot.desk.replies import Answered, Reply, Say
from bot.desk.trouble import outdated

__all__ = ["revised"]


def revised(answered: Answered, facts: Facts) -> Iterator[tuple[Reply, str | None]]:
    """Each reply, with the key of the earlier letter that it changes, if there is one.

    The first new message takes the place of the first earlier one, and so on; of what is left over
    it is said that it no longer counts. Only words can take the place of words; all else is said
    anew.
    """
    places = iter([each.key for each in facts.earlier if each.plain and each.handoff is None])
    for reply in answered.replies:
        key = next(places, None) if isinstance(reply, Say) else None
        if key is not None and isinstance(reply, Say):
            yield reply.as_edit(), key
        else:
            yield reply, None
    if answered.replies:
        yield from ((outdated(facts.language), key) for key in places)
