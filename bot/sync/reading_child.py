"""The process that reads one file (读表进程): a request on standard input, frames out.

It may be killed at any moment and nothing is lost: it writes to nothing but its pipe.
"""

import gc
import os
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from bot.store.read_reports import PART, read_of
from bot.sync.child_protocol import frame_of, frame_of_payouts, write_frame
from settlement.model import Platform
from settlement.payout_files import read_payouts, read_report_of_orders
from settlement.reports import Report, ReportError
from settlement.reports.layout_files import read_own_layouts
from settlement.reports.layouts import Layout

__all__ = ["main"]


def main() -> None:
    """Read the file that standard input names, and send what is in it."""
    # What is read makes no circles, and the process is short-lived: looking for them is a tenth.
    gc.disable()
    request = orjson.loads(sys.stdin.buffer.read())
    # What a library prints must not stand between frames.
    pipe = os.fdopen(os.dup(1), "wb", buffering=1024 * 1024)
    os.dup2(2, 1)
    _limit(request.get("memory"), request.get("processor_seconds"))
    # Whoever asked may be gone.
    with suppress(BrokenPipeError):
        _answer(request, pipe)


def _answer(request: dict[str, Any], pipe: IO[bytes]) -> None:
    try:
        read = _read_payouts if "names" in request else _read
        read(request, pipe)
    except MemoryError:
        write_frame(pipe, {"failed": "memory"})
    except BrokenPipeError:
        raise
    except OSError as error:
        write_frame(pipe, {"failed": "file", "message": error.strerror or type(error).__name__})
    except Exception as error:  # its words may hold what is in the file
        write_frame(pipe, {"failed": "program", "message": type(error).__name__})


def _read(request: dict[str, Any], pipe: IO[bytes]) -> None:
    platform = request.get("platform")
    with Path(request["path"]).open("rb") as file:
        report = read_report_of_orders(
            file,
            request["name"],
            platform=Platform(platform) if platform else None,
            layouts=_layouts(request.get("columns")),
        )
        if isinstance(report, ReportError):
            write_frame(pipe, {"refused": report.message})
        else:
            _send(report, pipe)


def _read_payouts(request: dict[str, Any], pipe: IO[bytes]) -> None:
    platform, name = request.get("platform"), request["name"]
    with Path(request["path"]).open("rb") as file:
        payouts = read_payouts(
            file,
            name,
            platform=Platform(platform) if platform else None,
            names=request["names"],
        )
        if isinstance(payouts, ReportError):
            write_frame(pipe, {"refused": payouts.message})
            return
        write_frame(pipe, {"payouts": {"if_none": payouts.if_none}})
        while part := list(islice(payouts.lines, PART)):
            write_frame(pipe, frame_of_payouts(part))
        write_frame(pipe, {"end": True})


def _layouts(columns: str | None) -> tuple[Layout, ...]:
    return read_own_layouts(columns, "columns") if columns else ()


def _send(report: Report, pipe: IO[bytes]) -> None:
    read = read_of(report)
    head = {
        "source": read.source,
        "unknown_columns": read.unknown_columns,
        "header": read.header,
        "states": sorted(read.states),
        "joining": read.joining,
    }
    write_frame(pipe, {"report": head})
    for part in read.parts:
        write_frame(pipe, frame_of(part))
    write_frame(pipe, {"end": True})


def _limit(memory: int | None, processor_seconds: int | None) -> None:
    """Limit what this process may take, where the system can."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: processor_seconds,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        if most is not None:
            _, hard = resource.getrlimit(limit)
            wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (wanted, hard))


if __name__ == "__main__":
    main()
