"""The list of pages (页面清单): who adds a page appends it here, in the order of the menu."""

from bot.console.page import Page
from bot.console.pages import (
    account,
    audit,
    batches,
    broadcast,
    cases,
    creators,
    imports,
    knowledge,
    orders,
    outbox,
    overview,
    rules,
    sync,
    team,
    unanswered,
)
from bot.store.staff import StaffRole

__all__ = ["PAGES", "menu_of", "section_of"]

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    unanswered.PAGE,
    cases.PAGE,
    knowledge.PAGE,
    rules.PAGE,
    orders.PAGE,
    creators.PAGE,
    imports.PAGE,
    batches.PAGE,
    sync.PAGE,
    outbox.PAGE,
    broadcast.PAGE,
    team.PAGE,
    audit.PAGE,
    account.PAGE,
)


def menu_of(role: StaffRole) -> list[Page]:
    """The pages that somebody with this role finds in the menu."""
    return [page for page in PAGES if page.listed and role.covers(page.role)]


def section_of(name: str) -> str:
    """The page of the menu that is lit up on a page: itself, or the one it stands under."""
    return next((page.section for page in PAGES if page.name == name), "") or name
