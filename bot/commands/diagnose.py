"""`mingzhang diagnose FILE|-`: one order line in, one diagnosis out, in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import orjson

from bot.commands.failure import CommandFailed
from bot.commands.inputs import instant, known_language, load_rulebook
from bot.commands.order_lines import OrderLines, opened, what_is_wrong
from bot.commands.output import complain, say_json, standard_output
from settlement.contract import OrderError, diagnosis_json
from settlement.diagnosis import Diagnosis, diagnose
from settlement.model import Order
from settlement.reading import Unreadable, money
from settlement.rulebook import Rulebook
from settlement.summary import Summary
from settlement.what_if import what_if

__all__ = ["Request", "diagnose_lines"]


@dataclass(frozen=True, slots=True)
class Request:
    """How the lines are to be diagnosed and shown."""

    language: str = "zh"
    as_of: str | None = None
    rules: Path | None = None
    what_if: tuple[str, ...] = ()
    as_json: bool = False
    with_text: bool = False
    summary: bool = False


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed to have happened besides (假如)."""

    received: datetime | None = None
    refund: Decimal | None = None


@dataclass(slots=True)
class Run:
    """One pass over the lines."""

    rulebook: Rulebook
    now: datetime
    supposed: Supposed
    lines: OrderLines = field(default_factory=OrderLines)

    def judge(self, order: Order) -> Diagnosis:
        """The diagnosis of one line, under what is supposed besides."""
        now = self.now
        if self.supposed != Supposed():
            order, now = what_if(order, now, self.supposed.received, self.supposed.refund)
        return diagnose(order, self.rulebook, now)

    def judge_all(self, lines: Iterable[bytes]) -> Iterator[tuple[int, Diagnosis | OrderError]]:
        """Each line's number and what comes of it; blank lines are passed over."""
        for number, order in self.lines.read_all(lines):
            yield number, order if isinstance(order, OrderError) else self.judge(order)


def diagnose_lines(file: str, request: Request) -> bool:
    """Diagnose every line; False when one could not be read. Blank lines are passed over."""
    known_language(request.language)
    run = Run(load_rulebook(request.rules), instant(request.as_of), suppose(request.what_if))
    with opened(file) as lines:
        if request.summary:
            return summarise(run, lines)
        return write(run, lines, request)


def suppose(texts: Iterable[str]) -> Supposed:
    """Read `received=2026-12-01` and `refund=50.00`."""
    received: datetime | None = None
    refund: Decimal | None = None
    for text in texts:
        name, _, value = text.partition("=")
        if name == "received" and value:
            received = instant(value, "--what-if received")
        elif name == "refund" and value:
            refund = amount(value)
        else:
            raise CommandFailed(
                f"--what-if：读不懂 {text!r}；请写 received=2026-12-01 或 refund=50.00"
            )
    return Supposed(received, refund)


def amount(text: str) -> Decimal:
    """An amount of yuan with at most two places."""
    try:
        read = money(text)
    except Unreadable as error:
        raise CommandFailed(f"--what-if refund：{error.message}") from None
    assert isinstance(read, Decimal)  # noqa: S101 - what the reader promises
    return read


def write(run: Run, lines: Iterable[bytes], request: Request) -> bool:
    """Write one line out per line in."""
    output = standard_output()
    clean = True
    for number, judged in run.judge_all(lines):
        if isinstance(judged, OrderError):
            clean = False
            output.write(error_line(number, judged, request))
        elif request.as_json:
            output.write(json_line(judged, request))
        else:
            output.write(shown(judged, request.language).encode() + b"\n\n")
    return clean


def json_line(diagnosis: Diagnosis, request: Request) -> bytes:
    """The contract's form, with the words for people if they are asked for."""
    document = diagnosis_json(diagnosis, request.language)
    if request.with_text:
        document["text"] = shown(diagnosis, request.language)
    return orjson.dumps(document) + b"\n"


def error_line(number: int, error: OrderError, request: Request) -> bytes:
    """What is wrong with a line, in the place of its diagnosis."""
    if not request.as_json:
        return f"{what_is_wrong(number, error)}\n\n".encode()
    details = {"line": number, "field": error.field, "message": error.message}
    return orjson.dumps({"error": details}) + b"\n"


def shown(diagnosis: Diagnosis, language: str) -> str:
    """The diagnosis in words, as the bot says it."""
    from bot.desk.cards import diagnosis_text

    return diagnosis_text(diagnosis, diagnosis.order, language)


def summarise(run: Run, lines: Iterable[bytes]) -> bool:
    """Write how many lines are in which state, why, and how much money is at stake."""
    summary = Summary()
    clean = True
    for number, judged in run.judge_all(lines):
        if isinstance(judged, OrderError):
            clean = False
            complain(what_is_wrong(number, judged))
        else:
            summary.add(judged)
    say_json(summary.as_json())
    return clean
