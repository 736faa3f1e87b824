"""What a running bot answers from (现行版本): swapped when another revision is published."""

import asyncio
import gc
import logging
from dataclasses import replace

from sqlalchemy import Engine

from bot.desk.snapshot import Snapshot
from bot.logs import fault_name
from bot.publishing.candidate import build_snapshot, revision_name
from bot.publishing.findings_said import finding_said
from bot.publishing.learning import with_meanings
from bot.publishing.meanings import meaning_store
from bot.publishing.publisher import files_of
from bot.store.revisions import current_revision
from bot.store.transactions import reads
from knowledge.strict_yaml import KnowledgeFileError
from settlement.rulebook import RuleFileError

__all__ = ["Current", "RevisionUnusableError"]

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""Replicas may differ for two seconds, and to learn new phrasings takes half of that."""

VECTORS_A_LOOK = 20
"""Of meaning; at ten milliseconds each this leaves most of a processor to the answers."""


class RevisionUnusableError(Exception):
    """The published revision cannot be used by this program; the text says what to do."""


class Current:
    """The snapshot in force; call it for every message, `follow` keeps it the published one."""

    def __init__(self, engine: Engine) -> None:
        """Load what is published; raises RevisionUnusableError."""
        self._engine = engine
        self._revision = self._published()
        self._failed: int | None = None
        self._out_of_sight = False
        self._looking = asyncio.Lock()
        self._snapshot = self._built(self._revision)

    def __call__(self) -> Snapshot:
        """What to answer from now."""
        return self._snapshot

    async def follow(self) -> None:
        """Swap to every revision that is published, until cancelled; what is broken is not."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Swap to the published revision now."""
        async with self._looking:
            try:
                await asyncio.to_thread(self._look)
                await asyncio.to_thread(self._add_meanings)
            except Exception as error:  # the next look tries again; the old one serves on
                if not self._out_of_sight:
                    logger.error("现行版本查不到：%s；沿用手里这一版", fault_name(error))
                self._out_of_sight = True
            else:
                self._out_of_sight = False

    def _look(self) -> None:
        revision = self._published()
        if revision == self._revision or (revision is not None and revision == self._failed):
            return
        try:
            snapshot = self._built(revision, self._snapshot)
        except RevisionUnusableError as error:
            self._failed = revision
            logger.error("%s；继续使用%s", error, revision_name(self._revision))
            return
        self._snapshot, self._revision, self._failed = snapshot, revision, None
        # as at the start: what stays for good is not to be collected again and again
        gc.freeze()
        logger.info("%s已生效", revision_name(revision))

    def _add_meanings(self) -> None:
        """Make some vectors of meaning if the model is installed; all together they join in."""
        store, before = meaning_store(), self._snapshot
        if store is None or before.matcher.channel is not None:
            return
        lacking = store.lacking(before.matcher.index)
        store.make(lacking[:VECTORS_A_LOOK])
        if len(lacking) <= VECTORS_A_LOOK:
            matcher = with_meanings(before.knowledge, before.matcher, store)
            self._snapshot = replace(before, matcher=matcher)
            logger.info("语义模型已加入回答")

    def _published(self) -> int | None:
        with reads(self._engine) as connection:
            return current_revision(connection)

    def _built(self, revision: int | None, before: Snapshot | None = None) -> Snapshot:
        with reads(self._engine) as connection:
            files = files_of(connection, revision)
        try:
            return build_snapshot(files, before)
        except (KnowledgeFileError, RuleFileError) as broken:
            raise RevisionUnusableError(
                f"{revision_name(revision)}不能用：{finding_said('zh', str(broken))}；"
                "改好后运行 mingzhang knowledge publish，或用 --revision 回到另一版"
            ) from None
