"""Button tokens: good for one person, useless when changed, never too long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.actions import Action, Signer, Verb, fingerprint

SIGNER = Signer(b"a secret of this installation")
SUBJECTS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789_.-", max_size=22)
ACTIONS = st.builds(Action, st.sampled_from(Verb), SUBJECTS, SUBJECTS)
PEOPLE = st.integers(1, 2**52)


@given(PEOPLE, ACTIONS)
def test_a_token_gives_its_action_back_to_the_person_it_was_made_for(
    user: int, action: Action
) -> None:
    token = SIGNER.token(user, action)
    assert len(token.encode()) <= 64
    assert SIGNER.read(user, token) == action


@given(PEOPLE, PEOPLE, ACTIONS)
def test_a_token_of_somebody_else_is_refused(owner: int, other: int, action: Action) -> None:
    if owner != other:
        assert SIGNER.read(other, SIGNER.token(owner, action)) is None


@settings(max_examples=500)
@given(PEOPLE, ACTIONS, st.integers(0, 63), st.characters())
def test_a_token_with_one_character_changed_is_refused(
    user: int, action: Action, place: int, character: str
) -> None:
    token = SIGNER.token(user, action)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        assert SIGNER.read(user, changed) is None


@given(PEOPLE, st.text(max_size=80))
def test_made_up_tokens_are_refused(user: int, text: str) -> None:
    assert SIGNER.read(user, text) is None
    assert SIGNER.read(user, "v1" + text) is None


def test_a_token_signed_with_another_secret_is_refused() -> None:
    token = Signer(b"another secret").token(7, Action(Verb.CARD, "12"))
    assert SIGNER.read(7, token) is None


def test_a_verb_of_an_older_release_is_outdated_not_an_error() -> None:
    action = Action(Verb.CARD, "12")
    object.__setattr__(action, "verb", "Z")
    assert SIGNER.read(7, SIGNER.token(7, action)) is None


def test_a_subject_too_long_for_a_button_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        SIGNER.token(7, Action(Verb.ENTRY, "x" * 60))


def test_rows_are_read_from_digits_alone() -> None:
    assert Action(Verb.CARD, "120").row == 120
    assert Action(Verb.CARD, "１２").row is None
    assert Action(Verb.CARD, "-1").row is None
    assert Action(Verb.CARD, "").row is None


def test_fingerprints_differ_and_stay() -> None:
    assert fingerprint(1, 23) != fingerprint(12, 3)
    assert fingerprint("1688.payout.when") == fingerprint("1688.payout.when")
