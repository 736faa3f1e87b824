"""What the bot answers from (体检：内容): the operator's files, the calendar, who is told."""

from collections.abc import Iterator
from datetime import datetime

from bot.doctor.finding import Finding, find
from bot.health.causes import NOTICE_MONTH
from bot.publishing.candidate import SHIPPED, Checked, Folders, Refused, check, read_folders
from bot.publishing.findings_said import finding_said
from bot.settings import Settings
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import day_of

__all__ = ["answers", "operator"]


def answers(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether the operator's own files could be published, and know which days are off.

    Those are the days of this year, from November on of the next.
    """
    folders = Folders(settings.knowledge_dir, settings.rules_dir)
    rulebook = shipped_rulebook()
    if not folders.given:
        yield find("knowledge.shipped")
    else:
        checked = _checked(folders)
        if isinstance(checked, Refused):
            for problem in checked.problems:
                yield find("knowledge.broken", problem=finding_said("zh", problem))
        else:
            yield find("knowledge.ok")
            rulebook = checked.rulebook
    today = day_of(now)
    year = today.year + (today.month >= NOTICE_MONTH)
    known = rulebook.calendar.is_official(year)
    yield find("holidays.ok" if known else "holidays.missing", year=year)


def operator(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether anybody is told when something goes wrong."""
    someone = settings.operator_chat is not None or settings.admins
    yield find("operator.ok" if someone else "operator.nobody")


def _checked(folders: Folders) -> Checked | Refused:
    files = read_folders(folders, SHIPPED)
    return files if isinstance(files, Refused) else check(files)
