"""Trying an edit of the rules, and putting it into force (试改与发布)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from hashlib import sha256

from sqlalchemy import Connection

from bot.console.authorship import author_of, folders_of
from bot.console.visit import Visit
from bot.publishing.candidate import Refused, build_rulebook
from bot.publishing.editing import Conflict, Edit, publish_edits, working_files
from bot.publishing.publisher import Published, Unchanged, files_in_force
from bot.publishing.rule_edits import NewValue, looked_again, value_edit, value_taken_out
from settlement.rulebook import Rule, Rulebook
from settlement.yaml_text import RuleFileError

__all__ = [
    "Change",
    "Files",
    "Outcome",
    "Trial",
    "edit_of",
    "looked",
    "publish",
    "rules_in_force",
    "try_out",
]

Files = Mapping[str, str]
MakesEdit = Callable[[Files], tuple[str, Edit] | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What a form asks of a figure: a value from a day on, or one of our own taken out."""

    first: date
    figure: str | None
    source: str
    taken_out: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """An edit of one file with the rules it would make; or why it makes none."""

    path: str = ""
    edit: Edit | None = None
    rulebook: Rulebook | None = None
    problem: str = ""

    @property
    def mark(self) -> str:
        """What tells whether the file is still as it was when its editor looked."""
        return sha256((self.edit.before or "").encode()).hexdigest()[:16] if self.edit else ""

    @property
    def difference(self) -> str:
        """The lines of the file that change."""
        if self.edit is None:
            return ""
        before, after = ((text or "").splitlines() for text in (self.edit.before, self.edit.after))
        return "\n".join(list(unified_diff(before, after, lineterm="", n=2))[2:])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an edit; `done` even if the folder could not follow."""

    done: bool
    problems: tuple[str, ...] = ()
    conflict: bool = False


def rules_in_force(visit: Visit) -> Rulebook:
    """The rules as published: what this process answers from may follow a second later."""
    with visit.reads() as connection:
        files = files_in_force(connection)
    try:
        return build_rulebook(files)
    except RuleFileError:  # published by a program that read files otherwise
        return visit.parts.current().rulebook


def edit_of(rule: Rule, change: Change, today: date) -> MakesEdit:
    """What a change makes of an operator's files; None if there is nothing to take out."""
    if change.taken_out:
        return lambda files: value_taken_out(files, rule, change.first)
    new = NewValue(change.first, change.figure, change.source, today)
    return lambda files: value_edit(files, rule, new)


def looked(rule: Rule, today: date) -> MakesEdit:
    """A figure that was compared with its source today and still holds."""
    return lambda files: looked_again(files, rule, today)


def try_out(visit: Visit, make: MakesEdit) -> Trial:
    """Make the edit of what is in force; nothing is written."""
    with visit.reads() as connection:
        files = working_files(connection)
    made = make(files)
    if made is None:
        return Trial(problem=str(visit.say("not_our_value")))
    path, edit = made
    others = {name: text for name, text in files.items() if name != path}
    try:
        after = build_rulebook(others | ({path: edit.after} if edit.after is not None else {}))
    except RuleFileError as error:
        return Trial(path, edit, problem=str(error))
    return Trial(path, edit, after)


def publish(visit: Visit, trial: Trial, note: str, kind: str, about: str) -> Outcome:
    """Put a trial that passed into force, on record."""
    if trial.edit is None or trial.rulebook is None:
        return Outcome(done=False, problems=(trial.problem,))

    def also(connection: Connection) -> None:
        visit.record(connection, kind, about)

    outcome = publish_edits(
        visit.parts.engine,
        folders_of(visit),
        {trial.path: trial.edit},
        author_of(visit, note),
        visit.now,
        before=visit.parts.current().matcher,
        also=also,
    )
    match outcome:
        case Published(_, unwritten):
            return Outcome(done=True, problems=unwritten)
        case Unchanged():
            return Outcome(done=True)
        case Refused(problems):
            return Outcome(done=False, problems=problems)
        case Conflict(paths):
            return Outcome(done=False, problems=paths, conflict=True)
