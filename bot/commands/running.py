"""`mingzhang run`: the bot on Telegram."""

from bot.commands.failure import CommandFailed
from bot.commands.store import opened_store, usable_settings
from bot.listening import ListenError
from bot.publishing.current import RevisionUnusableError
from bot.running import serve
from bot.settings import SettingsError
from bot.telegram.gateway import TokenRefusedError
from bot.telegram.poller import PollerRunningError

__all__ = ["run"]

_IN_THE_WAY = (TokenRefusedError, PollerRunningError, ListenError, RevisionUnusableError)


def run() -> None:
    """Serve until told to stop; what stands in the way is said in one line."""
    settings = usable_settings()
    try:
        settings.need_token()
        with opened_store():
            pass  # what is wrong with it is said before anything begins
        serve(settings)
    except SettingsError as error:
        raise CommandFailed("\n".join(error.problems)) from None
    except _IN_THE_WAY as error:
        raise CommandFailed(str(error)) from None
