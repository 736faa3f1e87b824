"""The tables (数据表), by what they are about."""

from bot.store.tables.messages import outbox, processed_updates, quarantine, unanswered_questions
from bot.store.tables.operation import installation, leases, publications, revisions
from bot.store.tables.orders import import_batches, order_facts, order_history, order_lines
from bot.store.tables.parties import (
    binding_codes,
    bindings,
    creators,
    people,
    promoters,
    subscriptions,
)
from bot.store.tables.schema import metadata

__all__ = [
    "binding_codes",
    "bindings",
    "creators",
    "import_batches",
    "installation",
    "leases",
    "metadata",
    "order_facts",
    "order_history",
    "order_lines",
    "outbox",
    "people",
    "processed_updates",
    "promoters",
    "publications",
    "quarantine",
    "revisions",
    "subscriptions",
    "unanswered_questions",
]
