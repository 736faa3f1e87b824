"""An editor's folder (目录): its YAML files as text, and files put there whole."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from shutil import copymode

__all__ = ["Refused", "put_in_place", "read_folder"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why files cannot be used: one line a problem, with file, place, cause, remedy."""

    problems: tuple[str, ...]


def read_folder(folder: Path, *, deep: bool = False) -> dict[str, str] | Refused:
    """The YAML files of a folder by their names; `deep`, those of its folders by their paths.

    What cannot be read is a value.
    """
    if not folder.is_dir():
        return Refused((f"{folder}: there is no such folder; check the path",))
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("**/*" if deep else "*")):
        name = path.relative_to(folder).as_posix()
        # editors leave hidden files beside the one being edited
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.suffix.lower() == ".yml":
            return Refused((f"{name}: is not read; rename it to {path.stem}.yaml",))
        if path.suffix == ".yaml" and path.is_file():
            text = _read(path, name)
            if isinstance(text, Refused):
                return text
            texts[name] = text
    return texts


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever reads a piece of it; raises OSError.

    Who may read and write it stays as it was; a new file is as any other of this process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    piece = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        piece.write_bytes(content)
        if path.exists():
            copymode(path, piece)
        piece.replace(path)
    finally:
        piece.unlink(missing_ok=True)


def _read(path: Path, name: str) -> str | Refused:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        cause = f"byte {error.start}: is not UTF-8"
        return Refused((f"{name}: {cause}; save the file as UTF-8 text",))
    except OSError as error:
        cause = error.strerror or type(error).__name__
        return Refused((f"{name}: the file: {cause}; check path and permissions",))
