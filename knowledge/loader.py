"""YAML text → entries, strictly: whatever an editor can get wrong is named with its remedy."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

from knowledge.entry import PLATFORMS, Entry, KnowledgeBase, Source
from knowledge.strict_yaml import KnowledgeFileError, read_yaml

__all__ = ["KnowledgeFileError", "load_knowledge", "shipped_knowledge"]

_TEXT_KEYS = ("id", "platform", "answer", "answer_en")
_LIST_KEYS = ("questions", "figures", "covers", "related")
_REQUIRED = ("id", "platform", "questions", "answer", "answer_en", "source")
_KNOWN = frozenset((*_TEXT_KEYS, *_LIST_KEYS, "source"))
_ID = re.compile(r"[a-z0-9_]{1,40}\.[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40}){0,3}", re.ASCII)
_LONGEST_QUESTION = 120


def load_knowledge(texts: Mapping[str, str]) -> KnowledgeBase:
    """Read file name → YAML text into one base; raises KnowledgeFileError on the first fault."""
    entries: dict[str, Entry] = {}
    asked: dict[str, str] = {}
    for file, text in texts.items():
        for entry in _entries(file, text):
            if entry.id in entries:
                raise KnowledgeFileError(
                    file, entry.id, "id", "this id is used twice", "give one of them another id"
                )
            entries[entry.id] = entry
            _claim_questions(file, entry, asked)
    return KnowledgeBase(entries)


def shipped_knowledge() -> KnowledgeBase:
    """The base that comes with the program."""
    folder = files("knowledge").joinpath("faq")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return load_knowledge(
        {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}
    )


def _entries(file: str, text: str) -> Iterator[Entry]:
    document = read_yaml(file, text)
    if not isinstance(document, list):
        raise KnowledgeFileError(
            file, None, None, "the file must be a list of entries", 'start each with "- id: …"'
        )
    for position, item in enumerate(document, start=1):
        yield _entry(file, position, item)


def _entry(file: str, position: int, item: object) -> Entry:
    place = f"entry {position}"
    if not isinstance(item, dict):
        raise KnowledgeFileError(
            file, place, None, "an entry must be a mapping", 'start it with "- id: …"'
        )
    if isinstance(item.get("id"), str):
        place = item["id"]
    _check_keys(file, place, item)
    texts = {key: _text(file, place, key, item[key]) for key in _TEXT_KEYS}
    lists = {key: _texts(file, place, key, item.get(key, [])) for key in _LIST_KEYS}
    _check_values(file, place, texts, lists)
    return Entry(
        id=texts["id"],
        platform=texts["platform"],
        questions=lists["questions"],
        answer=texts["answer"],
        answer_en=texts["answer_en"],
        source=_source(file, place, item["source"]),
        figures=lists["figures"],
        covers=lists["covers"],
        related=lists["related"],
    )


def _check_keys(file: str, place: str, item: dict[object, object]) -> None:
    for key in item:
        if key not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise KnowledgeFileError(
                file, place, str(key), "unknown key", f"remove it or use one of {known}"
            )
    for key in _REQUIRED:
        if key not in item:
            raise KnowledgeFileError(file, place, key, "missing", f'add a line "{key}: …"')


def _text(file: str, place: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise KnowledgeFileError(
            file,
            place,
            key,
            f"must be text, not {type(value).__name__} {value!r}",
            "write it between quotation marks",
        )
    if not value.strip():
        raise KnowledgeFileError(file, place, key, "is empty", "write the text or remove the key")
    return value.strip()


def _texts(file: str, place: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise KnowledgeFileError(
            file, place, key, "must be a list", f'write "{key}: [one, another]"'
        )
    texts = tuple(_text(file, place, key, item) for item in value)
    for text in texts:
        if texts.count(text) > 1:
            raise KnowledgeFileError(
                file, place, key, f"holds {text!r} twice", "remove one of them"
            )
    return texts


def _source(file: str, place: str, value: object) -> Source:
    if not isinstance(value, dict) or set(value) != {"title", "as_of"}:
        raise KnowledgeFileError(
            file,
            place,
            "source",
            "must have exactly title and as_of",
            'write "source: {title: …, as_of: undated}"',
        )
    return Source(
        _text(file, place, "source.title", value["title"]),
        _text(file, place, "source.as_of", str(value["as_of"])),
    )


def _check_values(
    file: str, place: str, texts: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]
) -> None:
    if not _ID.fullmatch(texts["id"]):
        raise KnowledgeFileError(
            file,
            place,
            "id",
            "is not of the form platform.topic.detail",
            "use small letters, digits and _ between the dots",
        )
    if texts["platform"] not in PLATFORMS:
        raise KnowledgeFileError(
            file,
            place,
            "platform",
            f"{texts['platform']!r} is no platform",
            f"use one of {', '.join(PLATFORMS)}",
        )
    if not lists["questions"]:
        raise KnowledgeFileError(
            file, place, "questions", "is empty", "write at least one way people ask this"
        )
    for question in lists["questions"]:
        if len(question) > _LONGEST_QUESTION:
            raise KnowledgeFileError(
                file,
                place,
                "questions",
                f"{question[:20]!r}… is longer than {_LONGEST_QUESTION} characters",
                "shorten it to what a person would type",
            )


def _claim_questions(file: str, entry: Entry, asked: dict[str, str]) -> None:
    for question in entry.questions:
        other = asked.setdefault(question, entry.id)
        if other != entry.id:
            raise KnowledgeFileError(
                file,
                entry.id,
                "questions",
                f"{question!r} is already asked by {other}",
                "keep it where it is answered best",
            )
