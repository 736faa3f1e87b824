"""Time an edit from file to answer: python -m tests.benchmarks.publishing [EDITS].

The shipped answers lie in a folder that is watched as `mingzhang run` does, with a database of
its own. Each edit adds a phrasing, which has to be learned; the time runs from the moment the
file is written until the bot would answer from it, with the processor time of all threads.
"""

import asyncio
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.publishing.candidate import Folders
from bot.publishing.current import Current
from bot.publishing.watching import published_at_start, watch
from bot.store.database import open_engine, upgrade

SHIPPED = Path(__file__).parents[2] / "knowledge" / "faq"
EDITED = "jd.yaml"
EDITS = 8
AFTER = "  questions:\n"
"""Where the first entry's phrasings begin; a new one is put before them."""
SETTLES = 1.0
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def main() -> None:
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else EDITS
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        asyncio.run(_measure(Path(folder), edits))


async def _measure(folder: Path, edits: int) -> None:
    shutil.copytree(SHIPPED, folder / "answers")
    engine = open_engine(f"sqlite:///{folder / 'mingzhang.db'}")
    upgrade(engine)
    folders = Folders(knowledge=folder / "answers")
    for start in ("first start", "second start"):
        begun, cpu = time.monotonic(), time.process_time()
        current = published_at_start(engine, folders, NOW)
        _row(start, time.monotonic() - begun, time.process_time() - cpu)
    working = (current.follow(), watch(engine, folders, lambda: NOW, current))
    tasks = [asyncio.create_task(each) for each in working]
    await asyncio.sleep(SETTLES)
    for number in range(edits):
        await _edit(current, folder / "answers" / EDITED, f"测速用的第{number}种问法")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    engine.dispose()


async def _edit(current: Current, file: Path, asked: str) -> None:
    await asyncio.to_thread(_ask_otherwise, file, asked)
    begun, cpu = time.monotonic(), time.process_time()
    while not _is_live(current, asked):  # noqa: ASYNC110 (the thread that swaps tells nobody)
        await asyncio.sleep(0.005)
    _row("edit", time.monotonic() - begun, time.process_time() - cpu)


def _ask_otherwise(file: Path, asked: str) -> None:
    text = file.read_text("utf-8")
    file.write_text(text.replace(AFTER, f"{AFTER}    - {asked}\n", 1), "utf-8")


def _is_live(current: Current, asked: str) -> bool:
    return any(asked in entry.questions for entry in current().knowledge.entries.values())


def _row(what: str, took: float, cpu: float) -> None:
    load, _, _ = os.getloadavg()
    sys.stdout.write(f"{what:14}{took:6.2f} s{cpu:8.2f} s of processors{load:8.1f} load\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
