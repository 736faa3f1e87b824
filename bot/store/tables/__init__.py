"""The tables (数据表), by what they are about."""

from bot.store.tables.awaiting import awaited_numbers
from bot.store.tables.broadcasts import broadcast_recipients, broadcasts, opt_outs
from bot.store.tables.console import (
    audit_log,
    console_sessions,
    console_staff,
    hourly_counts,
    sign_in_links,
)
from bot.store.tables.documents import document_imports
from bot.store.tables.handoffs import handoffs, votes
from bot.store.tables.messages import (
    given_answers,
    processed_updates,
    quarantine,
    unanswered_questions,
)
from bot.store.tables.operation import alarms, installation, leases, publications, revisions
from bot.store.tables.orders import import_batches, order_facts, order_history, order_lines
from bot.store.tables.parties import (
    binding_codes,
    binding_requests,
    bindings,
    creators,
    people,
    promoters,
    subscriptions,
)
from bot.store.tables.reminders import (
    cases,
    outlooks,
    payout_days,
    planned_days,
    pushes,
    told,
)
from bot.store.tables.schema import metadata
from bot.store.tables.sending import outbox, sending_pace
from bot.store.tables.syncing import (
    monthly_bills,
    sync_cursors,
    unread_rows,
    waiting_statements,
)
from bot.store.tables.uploads import refused_tables, uploaded_parts

__all__ = [
    "alarms",
    "audit_log",
    "awaited_numbers",
    "binding_codes",
    "binding_requests",
    "bindings",
    "broadcast_recipients",
    "broadcasts",
    "cases",
    "console_sessions",
    "console_staff",
    "creators",
    "document_imports",
    "given_answers",
    "handoffs",
    "hourly_counts",
    "import_batches",
    "installation",
    "leases",
    "metadata",
    "monthly_bills",
    "opt_outs",
    "order_facts",
    "order_history",
    "order_lines",
    "outbox",
    "outlooks",
    "payout_days",
    "people",
    "planned_days",
    "processed_updates",
    "promoters",
    "publications",
    "pushes",
    "quarantine",
    "refused_tables",
    "revisions",
    "sending_pace",
    "sign_in_links",
    "subscriptions",
    "sync_cursors",
    "told",
    "unanswered_questions",
    "unread_rows",
    "uploaded_parts",
    "votes",
    "waiting_statements",
]
