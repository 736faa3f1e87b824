import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.log_watch import LogWatch, indiscretions

PERSON = "小林"


def record(words: str, *arguments: Any, name: str = "bot.sync") -> logging.LogRecord:
    return logging.LogRecord(name, logging.DEBUG, __file__, 1, words, arguments, None)


def failing(words: str, cause: str) -> logging.LogRecord:
    try:
        try:
            raise ValueError(cause)
        except ValueError as error:
            raise RuntimeError(words) from error
    except RuntimeError as error:
        information = (RuntimeError, error, error.__traceback__)
        return logging.LogRecord("bot", logging.ERROR, __file__, 1, "failed", None, information)


@pytest.mark.parametrize(
    "written",
    [
        record("GET /bot42:AAtoken_of-some/getMe"),
        record("GET %s", "/bot42:AAtoken_of-some/getMe"),
        record("the order %s", "123456789012345678"),
        record("the order 3123456789012345678 is not there"),
        record("asked: %s", "为什么没有佣金"),
        record("%(who)s asked", {"who": PERSON}),
        failing("order 123456789012", "some"),
        failing("some", f"of {PERSON}"),
    ],
    ids=lambda made: made.getMessage(),
)
def test_what_no_log_may_have_is_noticed(written: logging.LogRecord) -> None:
    assert list(indiscretions(written))


@pytest.mark.parametrize(
    "written",
    [
        record("outbox row %d is %s: %s", 7, "pending", "429 slow"),
        record("update %d is set aside: %s", 1234567890, "KeyError"),
        record("另有一个程序正在用同一个令牌收取消息（%s）", "Conflict"),
        record("改动没有发布：%s", "没有出处", name="bot.publishing.watching"),
    ],
    ids=lambda made: made.getMessage(),
)
def test_what_the_program_says_itself_may_stand(written: logging.LogRecord) -> None:
    assert not list(indiscretions(written))


@pytest.fixture
def own_factory() -> Any:
    before: Callable[..., logging.LogRecord] = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def test_the_watch_sees_every_record_whatever_handlers_there_are(own_factory: None) -> None:
    logging.setLogRecordFactory(logging.LogRecord)  # the run's own watch need not see this
    watch = LogWatch()
    quiet = logging.getLogger("bot.without.handlers")
    quiet.propagate = False
    quiet.addHandler(logging.NullHandler())
    quiet.debug("order %s", "123456789012")
    assert [found.partition(":")[0].split(",")[0] for found in watch.taken()] == [quiet.name]
    assert watch.taken() == []
