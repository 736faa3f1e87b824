"""What the emulator refuses, in Telegram's words and shape, in every way of calling."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from ruamel.yaml import YAML

from bot.simulator.demo import DemoServer
from bot.simulator.entities import FormattedText
from bot.simulator.keyboards import Keyboard

CASES = YAML(typ="safe").load((Path(__file__).parent / "refusals.yaml").read_text("utf-8"))
ANNA, BORIS, CLARA = 1001, 1002, 1003


@pytest.fixture
async def session(server: DemoServer) -> AsyncIterator[aiohttp.ClientSession]:
    server.world.say(ANNA, "你好")
    more: Keyboard = {"inline_keyboard": [[{"text": "更多", "callback_data": "more"}]]}
    server.world.send(ANNA, FormattedText("在的"), more)
    server.world.say(CLARA, "再见")
    server.world.block(CLARA)
    async with aiohttp.ClientSession(f"{server.url}/bot{server.world.bot.token}/") as session:
        yield session


def as_form(parameters: dict[str, Any]) -> dict[str, str]:
    """The way python-telegram-bot sends: structures as JSON text in a form."""
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in parameters.items()
    }


def multipart(parameters: dict[str, Any]) -> aiohttp.MultipartWriter:
    writer = aiohttp.MultipartWriter("form-data")
    for name, value in as_form(parameters).items():
        writer.append(value).set_content_disposition("form-data", name=name)
    return writer


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_refusal(
    case: dict[str, Any], session: aiohttp.ClientSession, server: DemoServer
) -> None:
    """JSON, form, multipart and query string are refused alike, and nothing changes."""
    status, words = case["status"], case["words"]
    before = server.world.revision
    ways: list[dict[str, Any]] = [
        {"json": case["with"]},
        {"data": as_form(case["with"])},
        {"data": multipart(case["with"])},
        {"params": as_form(case["with"])},
    ]
    for way in ways:
        async with session.post(case["call"], **way) as response:
            assert (response.status, await response.json()) == (
                status,
                {"ok": False, "error_code": status, "description": words},
            )
    assert server.world.revision == before


async def test_another_token_is_unauthorized(server: DemoServer) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/bot1:wrong/getMe") as response,
    ):
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"


async def test_a_body_that_is_no_json_is_refused(session: aiohttp.ClientSession) -> None:
    for body in (b"{", b"[]", b'{"text": "\\ud800"}'):
        headers = {"Content-Type": "application/json"}
        async with session.post("sendMessage", data=body, headers=headers) as response:
            assert response.status == 400
            assert "can't parse request" in (await response.json())["description"]


async def test_method_names_are_not_case_sensitive(session: aiohttp.ClientSession) -> None:
    async with session.get("GETME") as response:
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("账" * 4096, True),
        ("账" * 4097, False),
        ("😀" * 2048, True),
        ("😀" * 2049, False),
        ("<b>" + "x" * 4096 + "</b>", True),
        ("&lt;" * 4096, True),
        ("&lt;" * 4097, False),
    ],
)
async def test_4096_utf16_units_fit_after_parsing(
    session: aiohttp.ClientSession, text: str, accepted: bool
) -> None:
    call = {"chat_id": ANNA, "text": text, "parse_mode": "HTML"}
    async with session.post("sendMessage", json=call) as response:
        answer = await response.json()
        assert answer["ok"] is accepted
        assert accepted or answer["description"] == "Bad Request: message is too long"


async def test_64_bytes_of_callback_data_fit(session: aiohttp.ClientSession) -> None:
    button = {"text": "a", "callback_data": "一" * 21 + "x"}
    call = {"chat_id": ANNA, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}
    async with session.post("sendMessage", json=call) as response:
        assert (await response.json())["result"]["reply_markup"]["inline_keyboard"] == [[button]]


async def test_a_missing_original_may_be_allowed(session: aiohttp.ClientSession) -> None:
    reply = {"message_id": 77, "allow_sending_without_reply": True}
    call = {"chat_id": ANNA, "text": "x", "reply_parameters": reply}
    async with session.post("sendMessage", json=call) as response:
        assert "reply_to_message" not in (await response.json())["result"]


async def test_a_press_is_answered_once(
    session: aiohttp.ClientSession, server: DemoServer
) -> None:
    query = server.world.press(ANNA, 2, 0, 0)
    outcomes = []
    for _ in range(2):
        async with session.post("answerCallbackQuery", json={"callback_query_id": query}) as r:
            outcomes.append((await r.json())["ok"])
    assert outcomes == [True, False]


async def test_a_toast_holds_200_characters(
    session: aiohttp.ClientSession, server: DemoServer
) -> None:
    query = server.world.press(ANNA, 2, 0, 0)
    for length, accepted in ((201, False), (200, True)):
        call = {"callback_query_id": query, "text": "x" * length}
        async with session.post("answerCallbackQuery", json=call) as response:
            assert (await response.json())["ok"] is accepted
