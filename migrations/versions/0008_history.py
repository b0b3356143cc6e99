"""Cases of former systems: where a case comes from, what an import brought, what it kept aside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)

FORMER = "length(origin) > 0"
STATES = (
    "state IN ('submitted', 'prereview_rejected', 'prereview_passed', 'received', 'correction', 'corrected', "
    "'not_required', 'not_accepted', 'accepted', 'accepted_tolerant', 'accepted_deemed', 'granted', 'granted_partly', "
    "'denied', 'withdrawn', 'withdrawn_deemed', 'acceptance_revoked', 'delivered', 'ended')"
)


def upgrade() -> None:
    _cases()
    _indexes()
    _matters()
    with op.batch_alter_table("orgs") as batch:
        batch.drop_constraint(op.f("ck_orgs_kind"), type_="check")
        batch.create_check_constraint(
            op.f("ck_orgs_kind"), "kind IN ('district','department','hall','street','community','former')"
        )
    _imports()
    _former()
    _asides()
    _measures()


def _cases() -> None:
    with op.batch_alter_table("cases") as batch:
        for name in ("ck_cases_state", "ck_cases_channel"):
            batch.drop_constraint(op.f(name), type_="check")
        batch.add_column(sa.Column("origin", sa.String(length=40), server_default="", nullable=False))
        batch.alter_column(
            "no", type_=sa.String(length=60), existing_type=sa.String(length=30), existing_nullable=False
        )
        batch.alter_column("code", nullable=True, existing_type=sa.String(length=30))
        batch.alter_column(
            "channel", type_=sa.String(length=40), existing_type=sa.String(length=10), existing_nullable=False
        )
        batch.alter_column("definition_id", nullable=True, existing_type=Id)
        batch.alter_column("applicant_id", nullable=True, existing_type=Id)
        batch.create_check_constraint(op.f("ck_cases_state"), STATES)
        batch.create_check_constraint(
            op.f("ck_cases_channel"), f"channel IN ('window', 'online', 'agent') OR {FORMER}"
        )
        batch.create_check_constraint(
            op.f("ck_cases_ours"),
            f"(code IS NOT NULL AND definition_id IS NOT NULL AND applicant_id IS NOT NULL) OR {FORMER}",
        )


OPEN = "decided_at IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL"
OPEN_TOLD = (
    *("authority_id", "matter_key", "promised_due_at", "paused_at", "legal_due_at", "channel", "hall_id"),
    *("street_id", "origin", "kind", "accepted_at", "decided_at", "closed_at"),
)


def _indexes() -> None:
    for name in ("ix_cases_undecided", "ix_cases_decided_at"):
        op.drop_index(name, "cases")
    for name, told, where in (
        ("ix_cases_undecided", ["promised_due_at"], OPEN),
        ("ix_cases_open", [*OPEN_TOLD], OPEN),
        ("ix_cases_decided_at", ["decided_at"], "decided_at IS NOT NULL"),
        ("ix_cases_late", ["decided_at"], "decided_at >= promised_due_at"),
        ("ix_cases_ended", ["closed_at"], "decided_at IS NULL AND closed_at IS NOT NULL"),
    ):
        op.create_index(name, "cases", told, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("ix_cases_accepted_at", "cases", ["accepted_at"])
    op.create_index("ix_cases_promised_due_at", "cases", ["promised_due_at"])
    still = sa.text("settled_at IS NULL")
    told = ["clock", "limit_text", "extension"]
    op.create_index("ix_deadlines_running", "deadlines", told, sqlite_where=still, postgresql_where=still)
    held = sa.text("stop IS NULL")
    op.create_index(
        "ix_pauses_open", "pauses", ["clock", "case_id"], sqlite_where=held, postgresql_where=held
    )
    asked = sa.text("answered_at IS NULL")
    op.create_index(
        "ix_corrections_open", "corrections", ["case_id"], sqlite_where=asked, postgresql_where=asked
    )
    op.create_index("ix_commitments_due_at", "commitments", ["due_at"])
    op.create_index("ix_dues_due_at", "dues", ["clock", "due_at"])


def _matters() -> None:
    with op.batch_alter_table("matters") as batch:
        batch.drop_constraint(op.f("ck_matters_kind"), type_="check")
        batch.alter_column("definition_id", nullable=True, existing_type=Id)
        batch.create_check_constraint(op.f("ck_matters_kind"), "kind IN ('matter','bundle','former')")
        batch.create_check_constraint(
            op.f("ck_matters_drawn"), "definition_id IS NOT NULL OR kind = 'former'"
        )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", Id, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )


def _former() -> None:
    op.create_table(
        "former",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("import_id", Id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("notes", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_former_case_id_cases")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_former_import_id_imports")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_former")),
    )
    op.create_index(op.f("ix_former_import_id"), "former", ["import_id"])


def _asides() -> None:
    op.create_table(
        "asides",
        sa.Column("id", Id, nullable=False),
        sa.Column("import_id", Id, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_asides_import_id_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asides")),
    )
    op.create_index(op.f("ix_asides_import_id"), "asides", ["import_id"])


def _measures() -> None:
    op.create_table(
        "measures",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("decided_at", Moment, nullable=False),
        sa.Column("worked_days", sa.Integer(), nullable=True),
        sa.Column("worked_minutes", sa.Integer(), nullable=True),
        sa.Column("elapsed_minutes", sa.Integer(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.Column("legal_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_measures_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_measures")),
    )
    op.create_index(op.f("ix_measures_decided_at"), "measures", ["decided_at"])
