"""Ratings and how bad ones are put right, tickets, follow-ups, and visits that no figure counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")

OPEN = "decided_at IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL"
OPEN_TOLD = (
    *("authority_id", "matter_key", "promised_due_at", "paused_at", "legal_due_at", "channel", "hall_id"),
    *("street_id", "origin", "kind", "accepted_at", "decided_at", "closed_at", "mystery"),
)


def upgrade() -> None:
    _cases()
    _ratings()
    _rectifications()
    _tickets()
    _entries()
    _visits()


def _cases() -> None:
    """The manager's board is told by one index alone, which must therefore know the new mark."""
    op.add_column("cases", sa.Column("mystery", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_cases_open", "cases")
    op.create_index(
        "ix_cases_open", "cases", OPEN_TOLD, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    )


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), server_default="", nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("occasion", sa.String(10), nullable=False),
        sa.Column("about", sa.String(10), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("scores", Json, nullable=False),
        _text("words", 500),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("handler_id", Id, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_ratings_level")),
        sa.CheckConstraint("occasion IN ('matter', 'intake', 'handout')", name=op.f("ck_ratings_occasion")),
        sa.CheckConstraint(
            "about IN ('whole', 'intake', 'review', 'handout')", name=op.f("ck_ratings_about")
        ),
        _to("ratings", "case_id", "cases"),
        _to("ratings", "org_id", "orgs"),
        _to("ratings", "handler_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("case_id", "occasion", name=op.f("uq_ratings_case_id_occasion")),
    )
    op.create_index(op.f("ix_ratings_org_id"), "ratings", ["org_id"])
    op.create_index(op.f("ix_ratings_at"), "ratings", ["at"])


def _rectifications() -> None:
    people = ("verified_by", "rectified_by", "called_by", "appealed_by", "reviewed_by")
    moments = (
        *("verified_at", "rectified_at", "called_at", "surveyed_at", "closed_at", "appealed_at"),
        "reviewed_at",
    )
    op.create_table(
        "rectifications",
        sa.Column("id", Id, nullable=False),
        sa.Column("rating_id", Id, nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(sa.Column(name, Moment, nullable=True) for name in moments),
        *(sa.Column(name, Id, nullable=True) for name in people),
        *(_text(name, 1000) for name in ("finding", "measure", "said")),
        *(_text(name, 500) for name in ("appeal", "review")),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reached", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(10), nullable=True),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5",
            name=op.f("ck_rectifications_satisfaction"),
        ),
        sa.CheckConstraint(
            "step IN ('verify', 'rectify', 'call', 'survey', 'closed', 'overturned', 'withdrawn')",
            name=op.f("ck_rectifications_step"),
        ),
        sa.CheckConstraint(
            "ground IS NULL OR ground IN ('mistaken', 'malicious')", name=op.f("ck_rectifications_ground")
        ),
        _to("rectifications", "rating_id", "ratings"),
        *(_to("rectifications", name, "users") for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectifications")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_rectifications_rating_id")),
    )
    op.create_index(op.f("ix_rectifications_step"), "rectifications", ["step"])


CAUSES = (
    *("materials", "conditions", "unclear", "policy", "passed_on", "slow", "manner", "mistake", "misconduct"),
    *("system", "changed_mind", "other"),
)


def _tickets() -> None:
    causes = ", ".join(f"'{each}'" for each in CAUSES)
    open_ = sa.text("closed_at IS NULL")
    op.create_table(
        "tickets",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        _text("matter_key", 60),
        _text("caller", 100),
        _text("phone", 30),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("cause", sa.String(20), nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("first_contact_id", Id, nullable=True),
        sa.Column("first_org_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("assigned_at", Moment, nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        sa.Column("limit_text", sa.String(30), nullable=False),
        _text("extension", 30),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("calendar", sa.String(60), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=True),
        _text("answer", 1000),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("answered_by", Id, nullable=True),
        sa.Column("called_at", Moment, nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        _text("traced", 1000),
        sa.Column("traced_org_id", Id, nullable=True),
        sa.Column("traced_at", Moment, nullable=True),
        sa.Column("traced_by", Id, nullable=True),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5", name=op.f("ck_tickets_satisfaction")
        ),
        sa.CheckConstraint(f"cause IS NULL OR cause IN ({causes})", name=op.f("ck_tickets_cause")),
        sa.CheckConstraint(
            "kind IN ('stuck', 'complaint', 'consult', 'follow_up')", name=op.f("ck_tickets_kind")
        ),
        sa.CheckConstraint(
            "source IN ('window', 'hotline', 'online', 'house')", name=op.f("ck_tickets_source")
        ),
        sa.CheckConstraint("standing IN ('open', 'answered', 'closed')", name=op.f("ck_tickets_standing")),
        _to("tickets", "case_id", "cases"),
        *(_to("tickets", name, "orgs") for name in ("first_org_id", "org_id", "traced_org_id")),
        *(_to("tickets", name, "users") for name in ("first_contact_id", "answered_by", "traced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_case_id"), "tickets", ["case_id"])
    op.create_index(op.f("ix_tickets_at"), "tickets", ["at"])
    op.create_index(
        "ix_tickets_open", "tickets", ["org_id", "due_at"], sqlite_where=open_, postgresql_where=open_
    )


def _entries() -> None:
    op.create_table(
        "ticket_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("by_name", sa.String(60), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("data", Json, nullable=False),
        _to("ticket_entries", "ticket_id", "tickets"),
        _to("ticket_entries", "by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entries")),
    )
    op.create_index(op.f("ix_ticket_entries_ticket_id"), "ticket_entries", ["ticket_id"])


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("capacity", sa.String(20), nullable=False),
        sa.Column("visitor", sa.String(100), nullable=False),
        _text("purpose", 500),
        sa.Column("marked_at", Moment, nullable=False),
        sa.Column("marked_by", Id, nullable=True),
        sa.Column("scores", Json, server_default="{}", nullable=False),
        _text("opinion", 2000),
        sa.Column("given_at", Moment, nullable=True),
        sa.Column("given_by", Id, nullable=True),
        sa.CheckConstraint(
            "capacity IN ('experiencer', 'companion', 'director', 'assessor')",
            name=op.f("ck_visits_capacity"),
        ),
        _to("visits", "case_id", "cases"),
        _to("visits", "marked_by", "users"),
        _to("visits", "given_by", "users"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_visits")),
    )
