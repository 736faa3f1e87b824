"""An edit before it is published (候选版本): read, built and checked; broken is a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.desk.snapshot import Snapshot
from bot.publishing.folder import Refused, read_folder
from bot.publishing.learning import learned_matcher
from knowledge.entry import Entry, KnowledgeBase
from knowledge.lint import Weight, check_content, render_findings
from knowledge.loader import load_knowledge, shipped_knowledge
from knowledge.matcher import Matcher, normaliser_of
from knowledge.strict_yaml import KnowledgeFileError
from settlement.rulebook import Rulebook, RuleFileError, overlay_rulebook, shipped_rulebook

__all__ = [
    "KNOWLEDGE",
    "RULES",
    "SHIPPED",
    "Checked",
    "Folders",
    "Refused",
    "build_knowledge",
    "build_rulebook",
    "build_snapshot",
    "check",
    "check_readable",
    "files_under",
    "read_folders",
    "revision_name",
]

KNOWLEDGE = "knowledge/"
RULES = "rules/"
SHIPPED: Mapping[str, str] = {}
"""No files of one's own: the answers and rules that come with the program."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where an editor's files are; without a folder, what is in force stays."""

    knowledge: Path | None = None
    rules: Path | None = None

    @property
    def given(self) -> tuple[tuple[str, Path], ...]:
        """The folders there are, each with the prefix of its files in a revision."""
        both = ((KNOWLEDGE, self.knowledge), (RULES, self.rules))
        return tuple((prefix, folder) for prefix, folder in both if folder is not None)


@dataclass(frozen=True, slots=True)
class Checked:
    """Files that may be published, and what they make."""

    files: Mapping[str, str]
    knowledge: KnowledgeBase
    rulebook: Rulebook


def revision_name(revision: int | None) -> str:
    """A revision as people call it (zh)."""
    return "随程序附带的版本" if revision is None else f"第 {revision} 版"


def read_folders(folders: Folders, in_force: Mapping[str, str]) -> dict[str, str] | Refused:
    """The files of a revision: those of the folders, the rest as it is in force."""
    files = dict(in_force)
    for prefix, folder in folders.given:
        # rules may lie as the shipped ones do: platforms/jd/rules.yaml
        texts = read_folder(folder, deep=prefix == RULES)
        if isinstance(texts, Refused):
            return texts
        if prefix == KNOWLEDGE and not texts:
            return Refused((f"{folder}: holds no .yaml file; put the files with answers there",))
        files = {path: text for path, text in files.items() if not path.startswith(prefix)}
        files |= {prefix + name: text for name, text in texts.items()}
    return files


def files_under(files: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Of a revision's files those of one folder, by their names there."""
    return {
        path.removeprefix(prefix): text
        for path, text in sorted(files.items())
        if path.startswith(prefix)
    }


def build_knowledge(files: Mapping[str, str]) -> KnowledgeBase:
    """The answers among the files of a revision, else the shipped; raises KnowledgeFileError."""
    answers = files_under(files, KNOWLEDGE)
    return load_knowledge(answers) if answers else shipped_knowledge()


def build_rulebook(files: Mapping[str, str]) -> Rulebook:
    """The shipped rules under those among the files of a revision; raises RuleFileError."""
    rules = files_under(files, RULES)
    return overlay_rulebook(shipped_rulebook(), rules) if rules else shipped_rulebook()


def build_snapshot(files: Mapping[str, str], before: Snapshot | None = None) -> Snapshot:
    """What messages are answered from under these files.

    The matcher of `before` serves on if people ask for the same entries in the same ways: to
    learn takes a second or more, and most edits only change what is answered.
    Raises KnowledgeFileError or RuleFileError, which name file, place, cause and remedy.
    """
    knowledge, rulebook = build_knowledge(files), build_rulebook(files)
    same = before is not None and _asked(before.knowledge) == _asked(knowledge)
    learned = before.matcher if before else None
    matcher = learned if learned and same else learned_matcher(knowledge, learned)
    content = sha256(repr(knowledge).encode()).hexdigest()
    return Snapshot(knowledge, matcher, rulebook, f"{rulebook.revision}-{content}")


def check(files: Mapping[str, str], before: Matcher | None = None) -> Checked | Refused:
    """Read what the files hold, and look for whatever forbids publishing them.

    The phrasings that `before` knows need not be prepared again. No matcher learns here: every
    running bot does once the files are published, and an edit must be live within two seconds.
    What is only advised needs one (`knowledge check`).
    """
    try:
        knowledge, rulebook = build_knowledge(files), build_rulebook(files)
    except (KnowledgeFileError, RuleFileError) as broken:
        return Refused((str(broken),))
    normalise = normaliser_of(knowledge, known=before.known if before else None)
    findings = check_content(knowledge, normalise, rulebook.rules.keys())
    errors = [finding for finding in findings if finding.weight is Weight.ERROR]
    if errors:
        return Refused(tuple(render_findings(errors).splitlines()))
    return Checked(files, knowledge, rulebook)


def check_readable(files: Mapping[str, str]) -> Refused | None:
    """Whether this program can use files that have passed the check before; quick."""
    try:
        build_knowledge(files)
        build_rulebook(files)
    except (KnowledgeFileError, RuleFileError) as broken:
        return Refused((str(broken),))
    return None


def _asked(base: KnowledgeBase) -> tuple[object, ...]:
    """All of a base that a matcher looks at."""
    return [_matched(entry) for entry in base.entries.values()], dict(base.outside)


def _matched(entry: Entry) -> tuple[object, ...]:
    return entry.id, entry.platform, entry.questions, entry.related
