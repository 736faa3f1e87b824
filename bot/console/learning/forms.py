"""An entry as a form (条目表单), and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.console.visit import Visit
from bot.publishing.entry_edits import Value
from bot.publishing.proposing import Proposal, seen_mark, values_of
from knowledge.entry import PLATFORMS, Entry

__all__ = ["LONGEST", "EntryForm", "sent_form", "shown_form"]

LONGEST = 20_000
"""Characters of a field; no answer Telegram takes is longer."""
_BETWEEN = re.compile(r"[,，、\s]+")
_LISTS = ("figures", "covers", "related")


@dataclass(frozen=True, slots=True)
class EntryForm:
    """What stands in the fields; lists are written in one field."""

    fields: Mapping[str, str]
    seen: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    """By field, the key of the words that say what to do."""

    @property
    def entry(self) -> str:
        """The id of the entry."""
        return self.fields["id"]

    @property
    def proposal(self) -> Proposal:
        """What is proposed with it."""
        lists: dict[str, Value] = {name: _listed(self.fields[name]) for name in _LISTS}
        values: dict[str, Value] = {
            "id": self.entry,
            "platform": self.fields["platform"],
            "figures": lists["figures"],
            "questions": _lines(self.fields["questions"]),
            "answer": self.fields["answer"],
            "answer_en": self.fields["answer_en"],
            "covers": lists["covers"],
            "source": {"title": self.fields["title"], "as_of": self.fields["as_of"]},
            "related": lists["related"],
        }
        return Proposal(self.entry, values, self.seen)


def shown_form(entry: Entry) -> EntryForm:
    """The form of an entry as it is in force."""
    values = values_of(entry)
    lists = {name: ", ".join(getattr(entry, name)) for name in _LISTS}
    fields = {name: str(values[name]) for name in ("id", "platform", "answer", "answer_en")}
    source = {"title": entry.source.title, "as_of": entry.source.as_of}
    questions = {"questions": "\n".join(entry.questions)}
    return EntryForm(fields | lists | source | questions, seen_mark(entry))


def sent_form(visit: Visit) -> EntryForm:
    """The form as somebody sent it, with what is wrong in it before anything is read."""
    names = ("id", "platform", "questions", "answer", "answer_en", *_LISTS, "title", "as_of")
    fields = {name: visit.field(name).replace("\r\n", "\n")[:LONGEST] for name in names}
    problems = {
        name: "must_be_filled"
        for name in ("id", "questions", "answer", "answer_en", "title", "as_of")
        if not fields[name]
    }
    if fields["platform"] not in PLATFORMS:
        problems["platform"] = "must_be_filled"
    return EntryForm(fields, visit.field("seen"), problems)


def _lines(text: str) -> list[str]:
    """Each line once, without blanks around it."""
    return list(
        dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip())
    )


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))
