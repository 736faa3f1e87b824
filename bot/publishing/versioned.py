"""An edit as a commit of the folder's repository (版本库), where the folder lies in one."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["commit"]

_PATIENCE = 20
"""Seconds; a repository's own hooks may take a while."""
_OURS = ("-c", "user.name=Mingzhang", "-c", "user.email=mingzhang@localhost")
_NO_PART_OF_A_NAME = re.compile(r"[<>\s\x00-\x1f\x7f]+")


def commit(folder: Path, paths: Sequence[str], author: str, message: str) -> str | None:
    """Commit these files of a folder, and nothing else; why that failed, None if it did not.

    A folder in no repository, and a machine without git, are no failure.
    """
    program = shutil.which("git")
    if not program or not paths or _git(program, folder, "rev-parse", "--git-dir") is not None:
        return None
    name = _NO_PART_OF_A_NAME.sub(" ", author).strip() or "Mingzhang"
    said = ("-m", message, "--author", f"{name} <mingzhang@localhost>", "--quiet")
    return _git(program, folder, "add", "--", *paths) or _git(
        program, folder, *_OURS, "commit", *said, "--only", "--", *paths
    )


def _git(program: str, folder: Path, *words: str) -> str | None:
    """What git says of a failure, in one line."""
    command = (program, "-C", str(folder), *words)
    try:
        # no shell; the words are our own, the paths stand behind --
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"git: {type(error).__name__}"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    return f"git: {said[-1] if said else done.returncode}"
