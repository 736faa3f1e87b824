"""`mingzhang doctor`: what is wrong with this installation, and what to do."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from bot.app import SystemClock
from bot.commands.output import say, say_json
from bot.doctor.examination import examine
from bot.doctor.finding import Finding, Weight, find
from bot.settings import SettingsError, load_settings

__all__ = ["doctor"]

STATUS = {Weight.OK: 0, Weight.WARNING: 1, Weight.FAULT: 2}
MARKS = {Weight.OK: "✓", Weight.WARNING: "！", Weight.FAULT: "✗"}


def doctor(*, as_json: bool) -> int:
    """Examine and tell; the exit status is 0 if all is well, 1 for warnings, 2 for faults."""
    findings = _found()
    for each in findings:
        if as_json:
            say_json({"check": each.check, **asdict(each)})
        else:
            say(_in_words(each))
    if not as_json:
        say(_summary(findings))
    return max(STATUS[each.weight] for each in findings)


def _found() -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return [find("settings.wrong", problem=problem) for problem in error.problems]
    return asyncio.run(examine(settings, SystemClock().now()))


def _in_words(each: Finding) -> str:
    lines = [f"{MARKS[each.weight]} {each.check}：{each.found}"]
    if each.weight is not Weight.OK:
        lines += [f"    为什么要紧：{each.why}", f"    怎么办：{each.remedy}"]
    return "\n".join(lines)


def _summary(findings: Sequence[Finding]) -> str:
    count = {weight: sum(each.weight is weight for each in findings) for weight in Weight}
    if count[Weight.FAULT] or count[Weight.WARNING]:
        return f"{count[Weight.FAULT]} 处故障，{count[Weight.WARNING]} 处提醒"
    return "一切正常"
