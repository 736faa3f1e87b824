"""An edit of one entry as an editor proposes it (提议): its text, and what it would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson

from bot.desk.snapshot import Snapshot
from bot.publishing.candidate import KNOWLEDGE, Checked, Refused
from bot.publishing.comparing import Asking, Compared, compared
from bot.publishing.editing import Conflict, Edit
from bot.publishing.entry_edits import Value, entries_in, rewritten, with_entry
from bot.publishing.learning import learned_matcher
from knowledge.entry import Entry
from knowledge.lint import Finding, Weight, check_content, check_entry
from knowledge.loader import OUTSIDE
from knowledge.strict_yaml import KnowledgeFileError

__all__ = ["Consequences", "Proposal", "consequences", "edits_of", "seen_mark", "values_of"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """New values of an entry; `seen` marks the entry the editor looked at, empty for a new one."""

    entry: str
    values: Mapping[str, Value]
    seen: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from an edit that passes the check (后果).

    `advice` is what the check would have better, `changes` where stored questions lead
    otherwise, `answered` which of their texts the entry answers then.
    """

    advice: tuple[Finding, ...]
    changes: tuple[Compared, ...]
    answered: frozenset[str]


def values_of(entry: Entry) -> dict[str, Value]:
    """An entry as the values of a proposal, in the order of the files."""
    return {
        "id": entry.id,
        "platform": entry.platform,
        "figures": entry.figures,
        "questions": entry.questions,
        "answer": entry.answer,
        "answer_en": entry.answer_en,
        "covers": entry.covers,
        "source": {"title": entry.source.title, "as_of": entry.source.as_of},
        "related": entry.related,
    }


def seen_mark(entry: Entry) -> str:
    """What tells whether an entry is still as somebody saw it."""
    return sha256(orjson.dumps(values_of(entry))).hexdigest()[:16]


def edits_of(
    files: Mapping[str, str], in_force: Mapping[str, Entry], proposal: Proposal
) -> dict[str, Edit] | Refused | Conflict:
    """The edits that make a proposal of the files an editor begins from.

    A conflict if the entry is not as the editor saw it; other entries may have changed.
    """
    now = in_force.get(proposal.entry)
    if (seen_mark(now) if now else "") != proposal.seen:
        return Conflict((proposal.entry,))
    try:
        path = _file_of(files, proposal)
        name, before = path.removeprefix(KNOWLEDGE), files.get(path)
        if now:
            after = rewritten(name, before or "", proposal.entry, proposal.values)
        else:
            after = with_entry(name, before or "", _filled(proposal.values))
    except KnowledgeFileError as error:
        return Refused((str(error),))
    return {path: Edit(before, after)}


def consequences(
    checked: Checked, before: Snapshot, entry: str, texts: Sequence[str]
) -> Consequences:
    """What an edit changes for the questions of these texts, each given once.

    To learn takes a second or more; what is learned is kept for the publication.
    """
    base = checked.knowledge
    matcher = learned_matcher(base, before.matcher)
    outcomes = compared(before.matcher, matcher, map(Asking, texts))
    content = check_content(base, matcher.normalise, checked.rulebook.rules.keys())
    own = (finding for finding in content if finding.entry_id == entry)
    findings = (*own, *check_entry(base[entry], matcher))
    return Consequences(
        tuple(each for each in findings if each.weight is Weight.ADVICE),
        tuple(each for each in outcomes if each.differs),
        frozenset(each.asking.text for each in outcomes if each.after == entry),
    )


def _file_of(files: Mapping[str, str], proposal: Proposal) -> str:
    """The file an entry stands in; for a new one that with most entries of its platform."""
    most, found = 0, f"{KNOWLEDGE}{proposal.entry.partition('.')[0]}.yaml"
    platform = proposal.values.get("platform")
    for path, text in sorted(files.items()):
        name = path.removeprefix(KNOWLEDGE)
        if name in (path, OUTSIDE):
            continue
        entries = entries_in(name, text)
        if proposal.entry in entries:
            return path
        alike = sum(e.get("platform") == platform for e in entries.values())
        if alike > most:
            most, found = alike, path
    return found


def _filled(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value}
