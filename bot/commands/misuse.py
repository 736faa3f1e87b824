"""What is wrong with the words of a command, in one line (zh)."""

import re

import typer

__all__ = ["misuse_in_words"]

WORDS = (
    (re.compile(r"No such command '(.+)'\."), "没有 {} 这个命令"),
    (re.compile(r"No such option: (\S+)"), "没有 {} 这个选项"),
    (re.compile(r"Missing (?:argument|option|parameter) '(.+)'\."), "少写了 {}"),
    (re.compile(r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)"), "多出了 {}"),
    (re.compile(r"Option '?(\S+?)'? requires an argument"), "{} 后面少了值"),
    (re.compile(r"Option '?(\S+?)'? does not take a value"), "{} 后面不写值"),
    (re.compile(r"Invalid value for '(.+?)': Input should be a valid integer"), "{} 应是一个整数"),
    (re.compile(r"Invalid value for '(.+?)': "), "{} 的值不对"),
)


def misuse_in_words(misuse: typer.TyperException) -> str | None:
    """The remedy is the help page; None where that page has just been shown."""
    said = misuse.format_message() if isinstance(misuse, typer.BadParameter) else str(misuse)
    if not said:
        return None
    for pattern, words in WORDS:
        if found := pattern.match(said):
            return f"{words.format(found.group(1))}；用法见 {_place(misuse)} --help"
    return f"{said}；用法见 {_place(misuse)} --help"


def _place(misuse: typer.TyperException) -> str:
    """The command that was misused, as it was typed."""
    context = getattr(misuse, "ctx", None)
    return context.command_path if context else "mingzhang"
