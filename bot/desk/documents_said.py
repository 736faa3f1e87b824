"""What is said of a report on its way in (导入进度与结果): one message that changes."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from bot.desk.actions import Verb
from bot.desk.aligned import aligned
from bot.desk.imports import DocumentImport, DocumentState, FileImported
from bot.desk.keys import Keys
from bot.desk.rendering import Voice, presentable
from bot.desk.replies import Document, Rows, Say

__all__ = ["fetching", "reading", "received", "refused_rows", "result_of"]

_MOST_FILES = 8
"""Files of an archive that are told of one by one; the others only in the sum."""
_FIGURES = ("new", "changed", "unchanged", "refused")
_MOST_OTHERS = 5
_LONGEST_NAME = 80
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
_MEBIBYTE = 1024 * 1024


def received(
    voice: Voice,
    name: str,
    size: int | None,
    *,
    creator: str | None,
    dry_run: bool,
    unread: str | None,
) -> Say:
    """Confirm a file, and what its caption was taken for."""
    html = voice.html(
        "document_received",
        name=name,
        size=_size(size) if size else None,
        creator=creator,
        dry_run=dry_run,
        unread=unread,
    )
    return Say(html, template="document_received")


def fetching(voice: Voice, name: str, share: int) -> Say:
    """Say how much of a file has been fetched, in percent."""
    return _progress(voice, name, stage="fetching", share=share)


def reading(voice: Voice, name: str, rows: int, rate: int, inside: str | None = None) -> Say:
    """Say how many rows have been read, how many in a second, of which file of an archive."""
    figures = {"rows": f"{rows:,}", "rate": f"{rate:,}" if rate else None}
    return _progress(voice, name, stage="reading", inside=inside, **figures)


def result_of(keys: Keys, document: DocumentImport, *, asking: bool = False) -> Say:
    """Say what came of a document, with what can be done about it; `asking` whether to undo."""
    voice, files = keys.voice, document.files
    imported = any(map(_has_come_in, files))
    heads = document.state is DocumentState.UNDONE or not imported
    html = voice.html(
        "document_result",
        name=document.name,
        state=str(document.state),
        dry_run=document.dry_run,
        took=_took(voice, document.seconds),
        problem=_problem(voice, document),
        files=[_file(voice, each) for each in files[:_MOST_FILES]],
        more=max(len(files) - _MOST_FILES, 0),
        total=_figures(voice, files) if len(files) > 1 else None,
        imported=imported,
        named=heads and [each.name for each in files] == [document.name],
        asking=asking,
    )
    return Say(html, _buttons(keys, document, asking=asking), "document_result")


def refused_rows(voice: Voice, name: str, content: str, count: int, kept: int) -> Document:
    """Hand over the refused rows as a file; `kept` of them, should there be too many."""
    more = count - kept
    html = voice.html("document_refused", count=f"{count:,}", kept=f"{kept:,}" if more else None)
    return Document(_file_name(name), content, html, (), "document_refused")


def _file_name(name: str) -> str:
    """A name that a file may have anywhere; it stands in a header of the request."""
    stem, _, suffix = presentable(name[-_LONGEST_NAME:]).rpartition(".")
    return f"{_NOT_IN_NAMES.sub('_', stem)}.{suffix}"


def _progress(voice: Voice, name: str, **told: object) -> Say:
    given = {"share": 0, "rows": None, "rate": None, "inside": None} | told
    return Say(voice.html("document_progress", name=name, **given), template="document_progress")


def _has_come_in(file: FileImported) -> bool:
    """Whether a file was read, and not every row of it refused."""
    return file.problem is None and bool(
        file.new or file.changed or file.unchanged or not file.refused
    )


def _problem(voice: Voice, document: DocumentImport) -> Markup | None:
    if document.problem is None:
        return None
    return voice.word("document_problems", document.problem, creator=document.creator)


def _file(voice: Voice, file: FileImported) -> dict[str, object]:
    return {
        "name": file.name,
        "problem": file.problem,
        "table": _figures(voice, (file,)),
        "examples": file.examples,
        "more": max(file.refused - len(file.examples), 0),
        "undone": file.undone,
        "note": _note(voice, file),
        "before": _before(voice, file),
    }


def _note(voice: Voice, file: FileImported) -> Markup | None:
    """What later imports have to do with undoing a file."""
    if not file.others:
        return None
    others = voice.text("document_notes", "between").join(file.others[:_MOST_OTHERS])
    return voice.word("document_notes", "again" if file.undone else "built_on", others=others)


def _before(voice: Voice, file: FileImported) -> Markup | None:
    """That the same content came in before: most rows then change nothing."""
    if file.imported_before is None or file.undone:
        return None
    return voice.word("document_notes", "before", at=file.imported_before)


def _figures(voice: Voice, files: Sequence[FileImported]) -> Markup:
    return aligned(
        [
            (voice.word("document_figures", name), f"{sum(getattr(f, name) for f in files):,}")
            for name in _FIGURES
        ]
    )


def _took(voice: Voice, seconds: int) -> Markup:
    minutes, rest = divmod(max(seconds, 1), 60)
    return voice.word("document_figures", "took", minutes=minutes, seconds=rest)


def _size(size: int) -> str:
    if size < _MEBIBYTE:
        return f"{max(size // 1024, 1)} KB"
    return f"{size / _MEBIBYTE:.1f} MB"


def _buttons(keys: Keys, document: DocumentImport, *, asking: bool) -> Rows:
    def button(label: str, wish: str) -> Rows:
        return ((keys.button(label, Verb.DOCUMENT, f"{document.id}.{wish}"),),)

    if asking:
        return (*button("undo_surely", "undo_surely"), *button("keep_import", "keep"))
    if document.can_be_undone:
        return button("undo_import", "undo")
    tried = document.state is DocumentState.DONE and document.dry_run
    good = any(each.new or each.changed for each in document.files)
    return button("import_for_good", "import") if tried and good else ()
