"""What several commands read: an instant, a language, the rules."""

from datetime import date, datetime, time
from pathlib import Path

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.publishing.folder import Refused, read_folder
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.yaml_text import RuleFileError

__all__ = ["LANGUAGES", "instant", "known_language", "load_rulebook"]

LANGUAGES = ("zh", "zh-hant", "en")


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
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def known_language(language: str) -> str:
    """The language itself, if answers exist in it."""
    if language not in LANGUAGES:
        raise CommandFailed(f"--lang：没有语言 {language!r}；可用 {'、'.join(LANGUAGES)}")
    return language


def load_rulebook(directory: Path | None) -> Rulebook:
    """The shipped rules, with the operator's own laid over them.

    The operator's files lie side by side (``jd.yaml``) or as the shipped ones do
    (``platforms/jd/rules.yaml``).
    """
    shipped = shipped_rulebook()
    if directory is None:
        return shipped
    if not directory.is_dir():
        raise CommandFailed(f"--rules：没有目录 {directory}；请给出放规则文件的目录")
    texts = read_folder(directory, deep=True)
    if isinstance(texts, Refused):
        raise CommandFailed(f"--rules {directory}：{' '.join(texts.problems)}")
    try:
        return overlay_rulebook(shipped, texts)
    except RuleFileError as broken:
        raise CommandFailed(str(broken)) from None
