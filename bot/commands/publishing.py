"""`mingzhang knowledge publish|revisions|diff`: putting an edit into force, and going back."""

from collections.abc import Mapping
from getpass import getuser
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Connection

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.inputs import kept_number
from bot.commands.knowledge import base_of, in_chinese, matcher_of, questions_of
from bot.commands.output import moment, say
from bot.commands.store import opened_store, usable_settings
from bot.publishing.candidate import (
    KNOWLEDGE,
    SHIPPED,
    Folders,
    Refused,
    build_knowledge,
    files_under,
    revision_name,
)
from bot.publishing.comparing import Asking, changed_outcomes, reworded
from bot.publishing.editing import working_files
from bot.publishing.folder import put_in_place
from bot.publishing.publisher import (
    By,
    Unchanged,
    files_in_force,
    publish_again,
    publish_folders,
)
from bot.store.questions import unanswered_texts
from bot.store.revisions import list_publications, load_revision
from bot.store.transactions import reads
from knowledge.entry import KnowledgeBase
from knowledge.strict_yaml import KnowledgeFileError

__all__ = ["diff", "export", "publish", "revisions"]

TEST_QUESTIONS = Path("tests/questions")
SHIPPED_REVISION = 0
"""How people name what the program ships; the store knows it as None."""


def publish(knowledge: Path | None, rules: Path | None, note: str, revision: int | None) -> None:
    """Publish folders, or a revision again; what is wrong is said line by line."""
    by, now = By(_author(), note), SystemClock().now()
    if revision is not None and (knowledge or rules):
        raise CommandFailed("--revision：不能和目录一起给；要么发布目录，要么回到旧版")
    with opened_store() as engine:
        outcome = (
            publish_folders(engine, _folders(knowledge, rules), by, now)
            if revision is None
            else publish_again(engine, kept_number(revision) or None, by, now)
        )
    if isinstance(outcome, Refused):
        _refuse(outcome)
    if isinstance(outcome, Unchanged):
        say(f"和现行的{revision_name(outcome.revision)}相同，没有发布")
    else:
        say(f"已发布{revision_name(outcome.revision)}；运行中的机器人随即换用")


def revisions() -> None:
    """List all publications, the latest first; the first is in force."""
    zone = usable_settings().timezone
    with opened_store() as engine, reads(engine) as connection:
        publications = list_publications(connection)
    for place, each in enumerate(publications):
        mark = " " if place else "*"
        at = moment(each.published_at, zone)
        named = f"{mark} {revision_name(each.revision)} {(each.hash or '')[:12]}"
        say(f"{named} {at} {each.author} {each.note}")
    if not publications:
        say("还没有发布过：现行的是随程序附带的版本")


def export(folder: Path) -> None:
    """Write the answers in force into a folder that holds none, to be edited and watched there."""
    with opened_store() as engine, reads(engine) as connection:
        answers = files_under(working_files(connection), KNOWLEDGE)
    if any(folder.glob("*.yaml")):
        raise CommandFailed(f"{folder}：这里已经有 .yaml 文件；请给一个空目录，免得盖掉谁的改动")
    try:
        for name, text in answers.items():
            put_in_place(folder / name, text.encode())
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise CommandFailed(f"{folder}：写不进去（{cause}）；请检查路径和权限") from None
    say(
        f"写好 {len(answers)} 个文件；设置 MINGZHANG_KNOWLEDGE_DIR={folder.resolve()} 并重启后，"
        "网页和这个目录里的改动互相跟上"
    )


def diff(candidate: str, questions: Path | None) -> None:
    """Print what would change if this were published: where questions lead, how answers read."""
    with opened_store() as engine, reads(engine) as connection:
        before = _built(files_in_force(connection))
        after = _candidate(connection, candidate)
        asked = [Asking(text) for text in unanswered_texts(connection)]
    if questions or TEST_QUESTIONS.is_dir():
        tests = questions_of(questions or TEST_QUESTIONS)
        asked += [Asking(question.ask, question.topic) for question in tests]
    changes = changed_outcomes(matcher_of(before), matcher_of(after), asked)
    for change in changes:
        say(f"{change.asking.text}：{change.before} → {change.after}")
    _say_entries("新增的答案", [name for name in after.entries if name not in before.entries])
    _say_entries("去掉的答案", [name for name in before.entries if name not in after.entries])
    _say_entries("改了文字的答案", reworded(before, after))
    say(f"问了 {len(asked)} 句，{len(changes)} 句的结果会变")


def _candidate(connection: Connection, candidate: str) -> KnowledgeBase:
    if not (candidate.isascii() and candidate.isdecimal()):
        return base_of(Path(candidate))
    revision = kept_number(int(candidate))
    files = load_revision(connection, revision) if revision != SHIPPED_REVISION else SHIPPED
    if files is None:
        raise CommandFailed(f"没有第 {revision} 版；先看看 mingzhang knowledge revisions")
    return _built(files)


def _built(files: Mapping[str, str]) -> KnowledgeBase:
    try:
        return build_knowledge(files)
    except KnowledgeFileError as broken:  # published by a program that read files otherwise
        raise CommandFailed(in_chinese([str(broken)])) from None


def _folders(knowledge: Path | None, rules: Path | None) -> Folders:
    if knowledge or rules:
        return Folders(knowledge, rules)
    settings = usable_settings()
    folders = Folders(settings.knowledge_dir, settings.rules_dir)
    if not folders.given:
        raise CommandFailed(
            "没有可发布的目录：请给出 --knowledge 或 --rules，"
            "或设置 MINGZHANG_KNOWLEDGE_DIR、MINGZHANG_RULES_DIR"
        )
    return folders


def _author() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "命令行"


def _refuse(refused: Refused) -> NoReturn:
    raise CommandFailed(in_chinese(refused.problems))


def _say_entries(what: str, names: list[str] | tuple[str, ...]) -> None:
    if names:
        say(f"{what}：{'、'.join(names)}")
