"""`mingzhang run`: the bot on Telegram."""

from bot.app import serve
from bot.commands.failure import CommandFailed
from bot.commands.store import usable_settings
from bot.publishing.current import RevisionUnusableError
from bot.settings import SettingsError
from bot.telegram.gateway import TokenRefusedError

__all__ = ["run"]


def run() -> None:
    """Serve until told to stop; a missing or refused token is said in one line."""
    settings = usable_settings()
    try:
        settings.need_token()
        serve(settings)
    except SettingsError as error:
        raise CommandFailed("\n".join(error.problems)) from None
    except (TokenRefusedError, RevisionUnusableError) as error:
        raise CommandFailed(str(error)) from None
