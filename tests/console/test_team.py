"""Roles given and taken on the page, in force at once; the log shows both."""

import pytest

from bot.store.staff import StaffRole
from tests.console.conftest import ON_SQLITE, OWNER, PEOPLE, Console

pytestmark = ON_SQLITE


async def test_a_role_holds_from_the_next_request_on(console: Console) -> None:
    owner, agent = console.browser(), console.browser(StaffRole.AGENT)
    assert (await agent.get("/console/team")).status == 403
    user = str(PEOPLE[StaffRole.AGENT])
    given = await owner.post("/console/team/give", {"user": user, "role": "owner", "name": "小"})
    assert given.headers["Location"] == "/console/team?said=done_role"
    assert (await agent.get("/console/team")).status == 200
    assert "立即生效" in (await owner.get("/console/team?said=done_role")).words
    await owner.post("/console/team/take", {"user": user})
    assert (await agent.get("/console/")).status == 303


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"user": "", "role": "viewer"}, "正整数"),
        ({"user": "0", "role": "viewer"}, "正整数"),
        ({"user": "-5", "role": "viewer"}, "正整数"),
        ({"user": "９", "role": "viewer"}, "正整数"),
        ({"user": str(1 << 52), "role": "viewer"}, "正整数"),
        ({"user": "77", "role": "king"}, "正整数"),
        ({"user": str(OWNER), "role": "viewer"}, "MINGZHANG_ADMINS"),
    ],
)
async def test_what_cannot_be_given_is_said(
    console: Console, form: dict[str, str], words: str
) -> None:
    refused = await console.browser().post("/console/team/give", form)
    assert refused.status == 422
    assert "没有改" in refused.words
    assert words in refused.words
    assert 'name="here" value="/console/team"' in refused.text, "a choice of language leads there"


async def test_the_last_owner_stays(console: Console) -> None:
    owner = console.browser()
    object.__setattr__(console.parts, "settings", console.parts.settings.model_copy(
        update={"admins": ()}
    ))  # fmt: skip
    user = str(PEOPLE[StaffRole.OWNER])
    refused = await owner.post("/console/team/take", {"user": user})
    assert refused.status == 422
    assert "最后一位负责人" in refused.words
    assert (await owner.get("/console/team")).status == 200


async def test_a_name_is_shown_as_it_is_and_does_nothing(console: Console) -> None:
    owner = console.browser()
    name = "<img src=x onerror=alert(1)>‮"
    await owner.post("/console/team/give", {"user": "77", "role": "viewer", "name": name})
    page = await owner.get("/console/team")
    assert "&lt;img src=x" in page.text
    assert "<img" not in page.text
    assert "‮" not in page.text


async def test_the_log_is_filtered_and_paged(console: Console) -> None:
    owner = console.browser()
    for number in range(1, 61):
        form = {"user": str(number), "role": "viewer", "name": ""}
        assert (await owner.post("/console/team/give", form)).status == 303
    first = await owner.get("/console/audit?kind=role_changed")
    assert first.text.count("<tr>") == 51
    assert "角色: 只看" in first.words
    older = first.text.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    assert "kind=role_changed" in older
    rest = await owner.get(f"/console/audit?{older}")
    assert rest.text.count("<tr>") == 11
    one = await owner.get("/console/audit?about=person:7&days=1")
    assert one.text.count("<tr>") == 2
    assert "没有符合条件的记录" in (await owner.get("/console/audit?user=1")).words


@pytest.mark.parametrize(
    ("here", "leads"),
    [
        ("/console/team", "/console/team"),
        ("https://evil.example/console/", "/console/"),
        ("//evil.example/console/", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/\\evil.example", "/console/"),
        ("", "/console/"),
    ],
)
async def test_choosing_a_language_leads_back_to_our_own_pages_alone(
    console: Console, here: str, leads: str
) -> None:
    form = {"here": here, "language": "en", "theme": "pink"}
    answer = await console.browser().post("/console/account/preferences", form)
    assert answer.headers["Location"] == leads
    assert [each.partition(";")[0] for each in answer.headers.getall("Set-Cookie")] == [
        "language=en"
    ]
