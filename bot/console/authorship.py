"""Who publishes, and the folders that follow (署名): for every page that edits files."""

from bot.console.visit import Visit
from bot.publishing.candidate import Folders
from bot.publishing.publisher import By

__all__ = ["author_of", "folders_of"]


def author_of(visit: Visit, note: str) -> By:
    """Who publishes, by name; whoever signed in from the machine itself has none."""
    number = str(visit.user) if visit.user else "console"
    return By(visit.session.name or number, note)


def folders_of(visit: Visit) -> Folders:
    """The editor's folders of this installation."""
    settings = visit.parts.settings
    return Folders(settings.knowledge_dir, settings.rules_dir)
