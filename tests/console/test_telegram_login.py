"""Sign-in by Telegram's widget: the signature is Telegram's scheme, made here by its own words."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.console.telegram_login import read_login
from bot.store.erasing import forget_person
from bot.store.tables import sign_in_links
from tests.console.conftest import NOW, ON_SQLITE, OWNER, TOKEN, Console


def signed(token: str = TOKEN, **fields: Any) -> dict[str, str]:
    """The fields as https://core.telegram.org/widgets/login has them signed."""
    given = {"id": OWNER, "first_name": "陈", "auth_date": int(NOW.timestamp())} | fields
    text = {name: str(value) for name, value in given.items()}
    checked = "\n".join(f"{name}={text[name]}" for name in sorted(text))
    key = hashlib.sha256(token.encode()).digest()
    return text | {"hash": hmac.new(key, checked.encode(), hashlib.sha256).hexdigest()}


def test_signed_fields_say_who_it_is() -> None:
    login = read_login(signed(last_name="小", username="chen"), TOKEN, NOW)
    assert login is not None
    assert (login.user, login.name) == (OWNER, "陈 小")


def test_a_known_signature_is_accepted() -> None:
    # Computed with `printf … | openssl dgst -sha256 -mac HMAC -macopt hexkey:…`.
    fields = {
        "id": "7",
        "first_name": "A",
        "auth_date": "1789434000",
        "hash": "6570bb9a8a29c0ad2509b165ff8356f15c154fd04178e33b74226b968bca6e9f",
    }
    login = read_login(fields, "1:t", NOW)
    assert login is not None
    assert login.user == 7


@pytest.mark.parametrize("name", ["id", "first_name", "auth_date", "hash"])
def test_a_changed_field_is_refused(name: str) -> None:
    fields = signed()
    fields[name] = fields[name][:-1] + ("1" if fields[name][-1] != "1" else "2")
    assert read_login(fields, TOKEN, NOW) is None


@pytest.mark.parametrize("name", ["id", "auth_date", "hash"])
def test_a_missing_field_is_refused(name: str) -> None:
    fields = signed()
    del fields[name]
    assert read_login(fields, TOKEN, NOW) is None


def test_another_bots_signature_is_refused() -> None:
    assert read_login(signed("4712:another"), TOKEN, NOW) is None


@pytest.mark.parametrize(
    ("age", "accepted"),
    [
        (timedelta(days=1), True),
        (timedelta(days=1, seconds=1), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
    ],
)
def test_a_signature_is_good_for_a_day(age: timedelta, accepted: bool) -> None:
    fields = signed(auth_date=int((NOW - age).timestamp()))
    assert (read_login(fields, TOKEN, NOW) is not None) is accepted


@pytest.mark.parametrize("value", ["-1", "１", "1" * 16, "", "x", "1e3"])
def test_numbers_must_be_numbers(value: str) -> None:
    assert read_login(signed(id=value), TOKEN, NOW) is None
    assert read_login(signed(auth_date=value), TOKEN, NOW) is None


@ON_SQLITE
async def test_the_same_signature_never_signs_in_twice(console: Console) -> None:
    fields = signed()
    looked = await console.stranger().get(f"/console/telegram?id={OWNER}&hash={fields['hash']}")
    assert looked.status == 200
    assert f'name="hash" value="{fields["hash"]}"' in looked.text
    assert (await console.stranger().post("/console/telegram", fields)).status == 303
    assert (await console.stranger().post("/console/telegram", fields)).status == 403
    console.clock.instant += timedelta(hours=23)
    assert (await console.stranger().post("/console/telegram", fields)).status == 403
    another = signed(auth_date=int(console.clock.instant.timestamp()))
    assert (await console.stranger().post("/console/telegram", another)).status == 303


@ON_SQLITE
async def test_a_used_signature_is_not_good_again_when_its_owner_is_erased(
    console: Console,
) -> None:
    fields = signed()
    assert (await console.stranger().post("/console/telegram", fields)).status == 303
    with console.engine.begin() as connection:
        forget_person(connection, OWNER)
        kept = connection.execute(select(sign_in_links)).all()
    assert str(OWNER) not in str(kept), "whose it was is not kept"
    assert (await console.stranger().post("/console/telegram", fields)).status == 403


@ON_SQLITE
async def test_who_has_no_role_is_not_let_in(console: Console) -> None:
    assert (await console.stranger().post("/console/telegram", signed(id=4242))).status == 403
