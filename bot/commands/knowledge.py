"""`mingzhang knowledge check|test|try`: what an editor needs before publishing."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.commands.failure import CommandFailed
from bot.commands.output import say
from bot.publishing.comparing import described
from bot.publishing.findings_said import finding_said
from bot.publishing.folder import Refused, read_folder
from bot.publishing.learning import learned_matcher, with_meanings
from bot.publishing.meanings import meaning_store
from knowledge.entry import KnowledgeBase
from knowledge.lint import Weight, check_base, check_reached, render_findings
from knowledge.loader import load_knowledge, shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.outcome import Part
from knowledge.questions import Question, load_questions
from knowledge.strict_yaml import KnowledgeFileError
from knowledge.trial import render_report, run_trial
from settlement.rulebook import shipped_rulebook

__all__ = [
    "base_of",
    "check",
    "in_chinese",
    "matcher_of",
    "questions_of",
    "test",
    "try_text",
]

SHOWN = 8
"""Candidates worth reading; the others are far behind."""


def check(folder: Path | None) -> bool:
    """Check the answers; False if something forbids publishing them."""
    base = base_of(folder)
    findings = check_base(base, matcher_of(base), shipped_rulebook().rules.keys())
    if findings:
        say(in_chinese(render_findings(findings).splitlines()))
    errors = sum(finding.weight is Weight.ERROR for finding in findings)
    say(f"{len(base.entries)} 条答案：{errors} 处错误，{len(findings) - errors} 条建议")
    return not errors


def test(questions: Path, folder: Path | None) -> bool:
    """Ask every test question; False if one is answered wrongly with confidence, unforeseen."""
    base = base_of(folder)
    report = run_trial(matcher_of(base), questions_of(questions))
    say(render_report(report))
    unasked = check_reached(base, report)
    if unasked:
        say("\n" + in_chinese(render_findings(unasked).splitlines()))
    return not report.misled


def try_text(text: str, folder: Path | None) -> None:
    """Show how a message is understood, and why this answer and no other."""
    matcher = matcher_of(base_of(folder))
    for part in matcher.ask(text).parts:
        say("\n".join(_why(matcher, part)))


def _why(matcher: Matcher, part: Part) -> Iterator[str]:
    normalised = matcher.normalise(part.text)
    platforms = "、".join(sorted(normalised.platforms))
    nowhere = "知识库以外的平台" if normalised.elsewhere else "没有提到"
    yield f"问句：{part.text}"
    yield f"规范化：{normalised.text}"
    yield f"平台：{platforms or nowhere}"
    yield f"结果：{described(part.outcome)}"
    yield f"候选：{'把握':>38}{'得分':>7}{'最像的问法':>7}{'认得的字':>6}"
    for ranked, confidence in matcher.ranked(part.text)[:SHOWN]:
        evidence = ranked.evidence
        yield (
            f"  {ranked.entry_id:40}{confidence:6.1%}{ranked.score:9.2f}"
            f"{evidence.likeness:12.0%}{evidence.familiarity:10.0%}"
        )


def matcher_of(base: KnowledgeBase) -> Matcher:
    """The matcher of a base; with meanings, if the model is installed, however long they take."""
    matcher, store = learned_matcher(base), meaning_store()
    if store is None or matcher.channel is not None:
        return matcher
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("语义向量", total=len(store.lacking(matcher.index)))
        return with_meanings(base, matcher, store, made=lambda: progress.advance(task))


def base_of(folder: Path | None) -> KnowledgeBase:
    """The answers of a folder, else those in the program."""
    try:
        return load_knowledge(_texts(folder)) if folder else shipped_knowledge()
    except KnowledgeFileError as broken:
        raise CommandFailed(in_chinese([str(broken)])) from None


def questions_of(folder: Path) -> tuple[Question, ...]:
    """The test questions of a folder."""
    try:
        return load_questions(_texts(folder))
    except KnowledgeFileError as broken:
        raise CommandFailed(in_chinese([str(broken)])) from None


def in_chinese(findings: Iterable[str]) -> str:
    """Findings as an editor reads them, one a line."""
    return "\n".join(finding_said("zh", line) for line in findings)


def _texts(folder: Path) -> dict[str, str]:
    texts = read_folder(folder)
    if isinstance(texts, Refused):
        raise CommandFailed(in_chinese(texts.problems))
    if not texts:
        raise CommandFailed(f"{folder}：这里没有 .yaml 文件；请给出放文件的目录")
    return texts
