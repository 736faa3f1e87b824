"""A report sent as a document (发来的报表): who may have it imported, and the buttons below it."""

import re
from dataclasses import replace

from bot.desk.actions import Action
from bot.desk.documents_said import received, result_of
from bot.desk.facts import Wanted
from bot.desk.imports import (
    DocumentImport,
    DocumentState,
    ImportDocument,
    ImportForGood,
    UndoDocument,
)
from bot.desk.incoming import Attachment, Incoming
from bot.desk.keys import Keys
from bot.desk.manners import not_words
from bot.desk.operators import Operators
from bot.desk.replies import Answered, Effect
from bot.desk.turn import Turn
from settlement.order_number import find_order_numbers

__all__ = ["answer", "is_report", "press", "wanted"]

_SUFFIXES = frozenset({".csv", ".xlsx", ".xls", ".zip"})
_KINDS = {
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
}
"""For files that came without a name."""
_CREATOR = re.compile(r"(?:达人|達人|creator)\s*[:：]\s*([^\n,，;；]+)", re.IGNORECASE)
_DRY_RUN = re.compile(r"试导入|試導入|试看|試看|\bdry[\s_-]?run\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,，;；、。.]+")
_LONGEST_NAME = 200


def is_report(incoming: Incoming, operators: Operators) -> bool:
    """Whether somebody of the operator's sends a report, in private or in the operator's chat."""
    return _may_import(incoming, operators) and _name(incoming) is not None


def answer(turn: Turn) -> Answered | None:
    """Have the operator's report imported; say that nobody else's is read. None if it is none.

    One that is edited has been imported already.
    """
    incoming, name = turn.incoming, _name(turn.incoming)
    if not _may_import(incoming, turn.operators):
        unread = turn.private and name is not None and not find_order_numbers(incoming.text)
        return not_words(turn) if unread else None
    if name is None or incoming.file is None:
        said = turn.say("document_unsuited")
        return turn.answered(said, dialogue=turn.facts.dialogue) if turn.private else None
    if incoming.edited:
        return turn.silent()
    return turn.silent(_import(turn, incoming.file, name))


def wanted(action: Action) -> Wanted:
    """Say what a press below a document needs loaded."""
    return Wanted(document=action.row)


def press(turn: Turn, action: Action) -> Answered | None:
    """Ask whether to undo, undo, or import for good what was tried; None if it is outdated.

    Whoever presses what somebody else has done already is shown how it stands.
    """
    document = turn.facts.document
    if document is None or document.chat != turn.incoming.chat:
        return None
    if not turn.operators.include(turn.incoming):
        return None
    wish = action.subject.partition(".")[2]
    effect = _effect(document, wish)
    standing = _standing_after(document, effect)
    keys = Keys(turn.voice, turn.signer, turn.incoming.chat)
    asking = wish == "undo" and document.can_be_undone
    shown = turn.placed(result_of(keys, standing, asking=asking))
    return turn.answered(shown, effects=(effect,) if effect else (), dialogue=turn.facts.dialogue)


def _may_import(incoming: Incoming, operators: Operators) -> bool:
    place = incoming.private or incoming.chat == operators.chat
    return incoming.kind == "document" and place and operators.include(incoming)


def _name(incoming: Incoming) -> str | None:
    """The file's name, made up if it has none; None if it is no report by its form."""
    if incoming.file is None:
        return None
    name = incoming.file.name.strip()
    stem, dot, suffix = name.rpartition(".")
    if f"{dot}{suffix.lower()}" in _SUFFIXES:
        return f"{stem[:_LONGEST_NAME]}.{suffix}"
    known = _KINDS.get(incoming.file.media_type)
    return (name[:_LONGEST_NAME] or "report") + known if known else None


def _import(turn: Turn, file: Attachment, name: str) -> ImportDocument:
    caption = turn.incoming.text
    named = _CREATOR.search(caption)
    creator = named[1].strip() if named else None
    dry_run = _DRY_RUN.search(caption) is not None
    rest = _BETWEEN.sub(" ", _DRY_RUN.sub(" ", _CREATOR.sub(" ", caption))).strip()
    said = received(
        turn.voice, name, file.size, creator=creator, dry_run=dry_run, unread=rest or None
    )
    return ImportDocument(
        file.id, name, file.size, creator or None, dry_run, turn.voice.language, said
    )


def _effect(document: DocumentImport, wish: str) -> Effect | None:
    if wish == "undo_surely" and document.can_be_undone:
        return UndoDocument(document.id)
    tried = document.state is DocumentState.DONE and document.dry_run
    return ImportForGood(document.id) if wish == "import" and tried else None


def _standing_after(document: DocumentImport, effect: Effect | None) -> DocumentImport:
    match effect:
        case UndoDocument():
            return _in_state(document, DocumentState.UNDOING)
        case ImportForGood():
            return _in_state(document, DocumentState.WAITING)
    return document


def _in_state(document: DocumentImport, state: DocumentState) -> DocumentImport:
    return replace(document, state=state)
