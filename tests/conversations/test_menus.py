"""A chat has a menu of its own where Telegram would show another language, over HTTP."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.conftest import WORLD, read
from tests.conversations.over_http import HttpPlay
from tests.conversations.world import SHANGHAI

HERE = Path(__file__).parent
ERASED = (
    {"says": "/privacy", "bot": {}},
    {"taps": "删除我的一切", "changes": {}},
    {"taps": "确认删除", "changes": {}},
)


@pytest.mark.parametrize(
    ("who", "steps", "orders"),
    [
        ("小王", ({"says": "你好", "bot": {}},), None),
        ("阿珍", ({"says": "你好", "bot": {}},), "我的訂單"),
        ("Amy", ({"says": "hi", "bot": {}},), None),
        ("小王", ({"says": "/language en", "bot": {}},), "My orders"),
        (
            "Amy",
            ({"says": "/language en", "bot": {}}, {"says": "/language zh", "bot": {}}),
            "我的订单",
        ),
        ("阿珍", ({"says": "/language zh", "bot": {}}, *ERASED), None),
    ],
    ids=["as Telegram's", "繁體", "English", "changed", "changed back", "erased"],
)
def test_the_menu_follows_the_language_a_person_speaks(
    who: str, steps: tuple[dict[str, Any], ...], orders: str | None, tmp_path: Path
) -> None:
    told = {"with": who, "as_of": datetime(2026, 8, 20, 10, tzinfo=SHANGHAI), "steps": steps}
    play = HttpPlay(read(HERE / WORLD), told, tmp_path)
    play.run()
    person = play.world.people[who]
    own = play.telegram.commands.get({"type": "chat", "chat_id": person.user}, "")
    shown = {each["command"]: each["description"] for each in own}
    assert shown.get("orders") == orders
