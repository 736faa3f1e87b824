"""What is told of a campaign: inputs, failures, the slowest input, memory."""

import hashlib
import json
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

__all__ = ["LONGEST_SECONDS", "MOST_MEGABYTES", "Watch", "Watched"]

EVERY = 500
"""Inputs after which the figures are written."""
LONGEST_SECONDS = 1.0
MOST_MEGABYTES = 512


@dataclass(slots=True)
class Watched:
    """The figures of a campaign."""

    inputs: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    """By the place where it was raised: the file that holds the first such input."""
    slowest_seconds: float = 0.0
    slow: int = 0
    megabytes: int = 0
    """The most memory the process ever held."""
    coverage_of_seeds: int = 0
    coverage: int = 0
    seconds: float = 0.0

    @property
    def broken_promises(self) -> list[str]:
        """What must not be, in words."""
        found = [f"unhandled at {place}: {file}" for place, file in self.failures.items()]
        if self.slow:
            found.append(f"{self.slow} inputs took longer than {LONGEST_SECONDS} s")
        if self.megabytes >= MOST_MEGABYTES:
            found.append(f"{self.megabytes} MB of memory")
        if self.coverage <= self.coverage_of_seeds:
            found.append(f"coverage did not grow beyond {self.coverage_of_seeds} of the seeds")
        return found

    def line(self) -> str:
        """The figures in one line."""
        return (
            f"{self.inputs} inputs in {self.seconds:.0f} s: {len(self.failures)} kinds unhandled, "
            f"slowest {self.slowest_seconds * 1000:.0f} ms of processor, {self.megabytes} MB; "
            f"coverage {self.coverage_of_seeds} → {self.coverage}"
        )


class Watch:
    """Runs inputs one by one and writes down what comes of them."""

    def __init__(
        self, run: Callable[[bytes], None], keep: Path, figures: Path | None = None
    ) -> None:
        """Take what is run, a folder for inputs to be looked at, and a file for the figures."""
        self.watched = Watched()
        self._run = run
        self._keep = keep
        self._figures = figures

    def __call__(self, content: bytes) -> None:
        """Run one input; what it raises is kept with the input, and the campaign goes on."""
        began = time.process_time()
        try:
            self._run(content)
        except BaseException as error:  # a panic of a native library is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            self._note(content, error)
        took = time.process_time() - began
        watched = self.watched
        watched.inputs += 1
        watched.slowest_seconds = max(watched.slowest_seconds, took)
        if took > LONGEST_SECONDS:
            watched.slow += 1
            self._save("slow", content)
        if watched.inputs % EVERY == 0:
            self.write()

    def write(self) -> None:
        """Write the figures so far, so that a campaign may be broken off."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.watched.megabytes = peak // 1024
        if self._figures:
            self._figures.write_text(json.dumps(asdict(self.watched)))

    def _note(self, content: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{type(error).__name__} in {Path(frames[-1].filename).name}:{frames[-1].lineno}"
        if place not in self.watched.failures:
            words = "".join(traceback.format_exception(error)).encode("utf-8", "replace")
            saved = self._save("failure", content)
            saved.with_suffix(".txt").write_bytes(words)
            self.watched.failures[place] = str(saved)

    def _save(self, kind: str, content: bytes) -> Path:
        self._keep.mkdir(parents=True, exist_ok=True)
        file = self._keep / f"{kind}-{hashlib.sha256(content).hexdigest()[:12]}.bin"
        file.write_bytes(content)
        return file
