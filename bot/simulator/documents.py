"""Files in the simulated Telegram: kept under an id, fetched by a path."""

from dataclasses import dataclass, replace
from hashlib import sha256

from bot.simulator.refusal import bad_request

__all__ = ["Document", "Documents"]

MAX_DOWNLOAD = 20 * 1024 * 1024
"""Bytes; what is larger can be sent, and not be fetched by a bot."""
MAX_SIDES = 10_000
"""Pixels, width and height of a photo together."""
MAX_RATIO = 20
"""How much longer than wide, or the other way, a photo may be."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as a message carries it."""

    id: str
    name: str
    kind: str
    content: bytes
    size: tuple[int, int] | None = None
    """Width and height of what is shown as a photo."""

    def as_json(self) -> dict[str, object]:
        """Telegram's Document, or a message's one PhotoSize."""
        if self.size is not None:
            width, height = self.size
            return {
                "file_id": self.id,
                "file_unique_id": self.id[:16],
                "width": width,
                "height": height,
                "file_size": len(self.content),
            }
        return {
            "file_id": self.id,
            "file_unique_id": self.id[:16],
            "file_name": self.name,
            "mime_type": self.kind,
            "file_size": len(self.content),
        }

    def as_file(self) -> dict[str, object]:
        """Telegram's File: where the content can be fetched."""
        return {
            "file_id": self.id,
            "file_unique_id": self.id[:16],
            "file_size": len(self.content),
            "file_path": f"documents/{self.id}",
        }


class Documents:
    """All files of one world."""

    def __init__(self) -> None:
        """Begin without files."""
        self._kept: dict[str, Document] = {}

    def keep(self, name: str, kind: str, content: bytes) -> Document:
        """Keep a file; the same file has the same id."""
        if not content:
            raise bad_request("file must be non-empty")
        digest = sha256(name.encode() + b"\0" + content).hexdigest()
        return self._kept.setdefault(digest, Document(digest, name, kind, content))

    def keep_photo(self, name: str, content: bytes) -> Document:
        """Keep a picture to be shown as a photo; this emulator reads PNG only."""
        document = self.keep(name, "image/png", content)
        if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        photo = replace(document, id=f"{document.id}p", size=(width, height))
        return self._kept.setdefault(photo.id, photo)

    def find(self, file_id: str) -> Document:
        """The file with this id."""
        if file_id not in self._kept:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._kept[file_id]

    def fetchable(self, file_id: str) -> Document:
        """The file with this id, if a bot may fetch it."""
        document = self.find(file_id)
        if len(document.content) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        return document
