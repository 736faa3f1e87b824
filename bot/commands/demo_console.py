"""The operator's console in the demo (演示里的运营页面), on a port of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import Engine

from bot.app import Clock, compose_console
from bot.commands.demo_figures import fill_past_days
from bot.console_address import sign_in_address
from bot.desk.snapshot import Snapshot
from bot.listening import Listener
from bot.settings import Settings
from bot.simulator.people import Person
from bot.store.signing_in import make_link
from bot.store.staff import LOCAL, Member, StaffRole, give_role

__all__ = ["demo_console", "entrance"]


@asynccontextmanager
async def demo_console(
    engine: Engine,
    settings: Settings,
    current: Callable[[], Snapshot],
    clock: Clock,
    token: str,
    staff: Person,
) -> AsyncIterator[str]:
    """Serve the console until the block ends; gives its address. `staff` may sign in to it."""
    owner = Member(staff.id, staff.first_name, StaffRole.OWNER)
    with engine.begin() as connection:
        give_role(connection, owner, owner.role, (), LOCAL, clock.now())
        fill_past_days(connection, current().knowledge, clock.now())

    def address() -> str:
        return f"http://127.0.0.1:{listener.port}"

    routes = compose_console(
        settings, engine, current, clock.now, token=token, bot_name=lambda: None, address=address
    )
    listener = Listener("127.0.0.1:0", routes)
    await listener.start()
    try:
        yield address()
    finally:
        await listener.stop()


def entrance(engine: Engine, address: str, now: datetime) -> str:
    """A one-time link to the console."""
    with engine.begin() as connection:
        return sign_in_address(address, make_link(connection, LOCAL, "", now))
