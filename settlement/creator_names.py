"""Which creator a report or an API means by what it says of one (达人的叫法)."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from settlement.model import Platform

__all__ = ["HOW_TO_NAME_ONE", "CreatorNames", "parts_of_pid"]

HOW_TO_NAME_ONE = "指明达人（命令加 --creator 名字，发文件时说明里写“达人：名字”）"
"""What whoever imports can do for orders nobody is known for."""

_PID = re.compile(r"mm_[0-9]+_([0-9]+)_([0-9]+)")
_SLOT = "pid's media and position"
_POSITION = "pid's position"

Key = tuple[Platform, str, str]
Hints = Mapping[str, str]


class CreatorNames:
    """What platforms call the creators, to find whose a row is.

    A Taobao PID ``mm_1_2_3`` is also medium 2 and position 3: its parts name the creator in
    reports and interfaces that have them in columns of their own.
    """

    def __init__(self, known: Mapping[Key, int]) -> None:
        """Take the creators by platform, kind of name and name."""
        self._creators: dict[Key, set[int]] = defaultdict(set)
        for (platform, kind, value), creator in known.items():
            self._creators[platform, kind, value].add(creator)
            if kind == "pid" and (parts := parts_of_pid(platform, value)):
                self._creators[platform, _SLOT, "_".join(parts)].add(creator)
                self._creators[platform, _POSITION, parts[1]].add(creator)
        self._known = lru_cache(4096)(self._named)

    def owner(self, platform: Platform, hints: Hints) -> int | str:
        """Whose a row is, or why that cannot be told (zh): nobody is named, or more than one."""
        named = self.named(platform, hints)
        if len(named) == 1:
            (creator,) = named
            return creator
        said = "、".join(hints.values()) or "没有写"
        if named:
            return (
                f"推广者信息（{said}）指向了不止一位达人；请核对登记的推广位，或{HOW_TO_NAME_ONE}"
            )
        return (
            f"不知道这是哪位达人的订单（推广者信息：{said}）；请先登记推广位，或{HOW_TO_NAME_ONE}"
        )

    def named(self, platform: Platform, hints: Hints) -> frozenset[int]:
        """The creators whom a row's own words mean."""
        return self._known(platform, frozenset(hints.items()))

    def _named(self, platform: Platform, hints: frozenset[tuple[str, str]]) -> frozenset[int]:
        keys = {(platform, kind, value) for kind, value in hints}
        said = dict(hints)
        if parts := parts_of_pid(platform, said.get("pid", "")):
            keys |= {(platform, "media_id", parts[0]), (platform, "position_id", parts[1])}
        elif position := said.get("position_id"):
            media = said.get("media_id")
            slot = (_SLOT, f"{media}_{position}") if media else (_POSITION, position)
            keys.add((platform, *slot))
        return frozenset().union(*(self._creators.get(key, ()) for key in keys))


def parts_of_pid(platform: Platform, pid: str) -> tuple[str, str] | None:
    """Medium and position (媒体, 推广位) of a Taobao PID such as ``mm_1_2_3``."""
    found = _PID.fullmatch(pid) if platform is Platform.TAOBAO else None
    return (found[1], found[2]) if found else None
