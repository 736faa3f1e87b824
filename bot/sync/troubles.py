"""What is noted of a source that a platform does not answer (受阻)."""

from datetime import datetime
from typing import Any

from bot.store.sync_cursors import Cursor
from settlement.apis import ApiRefusal

__all__ = ["trouble_of", "whole"]


def trouble_of(refusal: ApiRefusal, cursor: Cursor, now: datetime) -> dict[str, Any]:
    """What stands in the way, since when, and what to do: columns of the cursor's row."""
    said = " ".join(word for word in (refusal.code, refusal.words) if word)
    words = f"{refusal.remedy}（平台的回答：{said}）" if said else refusal.remedy
    return {
        "trouble": str(refusal.kind),
        "trouble_words": words,
        "trouble_at": cursor.trouble_at or now,
        "skew_seconds": cursor.skew_seconds,
    }


def whole(seconds: float | None) -> int | None:
    """Whole seconds, as they are kept."""
    return None if seconds is None else round(seconds)
