"""Watching an editor's folders (监视目录): a valid edit is published, a broken one explained."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from watchfiles import awatch

from bot.publishing.candidate import Folders, Refused
from bot.publishing.current import Current, RevisionUnusableError
from bot.publishing.findings_said import finding_said
from bot.publishing.publisher import By, Published, Unchanged, publish_folders
from bot.store.revisions import list_publications
from bot.store.transactions import reads
from knowledge.matcher import Matcher

__all__ = ["published_at_start", "watch"]

logger = logging.getLogger(__name__)

QUIET_MILLISECONDS = 50
"""How long files must have been left alone: an editor may write several, or one in pieces."""
BY = By("监视目录")


def published_at_start(engine: Engine, folders: Folders, now: datetime) -> Current:
    """Publish what the folders hold unless it was published before, and load what is in force.

    Broken files raise RevisionUnusableError if nothing was ever published: to answer from the
    shipped files instead would be to say what the operator has replaced.
    """
    if folders.given:
        outcome = publish_folders(engine, folders, BY, now, only_new=True)
        with reads(engine) as connection:
            ever = bool(list_publications(connection))
        if isinstance(outcome, Refused) and not ever:
            raise RevisionUnusableError("\n".join(_said(outcome)))
        _report(outcome)
    return Current(engine)


async def watch(
    engine: Engine, folders: Folders, now: Callable[[], datetime], current: Current
) -> None:
    """Publish every valid edit of the folders until cancelled; `current` takes it up at once."""
    if not folders.given:
        return
    paths = [path for _, path in folders.given]
    try:
        async for _ in awatch(*paths, step=QUIET_MILLISECONDS, recursive=False):
            await asyncio.to_thread(_publish, engine, folders, now(), current().matcher)
            await current.look()
    except (OSError, RuntimeError) as error:
        logger.error(
            "目录不能再监视（%s）；改动请用 mingzhang knowledge publish 发布", type(error).__name__
        )


def _publish(engine: Engine, folders: Folders, now: datetime, before: Matcher) -> None:
    try:
        _report(publish_folders(engine, folders, BY, now, before=before))
    except Exception as error:  # such as a database away for a moment: the old one serves on
        logger.error("改动没有发布（%s）；请再保存一次文件", type(error).__name__)


def _report(outcome: Published | Unchanged | Refused) -> None:
    match outcome:
        case Published(revision):
            logger.info("目录里的改动已发布为第 %s 版", revision)
        case Refused():
            for problem in _said(outcome):
                logger.error("改动没有发布，原来的版本继续有效：%s", problem)
        case Unchanged(_, int(known)):
            logger.warning(
                "目录里是第 %d 版，但现行的是另一版；"
                "要重新启用它，请运行 mingzhang knowledge publish --revision %d",
                known,
                known,
            )


def _said(refused: Refused) -> list[str]:
    """The problems as an editor reads them, a line each."""
    return [finding_said("zh", problem) for problem in refused.problems]
