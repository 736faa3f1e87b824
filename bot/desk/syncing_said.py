"""What the operator's chat is told of fetching orders (同步告警), in both languages."""

from datetime import datetime

from bot.desk.rendering import Voice
from bot.desk.replies import Say
from settlement.shanghai import in_shanghai

__all__ = ["sync_is_well", "sync_lags"]


def sync_lags(title: str, platform: str, as_of: datetime | None, words: str | None) -> Say:
    """A platform's orders lag behind: since when, why, and what to do."""
    return Say(
        Voice("zh").html(
            "operator/sync_lags",
            title=title,
            platform=platform,
            as_of=_moment(as_of) if as_of else None,
            words=words,
        )
    )


def sync_is_well(title: str, platform: str, as_of: datetime) -> Say:
    """They are up to date again."""
    return Say(
        Voice("zh").html(
            "operator/sync_is_well", title=title, platform=platform, as_of=_moment(as_of)
        )
    )


def _moment(instant: datetime) -> str:
    return f"{in_shanghai(instant):%Y-%m-%d %H:%M}"
