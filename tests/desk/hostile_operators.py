"""What the operator is told, with something hostile in every field (敌意字段, 运营一侧)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["of_operators"]

_NO, _YES = (False, True)
Variables = Mapping[str, Any]


def of_operators(texts: Sequence[str]) -> Iterator[tuple[str, Variables]]:
    """What is said to the operator's people: templates with variables, in each form."""
    name, account, number, text = texts[:4]
    asked = {"platform": name, "account": account, "name": text, "creator": name}
    for state in ("approved", "refused", "asked"):
        for new in (_YES, _NO):
            yield "operator/binding_request", {**asked, "state": state, "new": new}
    person = {"number": number, "name": name, "accounts": texts, "language": "zh"}
    shown = {"question": text, "topic": name, "card": text, "timeline": name}
    yield "operator/handoff", {**person, **shown}
    for state in ("waiting", "taken", "closed"):
        yield "operator/handoff_control", {"number": number, "state": state}
    for template in ("is_closed", "erased"):
        yield f"operator/handoff_{template}", {"number": number}
    yield "operator/markup_alarm", {"row": 3, "name": name}
    yield "operator/trouble_alarm", {"update": 3}
    yield "operator/alarm", {"zh": text, "remedy": name, "en": text}
    yield "operator/alarm_ended", {"zh": text, "en": name}
    for address in (text, None):
        yield "console", {"address": address, "staff": address is None, "user": 3}
    yield "console", {"address": None, "staff": _NO, "user": 3}
    for given in (text, None):
        late = {"title": name, "platform": name, "as_of": number, "words": given}
        yield "operator/sync_lags", late
        yield "operator/sync_is_well", late
    yield from _of_documents(texts)
    for gone in (_YES, _NO):
        yield "operator/undelivered", {"gone": gone, "words": text}


def _of_documents(texts: Sequence[str]) -> Iterator[tuple[str, Variables]]:
    """A file's name, its caption and what stands in its rows are anybody's words."""
    name, account, number, text = texts[:4]
    for given in (text, None):
        sent = {"size": number, "creator": given, "unread": given}
        yield "document_received", {"name": name, **sent, "dry_run": given is None}
        read = {"share": 40, "rows": number, "rate": given, "inside": given}
        for stage in ("fetching", "reading"):
            yield "document_progress", {"name": name, "stage": stage, **read}
        yield "document_refused", {"count": number, "kept": given}
        file = {"name": name, "problem": given, "table": account, "undone": given is None}
        shown = {"examples": texts, "more": 3, "note": text, "before": given}
        result = {"name": name, "took": text, "problem": given, "total": given, "more": 3}
        for state in ("waiting", "undoing", "failed", "done", "undone"):
            yield "document_result", {
                **result, "state": state, "files": ({**file, **shown},) * 2, "asking": _YES,
                "named": given is None,
                "dry_run": given is None, "imported": given is None,
            }  # fmt: skip
