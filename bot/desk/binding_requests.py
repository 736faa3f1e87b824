"""Asking the operator to be bound (申请绑定): platform, account, and the operator's one tap."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.desk.actions import Action, Verb, fingerprint
from bot.desk.binding import whats_next
from bot.desk.effects import RequestBinding, SettleRequest, Tell
from bot.desk.facts import (
    WAITING_FOR_ACCOUNT,
    BindingRequest,
    RequestKey,
    RequestState,
)
from bot.desk.keys import Keys, in_rows
from bot.desk.rendering import Voice
from bot.desk.replies import Answered, Button, Effect, Rows, Say
from bot.desk.turn import Turn
from settlement.model import Platform
from settlement.order_number import WhyNot, why_not

__all__ = ["account_in", "ask_account", "ask_platform", "decide", "hear_account", "request_key"]

_LONGEST_ACCOUNT = 64
_MOST_WAITING = 3
_MOST_A_DAY = 5
_DAY = timedelta(days=1)
_PRIVATE_NUMBERS = frozenset({WhyNot.PHONE_NUMBER, WhyNot.IDENTITY_NUMBER})
_REQUEST = re.compile(r"(\d{1,19})\.([A-Za-z0-9_-]{8})(?:\.\d{1,18})?", re.ASCII)


def ask_platform(turn: Turn) -> Answered | None:
    """Ask for the platform of the account; None if there is no operator to ask."""
    if not turn.operators.chats:
        return None
    buttons = [
        turn.press(turn.voice.text("platforms", each), Verb.ACCOUNT, str(each))
        for each in Platform
    ]
    # Three beside each other are too narrow on a phone for names in English.
    rows = (*in_rows(buttons), turn.cancelling())
    return turn.answered(turn.placed(turn.say("ask_account_platform", rows)))


def ask_account(turn: Turn, platform: str, *, again: bool = False) -> Answered | None:
    """Ask for the account's PID or nickname; the next message is taken for it."""
    if platform not in set(Platform) or not turn.operators.chats:
        return None
    waiting = replace(
        turn.facts.dialogue,
        waiting_for=WAITING_FOR_ACCOUNT,
        given=(platform,),
        pending_text=None,
    )
    asked = turn.say(
        "ask_account",
        (turn.cancelling(),),
        platform=turn.voice.word("platforms", platform),
        code=platform,
        again=again,
    )
    return turn.answered(turn.placed(asked), dialogue=waiting)


def account_in(text: str) -> str:
    """The account a text names, without what cannot be seen: two that look alike are alike."""
    seen = "".join(each for each in text if each.isprintable() or each.isspace())
    return " ".join(seen.split())


def hear_account(turn: Turn, text: str) -> Answered | None:
    """Take a PID or nickname, and hand the request to the operator unless there are enough."""
    platform = next(iter(turn.facts.dialogue.given), "")
    if platform not in set(Platform):
        return None
    account = account_in(text)
    if not _may_be_account(account):
        return ask_account(turn, platform, again=True)
    request = _request(turn, platform, account)
    shown = turn.voice.word("platforms", platform)
    if problem := _problem(turn, request.key):
        said = turn.say("request_refused", problem=problem, platform=shown, account=account)
        return turn.answered(said)
    said = turn.say("request_sent", platform=shown, account=account)
    kept = RequestBinding(request.key, platform, account)
    return turn.answered(said, effects=(kept, *_told_operators(turn, request)))


def _request(turn: Turn, platform: str, account: str) -> BindingRequest:
    key = RequestKey(turn.incoming.user, fingerprint(platform, account.casefold()))
    return BindingRequest(
        key,
        platform,
        account,
        turn.now,
        chat=turn.incoming.chat,
        name=turn.incoming.name,
        language=turn.voice.language,
        candidates=turn.facts.candidates,
    )


def _may_be_account(account: str) -> bool:
    """Tell an account from what is too long, says nothing, or should not be passed on."""
    said = len(account) <= _LONGEST_ACCOUNT and any(each.isalnum() for each in account)
    return said and why_not(account) not in _PRIVATE_NUMBERS


def request_key(action: Action) -> RequestKey | None:
    """Read which request an operator's button is about."""
    found = _REQUEST.fullmatch(action.subject)
    return RequestKey(int(found[1]), found[2]) if found else None


def decide(turn: Turn, action: Action) -> Answered | None:
    """Approve or refuse a request, once; whoever presses later reads what was decided."""
    if not turn.operators.include(turn.incoming) or request_key(action) is None:
        return None
    request = turn.facts.request
    if request is None:
        return turn.answered(*turn.toast("request_gone", alert=True))
    if request.state is not RequestState.ASKED:
        shown = _edited(turn, request, request.state)
        return turn.answered(*turn.toast("request_settled"), effects=shown)
    if action.verb is Verb.REFUSE:
        return _settled(turn, request, RequestState.REFUSED)
    creator = int(action.subject.rpartition(".")[2])
    known = {each.id: each.name for each in request.candidates}
    taken = not creator and any(each.sure for each in request.candidates)
    if taken or (creator and creator not in known):
        # Another account of that name has come up: the operator chooses again.
        shown = _edited(turn, request, RequestState.ASKED)
        return turn.answered(*turn.toast("choose_again", alert=True), effects=shown)
    return _settled(turn, request, RequestState.APPROVED, creator, known.get(creator))


