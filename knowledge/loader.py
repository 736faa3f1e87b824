"""YAML text → entries, strictly: whatever an editor can get wrong is named with its remedy."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from knowledge.entry import PLATFORMS, Entry, KnowledgeBase, Source
from knowledge.strict_yaml import KnowledgeFileError, Node, read_yaml

__all__ = ["OUTSIDE", "load_knowledge", "shipped_files", "shipped_knowledge"]

OUTSIDE = "outside.yaml"
"""The file of the questions that people also ask and that are not to be answered."""

_REQUIRED = ("id", "platform", "questions", "answer", "answer_en", "source")
_OPTIONAL = ("figures", "covers", "related")
_ID = re.compile(r"[a-z0-9_]{1,40}(?:\.[a-z0-9_]{1,40}){1,4}", re.ASCII)
_FIGURE = re.compile(
    r"\{\{\s{0,99}+figures\['([a-z0-9_]{1,40}\.[a-z0-9_]{1,40})'\]\s{0,99}+\}\}", re.ASCII
)
_TEMPLATE = ("{{", "{%", "{#")
_LONGEST_QUESTION = 120


def load_knowledge(texts: Mapping[str, str]) -> KnowledgeBase:
    """Read file name → YAML text into one base; raises KnowledgeFileError on the first fault."""
    entries: dict[str, Entry] = {}
    outside: dict[str, tuple[str, ...]] = {}
    asked: dict[str, str] = {}
    for file, text in texts.items():
        for item in _items(file, text):
            if item.name in entries or item.name in outside:
                raise item.fault("id", "this id is used twice", "give one of them another id")
            if file == OUTSIDE:
                item.check_keys(("id", "questions"), ())
                outside[item.name] = item.questions()
            else:
                entries[item.name] = _entry(item)
            item.claim(asked)
    return KnowledgeBase(entries, outside)


def shipped_knowledge() -> KnowledgeBase:
    """The base that comes with the program."""
    return load_knowledge(shipped_files())


def shipped_files() -> dict[str, str]:
    """The texts of that base by the names of their files."""
    folder = files("knowledge").joinpath("faq")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry as it stands in a file, read key by key."""

    file: str
    name: str
    values: Mapping[str, Node]

    def fault(self, key: str, cause: str, remedy: str) -> KnowledgeFileError:
        return KnowledgeFileError(self.file, self.name, key, cause, remedy)

    def check_keys(self, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        known = (*required, *optional)
        for key in self.values:
            if key not in known:
                raise self.fault(key, "unknown key", f"remove it or use {', '.join(known)}")
        for key in required:
            if key not in self.values:
                raise self.fault(key, "is missing", f'add a line "{key}: …"')

    def text(self, key: str) -> str:
        return self._filled(key, self.values[key])

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, "must be a list", f'write "{key}: [one, another]"')
        texts = [self._filled(key, item) for item in value]
        for text in texts:
            if texts.count(text) > 1:
                raise self.fault(key, f"holds {text!r} twice", "remove one of them")
        return tuple(texts)

    def questions(self) -> tuple[str, ...]:
        questions = self.texts("questions")
        if not questions:
            raise self.fault("questions", "is empty", "write at least one way people ask this")
        for question in questions:
            if len(question) > _LONGEST_QUESTION:
                raise self.fault(
                    "questions",
                    f"{question[:20]!r}… is longer than {_LONGEST_QUESTION} characters",
                    "shorten it to what a person would type",
                )
        return questions

    def claim(self, asked: dict[str, str]) -> None:
        for question in self.texts("questions"):
            owner = asked.setdefault(question, self.name)
            if owner != self.name:
                raise self.fault(
                    "questions",
                    f"{question!r} is asked by {owner} as well",
                    "keep it where it is answered best",
                )

    def _filled(self, key: str, value: Node) -> str:
        if not isinstance(value, str):
            kind = "a list" if isinstance(value, list) else "a mapping"
            raise self.fault(key, f"must be text and is {kind}", "write it in quotation marks")
        if not value.strip():
            raise self.fault(key, "is empty", "write the text or remove the key")
        return value.strip()


def _items(file: str, text: str) -> Iterator[_Item]:
    document = read_yaml(file, text)
    if not isinstance(document, list):
        raise KnowledgeFileError(
            file, None, None, "the file must be a list of entries", 'start each with "- id: …"'
        )
    for position, values in enumerate(document, start=1):
        name = f"entry {position}"
        if not isinstance(values, dict):
            raise KnowledgeFileError(
                file, name, None, "an entry must be a mapping", 'start it with "- id: …"'
            )
        if isinstance(found := values.get("id"), str) and found:
            name = found
        item = _Item(file, name, values)
        if not _ID.fullmatch(name) and "id" in values:
            raise item.fault(
                "id", "is not of the form platform.topic.detail", "use small letters, digits, _"
            )
        yield item


def _entry(item: _Item) -> Entry:
    item.check_keys(_REQUIRED, _OPTIONAL)
    platform = item.text("platform")
    if platform not in PLATFORMS:
        raise item.fault(
            "platform", f"{platform!r} is no platform", f"use one of {', '.join(PLATFORMS)}"
        )
    entry = Entry(
        id=item.text("id"),
        platform=platform,
        questions=item.questions(),
        answer=item.text("answer"),
        answer_en=item.text("answer_en"),
        source=_source(item),
        figures=item.texts("figures"),
        covers=item.texts("covers"),
        related=item.texts("related"),
    )
    _check_template(item, "answer", entry.answer, entry.figures)
    _check_template(item, "answer_en", entry.answer_en, entry.figures)
    return entry


def _source(item: _Item) -> Source:
    value = item.values["source"]
    if not isinstance(value, dict):
        raise item.fault(
            "source", "must have title and as_of", 'write "source: {title: …, as_of: undated}"'
        )
    source = _Item(item.file, f"{item.name}: source", value)
    source.check_keys(("title", "as_of"), ())
    return Source(source.text("title"), source.text("as_of"))


def _check_template(item: _Item, key: str, template: str, figures: tuple[str, ...]) -> None:
    """Refuse whatever a template could do beside quoting a figure: loops cost time and memory."""
    for name in _FIGURE.findall(template):
        if name not in figures:
            raise item.fault(key, f"uses the figure {name}", f"add it to figures: [{name}]")
    rest = _FIGURE.sub("", template)
    if any(mark in rest for mark in _TEMPLATE):
        raise item.fault(
            key, "holds a template that is no figure", "write {{ figures['platform.name'] }}"
        )
