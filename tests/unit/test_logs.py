"""Log lines hold no secret, in either form, wherever the secret was put."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bot.logs import Form, about, configure_logging, fault_name, mask_also

SOMEBODY = "somebody.else"
"""The logger with which tests show that a secret is masked."""
TOKEN = st.from_regex(r"\A[1-9][0-9]{5,9}:AA[A-Za-z0-9_-]{33}\Z")
NUMBER = st.from_regex(r"\A[1-9][0-9]{10,19}\Z") | st.from_regex(r"\A2[0-9]{5}-[0-9]{15}\Z")
AROUND = st.text("abc /:?&=.，单号\"'\n", max_size=6)


@contextmanager
def written(form: Form, *secrets: str) -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG", secrets, form)
    stream = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def log(secret: str, around: tuple[str, str]) -> None:
    """Everywhere a secret can come from: arguments, names, an error and what caused it."""
    logger = logging.getLogger(SOMEBODY)
    words = secret.join(around)
    logger.debug(words.replace("%", "%%"))
    logger.info("said %s", words)
    logger.warning("said", extra={"words": words, "deep": {"in": [words]}, "count": 3})
    try:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise ValueError(f"not this: {words}") from error
    except ValueError:
        logger.exception("failed")


@pytest.mark.parametrize("form", ["console", "json"])
@settings(max_examples=40)
@given(secret=TOKEN | NUMBER, around=st.tuples(AROUND, AROUND))
def test_what_looks_like_a_secret_is_masked(
    form: Form, secret: str, around: tuple[str, str]
) -> None:
    with written(form) as stream:
        log(secret, around)
    lines = stream.getvalue()
    assert secret not in lines
    assert secret.rpartition(":")[2] not in lines
    assert lines.count("***") >= 4


@pytest.mark.parametrize("form", ["console", "json"])
@settings(max_examples=40)
@given(secret=st.from_regex(r"\A[A-Za-z0-9_/+=-]{16,40}\Z"), around=st.tuples(AROUND, AROUND))
def test_a_secret_that_is_known_is_masked_whatever_it_looks_like(
    form: Form, secret: str, around: tuple[str, str]
) -> None:
    with written(form, secret) as stream:
        log(secret, around)
    assert secret not in stream.getvalue()


def test_a_secret_learned_later_is_masked_too() -> None:
    with written("console", "token") as stream:
        mask_also(["token-renewed", ""])
        logging.getLogger(SOMEBODY).warning("with %s and %s", "token-renewed", "token")
    assert f" with *** and *** [{SOMEBODY}]" in stream.getvalue()


@settings(max_examples=40)
@given(text=st.text(max_size=60))
def test_whatever_is_logged_every_line_of_json_is_one_event(text: str) -> None:
    with written("json") as stream:
        logging.getLogger(SOMEBODY).info("%s", text, extra={"words": text})
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert event["level"] == "info"
    assert event["logger"] == SOMEBODY


@settings(max_examples=40)
@given(text=st.text("ab\r\n", max_size=20))
def test_nobody_can_forge_a_line(text: str) -> None:
    with written("console") as stream:
        logging.getLogger(SOMEBODY).info("said %s", text, extra={"words": text})
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("chat -1001234567890", True),  # a group
        ("user 7012345678", True),
        ("update 823456789, row 12", True),
        ("at 2026-11-22T04:00:00.123456Z", True),
        ("postgresql://bot:hunter2@db/bot", False),
        ("https://api.telegram.org/bot42:short/getMe", False),
        ("order 250101-123456789012345", False),
    ],
)
def test_ids_stay_readable_and_addresses_lose_their_passwords(text: str, *, kept: bool) -> None:
    with written("console") as stream:
        logging.getLogger(SOMEBODY).info("%s", text)
    assert (text in stream.getvalue()) == kept
    assert "hunter2" not in stream.getvalue()


def test_an_event_says_what_it_is_about() -> None:
    copy_context().run(_check_events)  # as each task has its own


def _check_events() -> None:
    with written("json") as stream:
        about(update=7, row=None)
        logging.getLogger(SOMEBODY).info("sent", extra={"ms": 3})
        about(update=8)
        logging.getLogger(SOMEBODY).info("sent")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["update"], first["ms"], second["update"]) == (7, 3, 8)
    assert "row" not in first


def test_a_line_that_cannot_be_written_says_nothing_of_what_it_was_to_say() -> None:
    class Evil:
        def __str__(self) -> str:
            raise RuntimeError("hunter2")

    with written("console") as stream:
        logging.getLogger(SOMEBODY).info("said %s and %s", Evil(), "hunter2")
    assert stream.getvalue().startswith(f"a line of {SOMEBODY}:")
    assert "hunter2" not in stream.getvalue()


class _Told(Exception):
    """What a database's driver raises."""

    def __init__(self, **codes: str) -> None:
        super().__init__("UNIQUE: 你好")
        self.__dict__.update(codes)


@pytest.mark.parametrize(
    ("told", "called"),
    [
        (_Told(sqlite_errorname="SQLITE_FULL"), "OperationalError SQLITE_FULL"),
        (_Told(sqlstate="53100"), "OperationalError 53100"),
        (_Told(), "OperationalError"),
    ],
)
def test_a_databases_fault_is_called_by_its_code_and_not_by_its_words(
    told: Exception, called: str
) -> None:
    assert fault_name(OperationalError("INSERT 你好", None, told)) == called
