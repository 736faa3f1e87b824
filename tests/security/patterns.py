"""Every regular expression of the program against texts made to keep it busy (正则表达式).

Run as `python -m tests.security.patterns`: each is tried on texts of 4,096 characters within a
minute of processor time for all; one that backtracks without end is stopped by the system, and
the exit status says so. Prints how many there are, and the slowest.
"""

import ast
import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

__all__ = ["ATTACKS", "PROCESSOR_SECONDS", "all_patterns", "written"]

PACKAGES = ("bot", "knowledge", "settlement")
PROCESSOR_SECONDS = 60
TELLING_MILLISECONDS = 20
LENGTH = 4096
PIECES = (
    *("a", "1", " ", "\n", "<", ">", "&", "(", "/", ".", "-", "=", '"', "一", "０", "\u200b"),
    *(
        "1-",
        "1 ",
        "a ",
        "1.",
        "<b>",
        "<b ",
        "&#",
        "http://",
        "//a.",
        "ab",
        "12/",
        "年1",
        "{{",
        "a@",
    ),
)
ATTACKS = tuple((piece * LENGTH)[:LENGTH] + end for piece in PIECES for end in ("!",))
TRYING = frozenset({"compile", "fullmatch", "search", "match", "sub", "split", "finditer"})


def all_patterns() -> dict[str, "re.Pattern[str]"]:
    """Those that modules hold, and those that are written where they are used."""
    found = dict(_held())
    for package in PACKAGES:
        for file in sorted(Path(import_module(package).__path__[0]).rglob("*.py")):
            for pattern in written(file.read_text("utf-8")):
                found.setdefault(pattern, re.compile(pattern))
    return found


def written(source: str) -> Iterator[str]:
    """The expressions that a source writes as a plain text in a call of `re`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=name),
                args=[ast.Constant(value=str(pattern)), *_],
            ) if name in TRYING:
                yield pattern


def _held() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    for package in PACKAGES:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if "migrations" in module.name or module.name.endswith("__main__"):
                continue
            for value in vars(import_module(module.name)).values():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield value.pattern, value


def slowest(pattern: "re.Pattern[str]") -> float:
    """Milliseconds of processor for the text that keeps it busiest."""
    return max(_milliseconds(pattern, text) for text in ATTACKS)


def _milliseconds(pattern: "re.Pattern[str]", text: str) -> float:
    began = time.process_time()
    pattern.search(text)
    pattern.fullmatch(text)
    return round(1000 * (time.process_time() - began), 2)


def main() -> None:
    """Try all."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    found = all_patterns()
    took: list[tuple[float, str]] = []
    for text, pattern in found.items():
        took.append((slowest(pattern), text))
        if took[-1][0] > TELLING_MILLISECONDS:
            sys.stderr.write(f"{took[-1][0]} ms: {text}\n")
    took.sort(reverse=True)
    figures = {"patterns": len(found), "attacks": len(ATTACKS), "slowest_ms": took[:3]}
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
