"""A report that the operator sent as a document, as the desk sees it (文件导入)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.desk.spoken import Say

__all__ = [
    "DocumentImport",
    "DocumentState",
    "FileImported",
    "ImportDocument",
    "ImportForGood",
    "RefusedRows",
    "UndoDocument",
]


class DocumentState(StrEnum):
    """Where the import of a document stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class FileImported:
    """What became of one file; with a `problem` it could not be read at all.

    `examples` are the first refused rows, in words. `others` are later imports that have to do
    with undoing it: for want of which it was not `undone`, or which are to be imported again.
    `imported_before` is when the same content came in before.
    """

    name: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    batch: int | None = None
    problem: str | None = None
    examples: tuple[str, ...] = ()
    undone: bool = False
    others: tuple[str, ...] = ()
    imported_before: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it has changed anything that is not undone."""
        return not self.undone and self.batch is not None and bool(self.new or self.changed)


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """The refused rows of one file as a table that can be corrected and sent back.

    `kept` of `count` are in it.
    """

    name: str
    content: str
    count: int
    kept: int


@dataclass(frozen=True, slots=True)
class DocumentImport:
    """The import of a document: of which chat, in which language, and what came of it.

    `creator` is whose all of it is said to be; `problem` a code of the words that says why nothing
    came of it.
    """

    id: int
    chat: int
    name: str
    language: str = "zh"
    state: DocumentState = DocumentState.WAITING
    dry_run: bool = False
    files: tuple[FileImported, ...] = ()
    seconds: int = 0
    creator: str | None = None
    problem: str | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether the import has changed anything that stands."""
        stands = any(each.stands for each in self.files)
        return self.state is DocumentState.DONE and not self.dry_run and stands


@dataclass(frozen=True, slots=True)
class ImportDocument:
    """Fetch a document from Telegram and import it; `said` becomes the message of its progress."""

    file: str
    name: str
    size: int | None
    creator: str | None
    dry_run: bool
    language: str
    said: Say


@dataclass(frozen=True, slots=True)
class ImportForGood:
    """Import a document that was only tried, now for good."""

    document: int


@dataclass(frozen=True, slots=True)
class UndoDocument:
    """Take back what the import of a document has changed (撤销)."""

    document: int
