"""What few messages need: a request to be bound, a wrong code, everything kept of a person."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.desk.binding_requests import account_in
from bot.desk.facts import WAITING_FOR_ACCOUNT, BindingRequest, Creator, Wanted, WrongCodes
from bot.desk.imports import DocumentImport
from bot.store.binding_requests import likely_creators, request_for_operator, requests_of
from bot.store.documents import find_document
from bot.store.exporting import everything_kept
from bot.store.people import Known, wrong_codes_of
from bot.store.staff import role_of

__all__ = ["PersonalFacts", "load_personal"]


class PersonalFacts(NamedTuple):
    """What was asked for of these; the fields are those of `Facts`."""

    wrong_codes: WrongCodes | None = None
    candidates: tuple[Creator, ...] = ()
    requests: tuple[BindingRequest, ...] = ()
    request: BindingRequest | None = None
    kept: Mapping[str, Any] = MappingProxyType({})
    document: DocumentImport | None = None
    staff: bool = False


def load_personal(
    connection: Connection, asking: Mapping[int, Wanted], known: Mapping[int, Known]
) -> dict[int, PersonalFacts]:
    """The facts of those people whose message needs any of these; of most it needs none."""
    return {
        user: _load(connection, user, wanted, platform)
        for user, wanted in asking.items()
        if (platform := _awaited_account(wanted, known.get(user)))
        or wanted.requests
        or wanted.request
        or wanted.kept
        or wanted.binding_code
        or wanted.document is not None
        or wanted.staff
    }


def _awaited_account(wanted: Wanted, known: Known | None) -> str:
    """The platform whose account a person was asked for, if this message may be the answer."""
    if known is None or known.dialogue.waiting_for != WAITING_FOR_ACCOUNT or not wanted.account:
        return ""
    return next(iter(known.dialogue.given), "")


def _load(connection: Connection, user: int, wanted: Wanted, platform: str) -> PersonalFacts:
    account = account_in(wanted.account or "") if platform else ""
    requests = wanted.requests or bool(account)
    return PersonalFacts(
        wrong_codes_of(connection, [user]).get(user) if wanted.binding_code else None,
        likely_creators(connection, platform, account) if account else (),
        requests_of(connection, [user]).get(user, ()) if requests else (),
        request_for_operator(connection, wanted.request) if wanted.request else None,
        everything_kept(connection, user) if wanted.kept else {},
        find_document(connection, wanted.document) if wanted.document is not None else None,
        wanted.staff and role_of(connection, user, ()) is not None,
    )
