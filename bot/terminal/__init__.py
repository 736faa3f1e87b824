"""The bot in a terminal (终端): the same desk, store and planner, without Telegram."""
