"""The forms of an entry (编辑): shown, previewed, tried, published."""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.learning.forms import EntryForm, sent_form, shown_form
from bot.console.learning.piles import Pile, pile_of
from bot.console.learning.previews import previews
from bot.console.learning.steps import Trial, publish, try_out
from bot.console.visit import Visit
from bot.publishing.proposing import Proposal, seen_mark
from bot.publishing.publisher import Published
from bot.store.voting import opinions
from knowledge.entry import PLATFORMS, Entry
from knowledge.weakest import leads_of
from settlement.shanghai import day_of

__all__ = ["add", "edit", "new", "preview", "show_entry", "show_new"]

WEAKEST = 5
OPINIONS = 20
PUBLISH = "publish"


def show_entry(visit: Visit) -> Response:
    """An entry with its form, its weakest phrasings and what was found wrong with it."""
    return _shown(visit, shown_form(_entry(visit)))


def edit(visit: Visit) -> Response:
    """Preview, try or publish what was written of an entry that is there."""
    entry = _entry(visit)
    form = sent_form(visit)
    fixed = {"id": entry.id, "platform": entry.platform}
    problems = {name: each for name, each in form.problems.items() if name not in fixed}
    form = replace(form, fields={**form.fields, **fixed}, problems=problems)
    return _stepped(visit, form, None)


def show_new(visit: Visit) -> Response:
    """An empty form; for a pile of questions with what they asked."""
    pile = _pile(visit, visit.asked_number("question"))
    texts = list(dict.fromkeys(text.strip() for text, _ in pile.wordings)) if pile else []
    named = visit.parts.current().matcher.normalise(texts[0]).platforms if texts else ()
    platform = min(named, default="general")
    fields = dict.fromkeys(("answer", "answer_en", "figures", "covers", "related", "title"), "")
    fields |= {
        "id": f"{platform}.bot.q{pile.key}" if pile else "",
        "platform": platform,
        "questions": "\n".join(text[:120] for text in texts[:20]),
        "as_of": visit.now.astimezone(visit.parts.settings.timezone).date().isoformat(),
    }
    return _shown(visit, EntryForm(fields), pile)


def new(visit: Visit) -> Response:
    """Preview, try or publish a new entry."""
    pile = _pile(visit, visit.number("question"))
    form = sent_form(visit)
    if form.entry in visit.parts.current().knowledge.entries:
        form = replace(form, problems={**form.problems, "id": "id_is_taken"})
    return _stepped(visit, replace(form, seen=""), pile)


def add(visit: Visit) -> Response:
    """Try or publish one more phrasing of an entry, for a pile of questions."""
    pile = _pile(visit, visit.number("question"))
    entry = visit.parts.current().knowledge.entries.get(visit.field("entry"))
    if pile is None or entry is None:
        return visit.back(said="done_closed", page="unanswered")
    phrasing = " ".join(visit.field("phrasing").split())
    more = () if not phrasing or phrasing in entry.questions else (phrasing,)
    seen = visit.field("seen") or seen_mark(entry)
    proposal = Proposal(entry.id, {"questions": (*entry.questions, *more)}, seen)
    trial = try_out(visit, proposal, [each.id for each in pile.questions])
    if _is_to_be_published(visit, trial):
        return _published(visit, proposal, trial, pile, phrasing)
    return visit.show(
        "pages/knowledge_add.html",
        200 if trial.passed else 422,
        pile=pile,
        entry=entry,
        phrasing=phrasing,
        seen=seen,
        trial=trial,
    )


def preview(visit: Visit) -> Response:
    """The answer as it is written at this moment, for htmx."""
    shown = _previewed(visit, sent_form(visit))
    return visit.show("learning/preview.html", shown=shown)


def _stepped(visit: Visit, form: EntryForm, pile: Pile | None) -> Response:
    step = visit.field("step")
    if form.problems or step == "preview":
        return _shown(visit, form, pile, status=422 if form.problems else 200)
    also = [each.id for each in pile.questions] if pile else ()
    trial = try_out(visit, form.proposal, also)
    if _is_to_be_published(visit, trial):
        return _published(visit, form.proposal, trial, pile, form.fields["questions"])
    return _shown(visit, form, pile, trial, 200 if trial.passed else 422)


def _is_to_be_published(visit: Visit, trial: Trial) -> bool:
    """Whether the editor pressed publish, and has seen whatever asks for a second look."""
    seen = trial.clean or visit.field("sure") == "yes"
    return visit.field("step") == PUBLISH and trial.passed and seen


def _published(
    visit: Visit, proposal: Proposal, trial: Trial, pile: Pile | None, what: str
) -> Response:
    first = what.split("\n", 1)[0][:60]
    outcome = publish(visit, proposal, trial, f"{proposal.entry}: {first}")
    if not isinstance(outcome, Published):
        return visit.show(
            "pages/knowledge_stopped.html", 409, problems=outcome.problems, paths=outcome.conflicts
        )
    if outcome.unwritten:
        return visit.show("pages/knowledge_unwritten.html", unwritten=outcome.unwritten)
    if pile is not None:
        return visit.back(f"?told={trial.askers}", page="unanswered")
    return visit.back(f"/entry/{proposal.entry}?told={trial.askers}", said="done_published")


def _shown(
    visit: Visit,
    form: EntryForm,
    pile: Pile | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> Response:
    snapshot = visit.parts.current()
    entry = snapshot.knowledge.entries.get(form.entry) if form.seen else None
    said = []
    if entry is not None and visit.is_agent:
        with visit.reads() as connection:
            said = [each for each in opinions(connection, entry.id) if each.words or each.reason]
    return visit.show(
        "pages/knowledge_entry.html",
        status,
        form=form,
        entry=entry,
        pile=pile,
        trial=trial,
        previews=_previewed(visit, form) if form.fields["answer"] else (),
        leads=leads_of(entry, snapshot.matcher)[:WEAKEST] if entry else (),
        opinions=said[:OPINIONS],
        platforms=PLATFORMS,
    )


def _previewed(visit: Visit, form: EntryForm) -> object:
    return previews(form.proposal, visit.parts.current().rulebook, day_of(visit.now))


def _entry(visit: Visit) -> Entry:
    entry = visit.parts.current().knowledge.entries.get(visit.path("entry"))
    if entry is None:
        raise HTTPException(404)
    return entry


def _pile(visit: Visit, question: int | None) -> Pile | None:
    if question is None:
        return None
    with visit.reads() as connection:
        return pile_of(connection, visit.parts.current().matcher, question)
