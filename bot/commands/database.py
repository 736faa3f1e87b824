"""`mingzhang db upgrade`: bring the tables up to date."""

from bot.commands.failure import standard_output
from bot.commands.store import opened_store

__all__ = ["upgrade"]


def upgrade() -> None:
    """Create or migrate the tables of the configured database."""
    with opened_store() as engine:
        shown = engine.url.render_as_string(hide_password=True)
    standard_output().write(f"数据库已是最新：{shown}\n".encode())
