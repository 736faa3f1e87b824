"""Hostile words (恶意文字), and whether an answer of ours let them become more than words."""

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.security.asking import Heard

__all__ = ["FORMULA", "HOSTILE", "WORDS", "faults"]

HOSTILE = (
    "雁\"'><xss-mark onload=x>{{ 31337 * 3 }}</textarea></title></script>"
    "<xss-mark>\" xss-attr=1 ' xss-attr=2 "
)
FORMULA = '=HYPERLINK("http://evil.example","看")'
COMPUTED = "94011"
"""What a template engine would make of the braces."""
WORDS = (
    HOSTILE,
    FORMULA,
    "",
    " ",
    "0",
    "-1",
    "1",
    "7",
    str(2**63),
    "9" * 5000,
    "1e9",
    "NaN",
    "２",
    "2026-09-31",
    "2026-09",
    "zh",
    "owner",
    "' OR 1=1 --",
    "%00",
    "\x00",
    "\r\nSet-Cookie: mingzhang=evil",
    "../../../../etc/passwd",
    "//evil.example/console/",
    "https://evil.example",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "é" * 4000,
    "🎉" * 500,
    "\ud800",
)


def faults(heard: Heard, *, is_secure: bool = False) -> Iterator[str]:
    """What is wrong with an answer, whatever was asked; nothing is as it should be."""
    if heard.status >= 500:
        yield f"status {heard.status}"
    yield from _of_headers(heard, is_secure=is_secure)
    kind = heard.header("content-type")
    if kind.startswith("text/html"):
        yield from _of_markup(heard.body.decode())
    if heard.header("content-disposition"):
        yield from _of_download(heard)


def _of_headers(heard: Heard, *, is_secure: bool) -> Iterator[str]:
    for name, value in heard.headers:
        if {"\r", "\n", "\x00"} & set(name + value):
            yield f"a header with a line break: {name}"
    for needed in ("content-security-policy", "x-content-type-options", "x-frame-options"):
        if not heard.header(needed):
            yield f"no {needed}"
    if "unsafe" in heard.header("content-security-policy"):
        yield "a content policy that allows inline scripts"
    place = heard.header("location")
    if place and (not place.startswith("/console") or "//" in place or "\\" in place):
        yield f"leads elsewhere: {place}"
    for cookie in (value for name, value in heard.headers if name == "set-cookie"):
        yield from _of_cookie(cookie, is_secure=is_secure)


def _of_cookie(cookie: str, *, is_secure: bool) -> Iterator[str]:
    marks = {each.strip().lower().partition("=")[0] for each in cookie.split(";")[1:]}
    needed = {"httponly", "samesite", "path"} | ({"secure"} if is_secure else set())
    if not needed <= marks or "domain" in marks:
        yield f"a cookie of others: {sorted(needed - marks)}"
    if "evil" in cookie:
        yield "a cookie somebody else chose"


class _Markup(HTMLParser):
    """Looks for what hostile words would have become."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "xss-mark" or "xss-attr" in names:
            self.found.append(f"words became markup in <{tag}>")
        if any(name.startswith("on") for name in names) or "style" in names:
            self.found.append(f"inline script or style in <{tag}>")
        for name, value in attrs:
            if name in ("href", "src", "action") and _leads_astray(value or ""):
                self.found.append(f"{name} leads to {value}")


def _leads_astray(address: str) -> bool:
    started = address.strip().lower()
    return started.startswith(("javascript:", "vbscript:", "data:text", "//", "http")) and (
        "evil" in started or "script:" in started or started.startswith("data:")
    )


def _of_markup(text: str) -> Iterator[str]:
    parser = _Markup()
    parser.feed(text)
    yield from parser.found
    if COMPUTED in text:
        yield "words were computed by the template"


def _of_download(heard: Heard) -> Iterator[str]:
    if not heard.header("content-disposition").startswith("attachment"):
        yield "a download that the browser would show"
    if "csv" in heard.header("content-type"):
        for row in csv.reader(io.StringIO(heard.body.decode("utf-8-sig"))):
            yield from (f"a formula: {cell}" for cell in row if _is_formula(cell))


def _is_formula(cell: str) -> bool:
    return cell.startswith(("=", "+", "@", "\t", "\r", "\x00")) or (
        cell.startswith("-") and not cell[1:].replace(".", "").isdecimal()
    )
