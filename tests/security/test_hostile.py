"""Whatever looks for faults must see them."""

import pytest

from tests.security.asking import Heard
from tests.security.hostile import FORMULA, HOSTILE, faults

SAFE = [
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-type", "text/html"),
]
CSV = [(n, v) for n, v in SAFE if n != "content-type"] + [
    ("content-type", "text/csv"),
    ("content-disposition", "attachment"),
]


@pytest.mark.parametrize(
    "heard",
    [
        Heard(500, SAFE, b""),
        Heard(200, SAFE[1:], b""),
        Heard(200, SAFE, f"<p>{HOSTILE}</p>".encode()),
        Heard(200, SAFE, f'<p title="{HOSTILE}">x</p>'.encode()),
        Heard(200, SAFE, f"<textarea>{HOSTILE}</textarea>".encode()),
        Heard(200, SAFE, b"<p>94011</p>"),
        Heard(200, SAFE, b'<a href="javascript:alert(1)">x</a>'),
        Heard(200, SAFE, b'<p onclick="x()">x</p>'),
        Heard(303, [*SAFE, ("location", "//evil.example/console")], b""),
        Heard(303, [*SAFE, ("location", "/console/\r\nSet-Cookie: a=b")], b""),
        Heard(200, [*SAFE, ("set-cookie", "a=b; Path=/; SameSite=lax")], b""),
        Heard(200, CSV, f'a,"{FORMULA.replace(chr(34), chr(34) * 2)}"'.encode()),
    ],
)
def test_a_fault_is_seen(heard: Heard) -> None:
    assert list(faults(heard))


@pytest.mark.parametrize(
    "heard",
    [
        Heard(200, SAFE, b"<p>&lt;xss-mark&gt;</p>"),
        Heard(303, [*SAFE, ("location", "/console/team?said=done")], b""),
        Heard(200, CSV, b"a,-12.30,'=1+1"),
        Heard(200, [*SAFE, ("set-cookie", "a=b; Path=/; HttpOnly; SameSite=lax")], b""),
    ],
)
def test_what_is_as_it_should_be_is_none(heard: Heard) -> None:
    assert list(faults(heard)) == []
