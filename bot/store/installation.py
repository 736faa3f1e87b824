"""What this installation made once and keeps."""

import secrets

from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.tables import installation

__all__ = ["kept_secret"]


def kept_secret(connection: Connection) -> str:
    """The secret that signs buttons and sign-ins, made the first time it is asked for."""
    connection.execute(
        insert(connection, installation)
        .values(name="secret", value=secrets.token_urlsafe(32))
        .on_conflict_do_nothing()
    )
    secret: str = connection.execute(
        select(installation.c.value).where(installation.c.name == "secret")
    ).scalar_one()
    return secret
