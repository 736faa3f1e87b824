from tests.reliability.campaign import run_campaign

SHORT = ("boundaries", "--lines", "120", "--database", "sqlite")
"""The long run kills at every boundary."""


async def test_whatever_is_killed_is_done_wholly_or_not_at_all() -> None:
    figures = await run_campaign(*SHORT, "--most", "16")
    assert [each["action"] for each in figures] == [
        "import",
        "bind",
        "subscribe",
        "remind",
        "delete",
    ]
    assert all(each["nothing"] > 5 and each["everything"] > 0 for each in figures)


async def test_a_commit_after_every_statement_is_noticed() -> None:
    planted = ("--plant", "autocommit", "--action", "bind", "--action", "delete")
    figures = await run_campaign(*SHORT, *planted, status=1)
    assert all(each["torn"] > 0 for each in figures)
