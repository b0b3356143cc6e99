"""Around the case: mandates, right of way, appointments, courier, visits, guidance before filing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)
FIRST = "closed_at IS NULL AND NOT held AND first"
OPEN_SHIPMENT = "signed_at IS NULL AND returned_at IS NULL"


def upgrade() -> None:
    _cases()
    _visits()
    _mandates()
    _assists()
    _halls()
    _appointments()
    _shipments()


def _cases() -> None:
    no = sa.false()
    with op.batch_alter_table("cases") as batch:
        batch.add_column(sa.Column("pickup_id", Id, nullable=True))
        batch.add_column(sa.Column("first", sa.Boolean(), server_default=no, nullable=False))
        batch.add_column(sa.Column("after_hours", sa.Boolean(), server_default=no, nullable=False))
        batch.add_column(sa.Column("visits", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("visited_at", Moment, nullable=True))
        batch.create_foreign_key(op.f("fk_cases_pickup_id_orgs"), "orgs", ["pickup_id"], ["id"])
    op.create_index("ix_cases_visited_at", "cases", ["visited_at"])
    op.add_column("tasks", sa.Column("first", sa.Boolean(), server_default=no, nullable=False))
    where = sa.text(FIRST)
    op.create_index("ix_tasks_first", "tasks", ["org_id", "role"], sqlite_where=where, postgresql_where=where)


def _visits() -> None:
    """Before, who applied at the window was taken to have come once, and once more to pick his result up."""
    op.execute(
        "UPDATE cases SET visits = 1, visited_at = received_at "
        "WHERE origin = '' AND parent_id IS NULL AND channel IN ('window', 'agent')"
    )
    op.execute(
        "UPDATE cases SET visits = visits + 1, visited_at = "
        "(SELECT at FROM deliveries WHERE deliveries.case_id = cases.id) "
        "WHERE parent_id IS NULL AND EXISTS (SELECT 1 FROM deliveries WHERE deliveries.case_id = cases.id "
        "AND method IN ('window', '窗口领取'))"
    )


def _mandates() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", Id, nullable=False),
        sa.Column("principal_id", Id, nullable=False),
        sa.Column("agent_id", Id, nullable=False),
        sa.Column("matters", Json, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("file_id", Id, nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.Column("revoked_by", Id, nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("basis IN ('paper', 'online')", name=op.f("ck_mandates_basis")),
        sa.CheckConstraint("principal_id <> agent_id", name=op.f("ck_mandates_two_people")),
        *_references("mandates", principal_id="applicants", agent_id="applicants", file_id="files"),
        *_references("mandates", made_by="users", revoked_by="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint("code", name=op.f("uq_mandates_code")),
    )
    op.create_index(op.f("ix_mandates_principal_id"), "mandates", ["principal_id"])
    op.create_index(op.f("ix_mandates_agent_id"), "mandates", ["agent_id"])


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]


def _assists() -> None:
    op.create_table(
        "assists",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        *_references("assists", case_id="cases", org_id="orgs", by_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assists")),
    )
    op.create_index(op.f("ix_assists_case_id"), "assists", ["case_id"])
    op.create_index(op.f("ix_assists_at"), "assists", ["at"])
    op.create_table(
        "specials",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("groups", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        *_references("specials", case_id="cases", by_id="users"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_specials")),
    )
    op.create_table(
        "guidances",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("application", Json, nullable=False),
        sa.Column("words", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("filed_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        *_references("guidances", org_id="orgs", by_id="users", case_id="cases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidances")),
    )
    op.create_index(op.f("ix_guidances_org_id"), "guidances", ["org_id"])


def _halls() -> None:
    op.create_table(
        "halls",
        sa.Column("org_id", Id, autoincrement=False, nullable=False),
        sa.Column("told", Json, nullable=False),
        *_references("halls", org_id="orgs"),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_halls")),
    )
    op.create_table(
        "slots",
        sa.Column("org_id", Id, autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_slots_taken")),
        sa.ForeignKeyConstraint(["org_id"], ["halls.org_id"], name=op.f("fk_slots_org_id_halls")),
        sa.PrimaryKeyConstraint("org_id", "at", name=op.f("pk_slots")),
    )


def _appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("matter_key", sa.String(length=60), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("first", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("officer_id", Id, nullable=True),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("met_at", Moment, nullable=True),
        sa.CheckConstraint("kind IN ('window', 'home')", name=op.f("ck_appointments_kind")),
        sa.CheckConstraint(
            "state IN ('booked', 'arrived', 'missed', 'cancelled')", name=op.f("ck_appointments_state")
        ),
        *_references("appointments", org_id="orgs", officer_id="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("code", name=op.f("uq_appointments_code")),
    )
    op.create_index("ix_appointments_day", "appointments", ["org_id", "at"])
    op.create_table(
        "numbers",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("no", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("appointment_id", Id, nullable=True),
        sa.Column("taken_at", Moment, nullable=False),
        sa.Column("called_at", Moment, nullable=True),
        sa.Column("called_by", Id, nullable=True),
        *_references("numbers", org_id="orgs", appointment_id="appointments", called_by="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("org_id", "day", "no", name=op.f("uq_numbers_org_id_day_no")),
    )


def _shipments() -> None:
    op.create_table(
        "shipments",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("waybill", sa.String(length=60), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=30), server_default="", nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("sent_by", Id, nullable=True),
        sa.Column("signed_at", Moment, nullable=True),
        sa.Column("signed_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("returned_at", Moment, nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("signed_at IS NULL OR returned_at IS NULL", name=op.f("ck_shipments_one_end")),
        *_references("shipments", case_id="cases", sent_by="users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index(op.f("ix_shipments_case_id"), "shipments", ["case_id"])
    where = sa.text(OPEN_SHIPMENT)
    op.create_index(
        "uq_shipments_open", "shipments", ["case_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "wishes",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("receiver", sa.String(length=100), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=30), server_default="", nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint("method IN ('window','mail')", name=op.f("ck_wishes_method")),
        *_references("wishes", case_id="cases"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_wishes")),
    )
