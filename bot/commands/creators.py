"""`mingzhang creator add|pid|load`: who the creators are, and what platforms call them."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from bot.app import SystemClock
from bot.commands.chosen import known_creator, known_platform
from bot.commands.failure import CommandFailed
from bot.commands.output import complain, say
from bot.commands.store import opened_store, usable_settings
from bot.publishing.findings_said import finding_said
from bot.store.creator_table import TableChanges
from bot.store.creators import add_creator, name_promoter
from bot.sync.creators_file import load_creators, read_creators_file
from settlement.creators_file import (
    LONGEST,
    NamedCreator,
    PromoterName,
    is_creator_name,
    kinds,
    promoter_name,
)
from settlement.yaml_text import RuleFileError

__all__ = ["add", "load", "name_pids", "take_in_creators"]

MOST_NAMED = 10

_PID = re.compile(r"[A-Za-z0-9_-]{3,64}")


def add(name: str, promoters: tuple[str, ...]) -> None:
    """Add a creator, and what reports call them: `jd:推广位=短视频1`."""
    if not is_creator_name(name.strip()):
        raise CommandFailed(f"达人的名字不能是 {name!r}；请写看得见的字，最多 {LONGEST} 个")
    named = [_promoter(each) for each in promoters]
    with opened_store() as engine, engine.begin() as connection:
        creator = add_creator(connection, name.strip(), SystemClock().now())
        for each in named:
            name_promoter(connection, each.platform, each.kind, each.value, creator)
    say(f"已登记达人 {name}")


def name_pids(name: str, platform: str, pids: tuple[str, ...]) -> None:
    """Say which promotion slots (PID) are a creator's; a later word about one replaces it."""
    of_platform = known_platform(platform)
    for pid in pids:
        if not _PID.fullmatch(pid):
            raise CommandFailed(f"读不懂 PID {pid!r}；只有字母、数字、_ 和 -，如 mm_1_2_3")
    with opened_store() as engine, engine.begin() as connection:
        creator = known_creator(connection, name)
        for pid in pids:
            name_promoter(connection, of_platform, "pid", pid, creator)
    say(f"已登记 {name} 在 {platform} 的推广位 {'、'.join(pids)}")


def load(path: Path, *, dry_run: bool) -> None:
    """Put the operator's table of creators into the store, and say what changes."""
    with opened_store() as engine:
        try:
            changes = load_creators(engine, path, SystemClock().now(), dry_run=dry_run)
        except RuleFileError as error:
            raise CommandFailed(finding_said("zh", str(error))) from None
    if dry_run:
        say("试运行，没有写入")
    for line in table_changes(changes):
        say(line)


def take_in_creators(
    engine: Engine, path: Path | None = None, *, dry_run: bool = False
) -> tuple[NamedCreator, ...]:
    """Put a table, else the one of the settings, into the store, so that orders find creators.

    Of a dry run it is what would be put in; else nothing is left to tell.
    """
    path = path or usable_settings().creators
    if path is None:
        return ()
    try:
        changes = load_creators(engine, path, SystemClock().now(), dry_run=dry_run)
        table = read_creators_file(path) if dry_run else ()
    except RuleFileError as error:
        raise CommandFailed(finding_said("zh", str(error))) from None
    for line in table_changes(changes) if changes else ():
        complain(line)
    return table


def table_changes(changes: TableChanges) -> Iterator[str]:
    """What a table of creators changes, in lines for people."""
    if changes.added:
        yield f"新增达人 {len(changes.added)} 位：{_some(changes.added)}"
    if changes.named:
        told = [f"{owner}（{name}）" for owner, name in changes.named]
        yield f"新增叫法 {len(told)} 个：{_some(told)}"
    for moved in changes.moved:
        yield (
            f"{moved.name}：{moved.before} → {moved.after}；"
            f"以后导入的订单归 {moved.after}，以前的仍归 {moved.before}"
        )
    if not changes:
        yield f"没有变化：{changes.kept} 个叫法都已登记"


def _some(told: tuple[str, ...] | list[str]) -> str:
    more = f" 等 {len(told)} 个" if len(told) > MOST_NAMED else ""
    return "、".join(told[:MOST_NAMED]) + more


def _promoter(text: str) -> PromoterName:
    platform, _, rest = text.partition(":")
    word, _, value = rest.partition("=")
    of_platform = known_platform(platform, "--promoter：")
    named = promoter_name(of_platform, word, value)
    if named is None:
        words = "、".join(sorted(set(kinds(of_platform).values())))
        raise CommandFailed(
            f"--promoter：读不懂 {text!r}；请写成 jd:推广位=短视频1"
            f"（平台:叫法=值，叫法是报表的列名，或 {words}）"
        )
    return named
