"""What several commands read: an instant, a language, a file of the operator's, the rules."""

from datetime import date, datetime, time
from pathlib import Path

from sqlalchemy import Connection

from bot.app import SystemClock
from bot.commands.failure import CommandFailed, unreadable_file
from bot.publishing.candidate import build_rulebook
from bot.publishing.findings_said import finding_said
from bot.publishing.folder import Refused, read_folder
from bot.publishing.publisher import files_in_force
from knowledge.rendering import LANGUAGES
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.yaml_text import RuleFileError

__all__ = [
    "instant",
    "kept_number",
    "known_language",
    "load_rulebook",
    "own_file",
    "rules_in_force",
]

LARGEST = 2**63 - 1
EARLIEST_YEAR, LATEST_YEAR = 2000, 2999
"""Days are counted from an instant, and the calendar ends."""


def instant(text: str | None, option: str = "--as-of") -> datetime:
    """The instant given by an option, else now; without an offset it is Shanghai's."""
    if text is None:
        return SystemClock().now()
    try:
        at = (
            datetime.fromisoformat(text)
            if "T" in text or " " in text
            else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        raise CommandFailed(
            f"{option}：读不懂时间 {text!r}；请写成 2026-09-15 或 2026-09-15T09:00:00+08:00"
        ) from None
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise CommandFailed(
            f"{option}：没有 {text} 那时的订单；请写 {EARLIEST_YEAR} 到 {LATEST_YEAR} 年之间的日子"
        )
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def kept_number(number: int) -> int:
    """The number of a row, as far as a database keeps one; what is beyond names none."""
    return max(-LARGEST, min(number, LARGEST))


def known_language(language: str) -> str:
    """The language itself, if answers exist in it."""
    if language not in LANGUAGES:
        raise CommandFailed(f"--lang：没有语言 {language!r}；可用 {'、'.join(LANGUAGES)}")
    return language


def own_file(path: Path, option: str) -> str:
    """The text of the operator's own file that an option names."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise CommandFailed(f"{option} {unreadable_file(str(path), error)}") from None
    except UnicodeDecodeError:
        raise CommandFailed(f"{option} {path}：不是 UTF-8 编码的文本；请另存为 UTF-8") from None


def load_rulebook(directory: Path | None) -> Rulebook:
    """The shipped rules, with the operator's own laid over them.

    The operator's files lie side by side (``jd.yaml``) or as the shipped ones do
    (``platforms/jd/rules.yaml``).
    """
    shipped = shipped_rulebook()
    if directory is None:
        return shipped
    if not directory.is_dir():
        raise CommandFailed(f"没有目录 {directory}；请给出放规则文件的目录")
    texts = read_folder(directory, deep=True)
    if isinstance(texts, Refused):
        problems = (finding_said("zh", problem) for problem in texts.problems)
        raise CommandFailed(f"{directory}：{' '.join(problems)}")
    try:
        return overlay_rulebook(shipped, texts)
    except RuleFileError as broken:
        raise CommandFailed(finding_said("zh", str(broken))) from None


def rules_in_force(connection: Connection, directory: Path | None) -> Rulebook:
    """The rules of a folder, else those that were published, over the shipped ones."""
    if directory is not None:
        return load_rulebook(directory)
    try:
        return build_rulebook(files_in_force(connection))
    except RuleFileError as broken:
        raise CommandFailed(f"已发布的规则不能用：{finding_said('zh', str(broken))}") from None
