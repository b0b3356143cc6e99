"""Across regions: places and what they may do, cases that cross, are passed up or belong to a key project, powers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

STATES = (
    "state IN ('submitted', 'prereview_rejected', 'prereview_passed', 'collected', 'received', 'correction', "
    "'corrected', 'not_required', 'not_accepted', 'accepted', 'accepted_tolerant', 'accepted_deemed', "
    "'transferred', 'granted', 'granted_tolerant', 'granted_partly', 'denied', 'withdrawn', "
    "'withdrawn_deemed', 'acceptance_revoked', 'returned', 'void', 'delivered', 'ended')"
)
CHANNELS = "channel IN ('window', 'online', 'agent', 'kiosk') OR length(origin) > 0"
KINDS = "kind IN ('district','department','hall','street','community','point','kiosk','former')"
CROSSINGS = "crossing IN ('', 'online', 'proxy', 'sites')"


def upgrade() -> None:
    with op.batch_alter_table("orgs") as batch:
        batch.drop_constraint(op.f("ck_orgs_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_orgs_kind"), KINDS)
        batch.add_column(sa.Column("region", sa.String(12), server_default="", nullable=False))
    _entrustments()
    _capabilities()
    _projects()
    _cases()
    _alerts()
    _crossings()
    _referrals()
    _powers()


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _entrustments() -> None:
    op.create_table(
        "entrustments",
        sa.Column("id", Id, nullable=False),
        sa.Column("principal_id", Id, nullable=False),
        sa.Column("agent_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(60), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("notice_no", sa.String(60), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("given_by", Id),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", Id),
        sa.Column("reason", sa.String(500), server_default="", nullable=False),
        sa.CheckConstraint(
            "scope IN ('accept', 'implement', 'devolved')", name=op.f("ck_entrustments_scope")
        ),
        sa.CheckConstraint("principal_id <> agent_id", name=op.f("ck_entrustments_another")),
        _to("entrustments", "principal_id", "orgs"),
        _to("entrustments", "agent_id", "orgs"),
        _to("entrustments", "given_by", "users"),
        _to("entrustments", "ended_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrustments")),
    )
    op.create_index("ix_entrustments_agent_id", "entrustments", ["agent_id", "matter_key"])


def _capabilities() -> None:
    op.create_table(
        "capabilities",
        sa.Column("org_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(60), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id),
        sa.CheckConstraint(
            "level IN ('accept', 'forward', 'help', 'none')", name=op.f("ck_capabilities_level")
        ),
        _to("capabilities", "org_id", "orgs"),
        _to("capabilities", "by_id", "users"),
        sa.PrimaryKeyConstraint("org_id", "matter_key", name=op.f("pk_capabilities")),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", Id, nullable=False),
        sa.Column("no", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("champion_id", Id, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("opened_by", Id),
        sa.Column("closed_at", Moment),
        _to("projects", "champion_id", "users"),
        _to("projects", "opened_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("no", name=op.f("uq_projects_no")),
    )
    op.create_index(op.f("ix_projects_champion_id"), "projects", ["champion_id"])


def _cases() -> None:
    """A case of before was taken in, accepted and decided where it stands, and belongs to no project."""
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(op.f("ck_cases_state"), type_="check")
        batch.create_check_constraint(op.f("ck_cases_state"), STATES)
        batch.drop_constraint(op.f("ck_cases_channel"), type_="check")
        batch.create_check_constraint(op.f("ck_cases_channel"), CHANNELS)
        for name, other in (
            ("acceptor_id", "orgs"),
            ("acting_id", "orgs"),
            ("entrustment_id", "entrustments"),
            ("project_id", "projects"),
        ):
            batch.add_column(sa.Column(name, Id))
            batch.create_foreign_key(op.f(f"fk_cases_{name}_{other}"), other, [name], ["id"])
        batch.add_column(sa.Column("crossing", sa.String(10), server_default="", nullable=False))
        batch.create_check_constraint(op.f("ck_cases_crossing"), CROSSINGS)
    for name, columns in (("acceptor_id", ["acceptor_id", "state"]), ("project_id", ["project_id"])):
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_cases_{name}", "cases", columns, sqlite_where=there, postgresql_where=there)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", Id, nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("read_at", Moment),
        _to("alerts", "project_id", "projects"),
        _to("alerts", "case_id", "cases"),
        _to("alerts", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_project_id"), "alerts", ["project_id"])
    op.create_index(op.f("ix_alerts_case_id"), "alerts", ["case_id"])
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_alerts_unread", "alerts", ["user_id"], sqlite_where=unread, postgresql_where=unread)


def _crossings() -> None:
    op.create_table(
        "crossings",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("home_id", Id, nullable=False),
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("sent_by", Id),
        sa.Column("method", sa.String(20), server_default="", nullable=False),
        sa.Column("waybill", sa.String(60), server_default="", nullable=False),
        sa.Column("received_at", Moment),
        sa.Column("received_by", Id),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(500), server_default="", nullable=False),
        sa.Column("back_at", Moment),
        sa.Column("back_by", Id),
        sa.Column("back_method", sa.String(20), server_default="", nullable=False),
        sa.Column("back_waybill", sa.String(60), server_default="", nullable=False),
        _to("crossings", "case_id", "cases"),
        _to("crossings", "place_id", "orgs"),
        _to("crossings", "home_id", "orgs"),
        _to("crossings", "lead_id", "cases"),
        _to("crossings", "sent_by", "users"),
        _to("crossings", "received_by", "users"),
        _to("crossings", "back_by", "users"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_crossings")),
    )
    op.create_index(op.f("ix_crossings_lead_id"), "crossings", ["lead_id"])


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("from_id", Id, nullable=False),
        sa.Column("to_id", Id, nullable=False),
        sa.Column("opinion", sa.String(2000), nullable=False),
        sa.Column("by_id", Id),
        sa.Column("at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        _to("referrals", "case_id", "cases"),
        _to("referrals", "from_id", "orgs"),
        _to("referrals", "to_id", "orgs"),
        _to("referrals", "by_id", "users"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_from_id"), "referrals", ["from_id"])
    op.create_index(op.f("ix_referrals_to_id"), "referrals", ["to_id"])


def _powers() -> None:
    op.create_table(
        "powers",
        sa.Column("id", Id, nullable=False),
        sa.Column("from_id", Id, nullable=False),
        sa.Column("to_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("matter_key", sa.String(60), server_default="", nullable=False),
        sa.Column("reach", sa.String(10), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("document_no", sa.String(60), server_default="", nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", Id),
        sa.CheckConstraint("reach IN ('all', 'granted')", name=op.f("ck_powers_reach")),
        sa.CheckConstraint("until > since", name=op.f("ck_powers_until")),
        _to("powers", "from_id", "users"),
        _to("powers", "to_id", "users"),
        _to("powers", "org_id", "orgs"),
        _to("powers", "ended_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_powers")),
    )
    op.create_index(op.f("ix_powers_to_id"), "powers", ["to_id"])
