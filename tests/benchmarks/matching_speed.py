"""Time the matcher beside three others: python -m tests.benchmarks.matching_speed [SIZE …].

Processor time; set OPENBLAS_NUM_THREADS=1 for that of one thread. Beside it: rapidfuzz WRatio
over all phrasings, bm25s and tantivy over their single characters and pairs; the last two are
skipped where they are not installed.
First, two processes of their own import, read and learn the shipped base, the second from what
the first has kept: seconds by the clock and of all processors, and the memory of the process.
Every phrasing is an entry of its own, but for the row "shipped", which is the base as it is.
"""

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.entry import Entry, KnowledgeBase, Source
from knowledge.loader import shipped_knowledge
from knowledge.matcher import Matcher
from tests.benchmarks.calibrate import read_questions

SIZES = (500, 1_000, 5_000, 50_000)
ASKED = 300
LONGEST_RUN = 20.0
HOSTILE = {
    "one character": "佣" * 4096,
    "no spaces": "佣金几号发" * 820,
    "emoji": "😀" * 4096,
    "bidi": "\u202e佣" * 2048,
    "zero width": "\u200b佣" * 2048,
    "questions": "佣金几号发？" * 682,
    "letters": "zhuang" * 682,
}

LOADING = """
import resource, time
begun = time.perf_counter()
from bot.publishing.learning import learned_matcher
from knowledge.loader import shipped_knowledge
learned_matcher(shipped_knowledge()).ask("佣金几号发")
took = time.perf_counter() - begun
with open("/proc/self/statm") as status:
    pages = int(status.read().split()[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(took, time.process_time(), pages * resource.getpagesize() / 2**20, peak)
"""

Ask = Callable[[str], object]


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    _loading()
    base = shipped_knowledge()
    texts = [asked for entry in base.entries.values() for asked in entry.questions]
    questions = [question.ask for question in read_questions()][::7][:ASKED]
    _row("phrasings", "matcher", "p50 ms", "p99 ms", "build s", "MiB")
    _measure("shipped", "ours", lambda _: Matcher(base).ask, texts, questions)
    for size in sizes:
        grown = list(_grown(texts, size))
        for name, build in _MATCHERS.items():
            _measure(str(size), name, build, grown, questions)
    _hostile(Matcher(base).ask)


def _grown(texts: list[str], size: int) -> Iterable[str]:
    """Give distinct phrasings: the shipped ones, then pairs of them at growing distance."""
    yield from texts[:size]
    made = len(texts)
    for distance in range(1, len(texts)):
        for left, right in zip(texts, texts[distance:], strict=False):
            if made >= size:
                return
            yield f"{left}，{right}"
            made += 1


def _ours(texts: list[str]) -> Ask:
    source = Source("benchmark", "undated")
    entries = {
        f"general.text.t{number}": Entry(
            f"general.text.t{number}", "general", (text,), "-", "-", source
        )
        for number, text in enumerate(texts)
    }
    return Matcher(KnowledgeBase(entries)).ask


def _wratio(texts: list[str]) -> Ask:
    return lambda text: process.extract(text, texts, scorer=fuzz.WRatio, limit=10)


def _bm25s(texts: list[str]) -> Ask:
    bm25s = import_module("bm25s")
    index = bm25s.BM25()
    index.index([_grams(text) for text in texts], show_progress=False)
    count = min(10, len(texts))
    return lambda text: index.retrieve([_grams(text)], k=count, show_progress=False)


def _tantivy(texts: list[str]) -> Ask:
    tantivy = import_module("tantivy")
    schema = tantivy.SchemaBuilder().add_text_field("t", tokenizer_name="whitespace").build()
    index = tantivy.Index(schema)
    writer = index.writer(64_000_000, 1)
    for text in texts:
        writer.add_document(tantivy.Document(t=" ".join(_grams(text))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def ask(text: str) -> object:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "t", gram))
            for gram in set(_grams(text))
        ]
        return searcher.search(tantivy.Query.boolean_query(terms), 10).hits

    return ask


_MATCHERS: dict[str, Callable[[list[str]], Ask]] = {
    "ours": _ours,
    "WRatio": _wratio,
    "bm25s": _bm25s,
    "tantivy": _tantivy,
}


def _grams(text: str) -> list[str]:
    characters = [character for character in text.lower() if character.isalnum()]
    return [*characters, *("".join(pair) for pair in pairwise(characters))]


def _measure(
    size: str,
    name: str,
    build: Callable[[list[str]], Ask],
    texts: list[str],
    questions: list[str],
) -> None:
    gc.collect()
    before, start = _resident(), time.process_time()
    try:
        ask = build(texts)
    except ImportError as missing:
        _row(size, name, f"skipped: {missing.name} is not installed")
        return
    ask(questions[0])
    built, grown = time.process_time() - start, _resident() - before
    took: list[float] = []
    for question in questions:
        begun = time.thread_time()
        ask(question)
        took.append((time.thread_time() - begun) * 1000)
        if sum(took) > LONGEST_RUN * 1000:
            break
    p50, p99 = np.percentile(took, (50, 99))
    _row(size, name, f"{p50:.2f}", f"{p99:.2f}", f"{built:.2f}", f"{grown:.0f}")


def _loading() -> None:
    _row("loading", "s", "CPU s", "MiB", "peak MiB")
    with TemporaryDirectory() as cache:
        for which in ("first", "second"):
            run = subprocess.run(  # noqa: S603 (our own interpreter, our own text)
                [sys.executable, "-c", LOADING],
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | {"XDG_CACHE_HOME": cache},
            )
            took, cpu, resident, peak = map(float, run.stdout.split())
            _row(which, f"{took:.2f}", f"{cpu:.2f}", f"{resident:.0f}", f"{peak:.0f}")


def _hostile(ask: Ask) -> None:
    _row("\nmessage of 4,096 characters", "", "ms")
    for name, text in HOSTILE.items():
        begun = time.thread_time()
        ask(text)
        _row(name, "ours", f"{(time.thread_time() - begun) * 1000:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _row("\nresident at the end", "", f"{_resident():.0f} MiB", f"peak {peak:.0f} MiB")


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
        return int(status.read().split()[1]) * resource.getpagesize() / 2**20


def _row(*cells: str) -> None:
    sys.stdout.write("  ".join(f"{cell:>12}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
