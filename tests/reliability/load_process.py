"""`mingzhang run` on the morning of a payout day, from the settings in the environment."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.app import DemoClock, event_loop
from bot.running import run_bot
from bot.settings import load_settings

MORNING = datetime(2026, 9, 15, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def main() -> None:
    """Serve until SIGTERM."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(run_bot(load_settings(), DemoClock(MORNING)))


if __name__ == "__main__":
    main()