def _settled(
    turn: Turn,
    request: BindingRequest,
    state: RequestState,
    creator: int = 0,
    name: str | None = None,
) -> Answered:
    approved = state is RequestState.APPROVED
    effects: tuple[Effect, ...] = (
        SettleRequest(request.key, approved, creator),
        _told_asker(turn, request, approved=approved, name=name or request.account),
        *_edited(turn, request, state, name),
    )
    return turn.answered(*turn.toast(f"request_{state}"), effects=effects)


def _problem(turn: Turn, key: RequestKey) -> str | None:
    """Why this person may not ask for this now."""
    requests = turn.facts.requests
    if any(each.sure and each.id in turn.facts.creators for each in turn.facts.candidates):
        return "already"
    same = next((each for each in requests if each.key == key), None)
    if same is not None and same.state is RequestState.ASKED:
        return "waiting"
    if same is not None and _refused_lately(turn, same):
        return "refused"
    waiting = [each for each in requests if each.state is RequestState.ASKED]
    today = [each for each in requests if each.asked_at + _DAY > turn.now]
    return "enough" if len(waiting) >= _MOST_WAITING or len(today) >= _MOST_A_DAY else None


def _refused_lately(turn: Turn, request: BindingRequest) -> bool:
    if request.state is not RequestState.REFUSED or request.settled_at is None:
        return False
    return request.settled_at + _DAY > turn.now


def _about(request: BindingRequest, what: str) -> str:
    return f"about:{request.key.user}:{request.key.mark}:{what}"


def _told_operators(turn: Turn, request: BindingRequest) -> tuple[Tell, ...]:
    return tuple(
        Tell(
            chat,
            _about(request, f"{turn.incoming.update}:{chat}"),
            _for_operator(turn, request, chat, RequestState.ASKED),
            # A chat with a number above zero is a person's own.
            chat if chat > 0 else None,
        )
        for chat in turn.operators.chats
    )


def _told_asker(turn: Turn, request: BindingRequest, *, approved: bool, name: str) -> Tell:
    voice = Voice(request.language, turn.now, turn.voice.zone)
    theirs = replace(turn, voice=voice, incoming=replace(turn.incoming, user=request.key.user))
    if approved:
        said = theirs.say("bound", whats_next(theirs), name=name)
    else:
        platform = voice.word("platforms", request.platform)
        said = theirs.say(
            "request_refused", problem="refused", platform=platform, account=request.account
        )
    key = _about(request, f"told:{request.asked_at.timestamp():.6f}")
    return Tell(request.chat, key, said, request.key.user)


def _edited(
    turn: Turn, request: BindingRequest, state: RequestState, name: str | None = None
) -> tuple[Tell, ...]:
    """Change the operator's message whose button was pressed."""
    message, chat = turn.incoming.message, turn.incoming.chat
    if message is None:
        return ()
    said = _for_operator(turn, request, chat, state, name)
    key = _about(request, f"seen:{turn.incoming.update}")
    user = chat if chat > 0 else None
    return (Tell(chat, key, said.as_edit(message), user),)


def _for_operator(
    turn: Turn,
    request: BindingRequest,
    chat: int,
    state: RequestState,
    creator: str | None = None,
) -> Say:
    """The operator's message: Chinese, as all that only staff read."""
    keys = Keys(Voice("zh", turn.now, turn.voice.zone), turn.signer, chat)
    html = keys.voice.html(
        "operator/binding_request",
        name=request.name,
        platform=keys.voice.word("platforms", request.platform),
        account=request.account,
        state=str(state),
        creator=creator,
        new=not request.candidates,
    )
    open_ = state is RequestState.ASKED
    return Say(html, _decisions(keys, request) if open_ else (), "operator/binding_request")


def _decisions(keys: Keys, request: BindingRequest) -> Rows:
    about = f"{request.key.user}.{request.key.mark}"
    rows: list[tuple[Button, ...]] = [
        (keys.button("approve_as", Verb.APPROVE, f"{about}.{each.id}", name=each.name),)
        for each in request.candidates
    ]
    if not any(each.sure for each in request.candidates):
        label = "approve_new" if request.candidates else "approve"
        rows.append((keys.button(label, Verb.APPROVE, f"{about}.0", name=request.account),))
    return (*rows, (keys.button("refuse", Verb.REFUSE, about),))
