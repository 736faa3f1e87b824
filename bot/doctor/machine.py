"""The machine (体检：机器): typeface and disk."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.doctor.database import MEGABYTE, sqlite_file
from bot.doctor.finding import Finding, find
from bot.settings import Settings
from knowledge.rendering import LANGUAGES

__all__ = ["disk", "fonts"]

LOW_MB = 1024
FULL_MB = 100


def fonts(_settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether pictures can be drawn in every language."""
    try:
        from bot.drawing.fonts import face

        for script in LANGUAGES:
            face(script, 16)
    except Exception as error:  # whatever it is, nothing can be drawn
        yield find("fonts.missing", reason=type(error).__name__)
    else:
        yield find("fonts.ok")


def disk(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether there is room where the database is, or else where the program runs."""
    file = sqlite_file(settings.database_url.get_secret_value())
    folder = file.parent if file else Path.cwd()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // MEGABYTE
    code = "disk.full" if free < FULL_MB else "disk.low" if free < LOW_MB else "disk.ok"
    yield find(code, free=free, folder=folder)
