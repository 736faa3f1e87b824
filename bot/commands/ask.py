"""`mingzhang ask TEXT`: what the bot would answer, without a store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.app import load_snapshot
from bot.commands.failure import CommandFailed
from bot.commands.inputs import instant, known_language
from bot.commands.output import say, say_json
from bot.desk.markup import plain
from bot.desk.phrases import beyond_the_card
from bot.desk.rendering import Voice
from bot.desk.snapshot import Snapshot
from knowledge.entry import Entry
from knowledge.outcome import Answer, Candidate, Choices, Clarify, Menu, Option, Part, Unknown
from knowledge.rendering import render_answer
from settlement.order_number import FoundNumber, find_order_numbers, without_numbers
from settlement.shanghai import day_of

__all__ = ["ask_batch", "ask_once"]

Document = dict[str, object]

EMPTY: Document = {
    "entry": None,
    "covers": [],
    "confidence": None,
    "text": "",
    "choices": [],
    "clarify": None,
    "topics": [],
    "numbers": [],
}
SAID = {
    "zh": {
        "choices": "你是不是想问：",
        "clarify": "你问的是哪个平台？",
        "menu": "想了解哪一方面？",
        "unknown": "这个问题我还答不上来。",
        "order": "收到订单号。把它发给机器人，就能看到这一单的诊断。",
    },
    "en": {
        "choices": "Did you mean:",
        "clarify": "Which platform do you mean?",
        "menu": "What would you like to know about?",
        "unknown": "I cannot answer this yet.",
        "order": "That is an order number. Send it to the bot to see its diagnosis.",
    },
}


@dataclass(frozen=True, slots=True)
class Asking:
    """From what, in which language and as of when the questions are answered."""

    snapshot: Snapshot
    language: str
    now: datetime

    def answer(self, text: str) -> Document:
        """The whole answer: the first part's members on top, all parts below."""
        parts = [self._part(part) for part in self._split(text)]
        return {**parts[0], "parts": parts}

    def _split(self, text: str) -> Iterator[Part | tuple[FoundNumber, ...]]:
        numbers = find_order_numbers(text)
        if numbers:
            yield numbers
            text = without_numbers(text, numbers)
            if not beyond_the_card(text):
                return
        yield from self.snapshot.matcher.ask(text).parts

    def _part(self, part: Part | tuple[FoundNumber, ...]) -> Document:
        if isinstance(part, tuple):
            named = [{"number": each.number, "platforms": list(each.platforms)} for each in part]
            return {"outcome": "order", **EMPTY, "text": self._said("order"), "numbers": named}
        match part.outcome:
            case Answer(entry_id, confidence):
                return self._answered(self.snapshot.knowledge[entry_id], confidence)
            case Choices(candidates):
                offered = [self._choice(candidate) for candidate in candidates]
                return self._open("choices", choices=offered)
            case Clarify(slot, options):
                return self._asked_back(slot, options)
            case Menu(topics):
                return self._open("menu", topics=list(topics))
            case Unknown():
                return self._open("unknown")

    def _answered(self, entry: Entry, confidence: float) -> Document:
        figures = self.snapshot.rulebook.at(day_of(self.now))
        return {
            "outcome": "answer",
            **EMPTY,
            "entry": entry.id,
            "covers": list(entry.covers),
            "confidence": round(confidence, 4),
            "text": plain(render_answer(entry, figures, self.language)).strip(),
        }

    def _choice(self, candidate: Candidate) -> Document:
        return {
            "entry": candidate.entry_id,
            "covers": list(self.snapshot.knowledge[candidate.entry_id].covers),
            "question": candidate.question,
            "confidence": round(candidate.confidence, 4),
        }

    def _asked_back(self, slot: str, options: Iterable[Option]) -> Document:
        values = [option.value for option in options]
        return self._open("clarify", clarify={"slot": slot, "options": values})

    def _open(self, outcome: str, **members: object) -> Document:
        return {"outcome": outcome, **EMPTY, "text": self._said(outcome), **members}

    def _said(self, outcome: str) -> str:
        voice = Voice(self.language, self.now)
        return voice.converted(SAID[voice.folder][outcome])


def ask_once(text: str, *, language: str, as_of: str | None, as_json: bool) -> None:
    """Answer one message."""
    if not text.strip():
        raise CommandFailed("ask：没有问题；请写 mingzhang ask 1688佣金几号发，或用 --batch")
    ask_batch([text.encode()], language=language, as_of=as_of, as_json=as_json)


def ask_batch(lines: Iterable[bytes], *, language: str, as_of: str | None, as_json: bool) -> None:
    """Answer one message a line, an empty one too, each as soon as it is read."""
    asking = Asking(load_snapshot(), known_language(language), instant(as_of))
    for line in lines:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        answer = asking.answer(text)
        if as_json:
            say_json(answer)
        else:
            say(in_words(answer))


def in_words(answer: Document) -> str:
    """For people: the answer, then what there is to choose from."""
    shown: list[str] = []
    parts = answer["parts"]
    assert isinstance(parts, list)  # noqa: S101 - built above
    for part in parts:
        shown.append(part["text"])
        shown += [f"  · {choice['question']}" for choice in part["choices"]]
        shown += [f"  · {option}" for option in (part["clarify"] or {}).get("options", ())]
        shown += [f"  · {topic}" for topic in part["topics"]]
    return "\n".join(shown) + "\n"
