"""Reminders: what is watched, planned, told and answered; when people may be pushed."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Document, Id, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TAKEN_UP = ("subscriptions", "bindings", "import_batches")


def upgrade() -> None:
    """Apply this step."""
    for table in TAKEN_UP:
        op.add_column(table, sa.Column("taken_up_at", Instant))
    op.add_column("people", sa.Column("sending_from", sa.Text))
    op.add_column("people", sa.Column("sending_until", sa.Text))
    op.add_column("people", sa.Column("lead_days", sa.Integer))
    op.add_column("outbox", sa.Column("send_until", Instant))
    op.add_column(
        "subscriptions", sa.Column("platform", sa.Text, nullable=False, server_default="")
    )
    _index_subscriptions()
    _index_what_waits()
    _create_outlooks()
    _create_pushes()


def downgrade() -> None:
    """Undo this step."""
    for table in ("cases", "planned_days", "pushes", "told", "outlooks", "payout_days"):
        op.drop_table(table)
    for table in TAKEN_UP:
        op.drop_index(f"ix_{table}_waiting", table)
        op.drop_column(table, "taken_up_at")
    op.drop_index("ix_subscriptions_line", "subscriptions")
    op.drop_index("uq_subscriptions_active_scope", "subscriptions")
    op.execute("DELETE FROM subscriptions WHERE scope NOT IN ('order', 'everything')")
    op.drop_column("subscriptions", "platform")
    active = sa.text("ended_at IS NULL AND line IS NULL")
    op.create_index(
        "uq_subscriptions_active_everything",
        "subscriptions",
        ["user"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.drop_column("outbox", "send_until")
    for column in ("lead_days", "sending_until", "sending_from"):
        op.drop_column("people", column)


def _index_subscriptions() -> None:
    op.drop_index("uq_subscriptions_active_everything", "subscriptions")
    for name, columns, where in (
        (
            "uq_subscriptions_active_scope",
            ["user", "scope", "platform"],
            "ended_at IS NULL AND line IS NULL",
        ),
        ("ix_subscriptions_line", ["line"], "ended_at IS NULL AND line IS NOT NULL"),
    ):
        op.create_index(
            name,
            "subscriptions",
            columns,
            unique=name.startswith("uq"),
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _index_what_waits() -> None:
    for table in TAKEN_UP:
        waiting = sa.text("taken_up_at IS NULL")
        op.create_index(
            f"ix_{table}_waiting",
            table,
            ["id"],
            sqlite_where=waiting,
            postgresql_where=waiting,
        )


def _create_outlooks() -> None:
    op.create_table(
        "payout_days",
        sa.Column("cycle", sa.Text, primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("by_rule", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        comment="the day on which a platform pays the commission of a month, by the latest rules",
    )
    op.create_index("ix_payout_days_day", "payout_days", ["day"])
    op.create_table(
        "outlooks",
        sa.Column(
            "line", Id, sa.ForeignKey("order_lines.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("batch", Id, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("cycle", sa.Text, sa.ForeignKey("payout_days.cycle")),
        sa.Column("standing", Document, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("look_at", Instant),
        comment="how a watched line was judged last; without a cycle no payout is in sight",
    )
    op.create_index("ix_outlooks_cycle", "outlooks", ["cycle", "line"])
    op.create_index("ix_outlooks_look_at", "outlooks", ["look_at"])
    op.create_index("ix_outlooks_revision", "outlooks", ["revision"])
    op.create_table(
        "told",
        sa.Column("line", Id, sa.ForeignKey("order_lines.id"), nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("standing", Document, nullable=False),
        sa.Column("day", sa.Date),
        sa.PrimaryKeyConstraint("line", "user"),
        comment="what a person knows of a line, and the payout day we named",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_told_user", "told", ["user"])


def _create_pushes() -> None:
    op.create_table(
        "pushes",
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("line", Id, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("due_from", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("released_at", Instant),
        sa.Column("letter", sa.Text),
        sa.Column("before", Document),
        sa.PrimaryKeyConstraint("user", "kind", "line", "day", "version"),
        comment="planned once each; line 0 is all of a person's, letter the outbox key on its way",
        sqlite_with_rowid=False,
    )
    unreleased = sa.text("released_at IS NULL")
    for name, columns in (
        ("ix_pushes_open", ["due_at", "user"]),
        ("ix_pushes_open_user", ["user"]),
    ):
        op.create_index(
            name, "pushes", columns, sqlite_where=unreleased, postgresql_where=unreleased
        )
    on_the_way = sa.text("letter IS NOT NULL")
    op.create_index(
        "ix_pushes_letter",
        "pushes",
        ["letter"],
        sqlite_where=on_the_way,
        postgresql_where=on_the_way,
    )
    op.create_table(
        "planned_days",
        sa.Column("cycle", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("planned_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("cycle", "kind", "day"),
        comment="whose pushes of which kind are planned, everybody's at once",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("user", sa.BigInteger, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("line", Id, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        comment="money that did not arrive, for the operator; line 0 is all of that day",
        sqlite_autoincrement=True,
    )
    op.create_index("uq_cases_subject", "cases", ["user", "platform", "line", "day"], unique=True)
