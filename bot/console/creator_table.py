"""The operator's file of creators beside the console (达人登记表): what stands in it, it rules."""

from dataclasses import dataclass
from pathlib import Path

from bot.sync.creators_file import read_creators_file
from settlement.creators_file import PromoterName
from settlement.yaml_text import RuleFileError

__all__ = ["CreatorTable", "table_of"]


@dataclass(frozen=True, slots=True)
class CreatorTable:
    """What a file of creators says; `problem` is why it cannot be read, then nothing is known."""

    file: str | None = None
    owners: frozenset[str] = frozenset()
    names: frozenset[PromoterName] = frozenset()
    problem: str = ""

    def rules(self, creator: str) -> bool:
        """Whether a creator's name, and what platforms call them, are the file's to change."""
        return bool(self.problem) or creator in self.owners


def table_of(path: Path | None) -> CreatorTable:
    """The file of the settings, if there is one; read anew, since it may have been edited."""
    if path is None:
        return CreatorTable()
    try:
        table = read_creators_file(path)
    except RuleFileError as error:
        return CreatorTable(path.name, problem=str(error))
    names = frozenset(name for creator in table for name in creator.called)
    return CreatorTable(path.name, frozenset(each.name for each in table), names)
