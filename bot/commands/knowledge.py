"""`mingzhang knowledge check|test|try`: what an editor needs before publishing."""

from pathlib import Path

from bot.commands.failure import CommandFailed, standard_output
from knowledge.entry import KnowledgeBase
from knowledge.lint import Weight, check_base, check_reached, render_findings
from knowledge.loader import load_knowledge, shipped_knowledge
from knowledge.matcher import Matcher
from knowledge.questions import Question, load_questions
from knowledge.strict_yaml import KnowledgeFileError
from knowledge.trial import Report, render_report, run_trial
from settlement.rulebook import shipped_rulebook

__all__ = ["check", "test"]


def check(folder: Path | None) -> bool:
    """Check the answers; False if something forbids publishing them."""
    base = _base(folder)
    findings = check_base(base, Matcher(base), shipped_rulebook().rules.keys())
    if findings:
        _say(render_findings(findings))
    errors = sum(finding.weight is Weight.ERROR for finding in findings)
    _say(f"{len(base.entries)} 条答案：{errors} 处错误，{len(findings) - errors} 条建议")
    return not errors


def test(questions: Path, folder: Path | None) -> bool:
    """Ask every test question; False if one is answered wrongly with confidence."""
    base = _base(folder)
    report = run_trial(Matcher(base), _questions(questions))
    _say(render_report(report))
    unasked = check_reached(base, report)
    if unasked:
        _say("\n" + render_findings(unasked))
    return not _misled(report)


def _misled(report: Report) -> bool:
    return any(verdict.misled for verdict in report.verdicts)


def _base(folder: Path | None) -> KnowledgeBase:
    try:
        return load_knowledge(_texts(folder)) if folder else shipped_knowledge()
    except KnowledgeFileError as broken:
        raise CommandFailed(str(broken)) from None


def _questions(folder: Path) -> tuple[Question, ...]:
    try:
        return load_questions(_texts(folder))
    except KnowledgeFileError as broken:
        raise CommandFailed(str(broken)) from None


def _texts(folder: Path) -> dict[str, str]:
    texts = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
    if not texts:
        raise CommandFailed(f"{folder}：这里没有 .yaml 文件；请给出放文件的目录")
    return texts


def _say(text: str) -> None:
    standard_output().write(text.encode() + b"\n")
