"""The history of the tables; `bot.store.database.upgrade` applies it."""
