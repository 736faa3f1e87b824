"""Reading an operator's table of creators, ``creators.yaml``: strict, with errors for its editor.

It maps each creator's name to what the platforms call them: by platform, by kind of name
(`kinds`), one name or a list. A kind may be written as the platform's own reports call the column,
or its order interface the member.

    小雅:
      jd: {推广位: 小雅短视频}
      taobao: {pid: [mm_1_2_3, mm_1_2_4]}
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from settlement.apis import methods_of
from settlement.creator_names import CreatorNames, parts_of_pid
from settlement.model import Platform
from settlement.reports.cells import ABSENT, cleaned, text
from settlement.reports.layout_files import layouts
from settlement.reports.layouts import header_key
from settlement.yaml_text import RuleFileError, mapping, one_word, whole_mapping

__all__ = [
    "NamedCreator",
    "PromoterName",
    "claimants",
    "is_creator_name",
    "kinds",
    "promoter_name",
    "read_creators",
]

LARGEST = 2_000_000
"""Characters; more is no table somebody keeps by hand."""
LONGEST = 128
"""Characters of a name."""
_AS_PEOPLE_WRITE: Mapping[Platform, Mapping[str, str]] = {
    Platform.TAOBAO: {"pid": "pid"},
    Platform.DOUYIN: {"uid": "author_id"},
    Platform.KUAISHOU: {"uid": "distributor_id"},
}
"""Words that no column of a report and no member of an interface is called."""


class PromoterName(NamedTuple):
    """What a platform calls a creator: the kind of name, as layouts have it, and the name."""

    platform: Platform
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} {self.value}"


class NamedCreator(NamedTuple):
    """A creator of the table, and what platforms call them."""

    name: str
    called: tuple[PromoterName, ...]


@cache
def kinds(platform: Platform) -> Mapping[str, str]:
    """The kinds of names on a platform, by every word for them, folded by `header_key`."""
    words = {
        key: column.creator
        for layout in layouts()
        if layout.platform is platform
        for key, column in layout.columns.items()
        if column.creator
    }
    for method in methods_of(platform):
        words |= {
            header_key(member.rpartition(".")[2]): kind for member, kind in method.hints.items()
        }
    words |= _AS_PEOPLE_WRITE.get(platform, {})
    return words | {kind: kind for kind in words.values()}


def read_creators(text: str, file: str) -> tuple[NamedCreator, ...]:
    """Read the text of a ``creators.yaml``.

    Raises:
        RuleFileError: names the file, the place in it, the cause and the remedy.
    """
    creators = tuple(
        NamedCreator(_creator_name(name, file), tuple(_called(name, raw, file)))
        for name, raw in _loaded(text, file).items()
    )
    _check_claims(creators, file)
    return creators


def is_creator_name(name: str) -> bool:
    """Whether a creator may be called so: something to be seen, without blanks around it."""
    return 0 < len(name) <= LONGEST and name.isprintable() and name == name.strip()


def promoter_name(platform: Platform, word: str, value: str) -> PromoterName | None:
    """A single name, read as one of the file; None where the file would be refused for it."""
    try:
        kind = _kind(platform, word, "", "")
        return PromoterName(platform, kind, _value(platform, kind, value, "", ""))
    except RuleFileError:
        return None


def claimants(known: CreatorNames, name: PromoterName) -> frozenset[int]:
    """Whom a row of a report with this name would mean, also by the parts of a PID."""
    return known.named(name.platform, {name.kind: name.value})


def _loaded(text: str, file: str) -> Mapping[str, object]:
    if len(text) > LARGEST:
        cause = f"has more than {LARGEST} characters"
        raise RuleFileError(file, "the whole file", cause, "leave out what is no creator")
    return whole_mapping(text, file)


def _creator_name(name: str, file: str) -> str:
    if not is_creator_name(name):
        cause = f"{name[:40]!r} is no name of a creator"
        remedy = f"write 1 to {LONGEST} characters, without blanks around them"
        raise RuleFileError(file, name[:40].strip() or "the whole file", cause, remedy)
    return name


def _called(creator: str, raw: object, file: str) -> Iterator[PromoterName]:
    for word, names in mapping(raw, file, creator).items():
        platform = one_word(Platform, word, file, f"{creator}.{word}")
        for kind_word, values in mapping(names, file, f"{creator}.{word}").items():
            place = f"{creator}.{word}.{kind_word}"
            kind = _kind(platform, kind_word, file, place)
            for value in values if isinstance(values, list) else [values]:
                yield PromoterName(platform, kind, _value(platform, kind, value, file, place))


def _kind(platform: Platform, word: str, file: str, place: str) -> str:
    known = kinds(platform)
    if kind := known.get(header_key(word)):
        return kind
    remedy = f"use one of {', '.join(sorted(set(known.values())))}"
    raise RuleFileError(file, place, "is no kind of name on this platform", remedy)


def _value(platform: Platform, kind: str, value: object, file: str, place: str) -> str:
    if value is None:
        raise RuleFileError(file, place, "is empty", "write a name, or remove the line")
    if not isinstance(value, str):
        remedy = 'write it in quotes as the report has it, such as "0123"'
        raise RuleFileError(file, place, f"{value!r} is not a text", remedy)
    # Read as the cells of reports are, so that both are equal.
    name = text(cleaned(value))
    if name in ABSENT or len(name) > LONGEST:
        cause = f"{value[:40]!r} names nobody"
        raise RuleFileError(file, place, cause, f"write 1 to {LONGEST} characters, or remove it")
    if kind == "pid" and platform is Platform.TAOBAO and not parts_of_pid(platform, name):
        raise RuleFileError(file, place, f"{name!r} is no PID", "write it as mm_1_2_3")
    return name


def _check_claims(creators: tuple[NamedCreator, ...], file: str) -> None:
    """Refuse a name that would mean two creators, also by the parts of a PID."""
    claimed: dict[tuple[Platform, str, str], int] = {}
    for number, creator in enumerate(creators):
        for name in creator.called:
            if (first := claimed.setdefault(name, number)) != number:
                cause = f"{name.value} means {creators[first].name} already"
                _refuse_claim(creator, name, cause, file)
    known = CreatorNames(claimed)
    for number, creator in enumerate(creators):
        for name in creator.called:
            for other in claimants(known, name) - {number}:
                cause = f"{name.value} goes by a medium or position of {creators[other].name}"
                _refuse_claim(creator, name, cause, file)


def _refuse_claim(creator: NamedCreator, name: PromoterName, cause: str, file: str) -> None:
    place = f"{creator.name}.{name.platform}.{name.kind}"
    raise RuleFileError(file, place, cause, "leave it to one of them")
