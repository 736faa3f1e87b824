"""`mingzhang console link`: a one-time link for whoever has a shell on the machine."""

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.inputs import kept_number
from bot.commands.output import complain, say
from bot.commands.store import opened_store, usable_settings
from bot.console_address import console_address, sign_in_address
from bot.store.audit import AuditEntry, record
from bot.store.signing_in import make_link
from bot.store.staff import LOCAL, role_of

__all__ = ["link"]

ONLY_HERE = (
    "没有设置 MINGZHANG_PUBLIC_URL：这个链接只能在这台机器的浏览器里打开。"
    "要从别处打开，请把它设为运营页面的对外地址，如 https://bot.example.com"
)


def link(user: int | None) -> None:
    """Print a link that signs `user` in, or without one whoever is at the machine."""
    settings = usable_settings()
    now = SystemClock().now()
    whom = LOCAL if user is None else kept_number(user)
    with opened_store() as engine, engine.begin() as connection:
        if role_of(connection, whom, settings.admins) is None:
            raise CommandFailed(
                f"--user：{user} 还没有角色；请负责人在“团队”页给一个，"
                "或把这个编号加进 MINGZHANG_ADMINS"
            )
        code = make_link(connection, whom, "", now)
        record(connection, AuditEntry(now, LOCAL, "", "link_made", f"person:{whom}"))
    address = sign_in_address(console_address(settings), code)
    say(address)
    if settings.public_url is None:
        complain(ONLY_HERE)
