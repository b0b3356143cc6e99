"""Tolerance and credit: two more ends and a tolerant grant, promises beyond the decision, credit, commitments."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)

STATES = (
    "state IN ('submitted', 'prereview_rejected', 'prereview_passed', 'received', 'correction', 'corrected', "
    "'not_required', 'not_accepted', 'accepted', 'accepted_tolerant', 'accepted_deemed', 'granted', "
    "'granted_tolerant', 'granted_partly', 'denied', 'withdrawn', 'withdrawn_deemed', 'acceptance_revoked', "
    "'returned', 'void', 'delivered', 'ended')"
)
KINDS = "kind IN ('broken_promise', 'false_commitment')"


def upgrade() -> None:
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(op.f("ck_cases_state"), type_="check")
        batch.create_check_constraint(op.f("ck_cases_state"), STATES)
    for name, length, default in (("kind", 10, "accept"), ("place", 60, ""), ("postponed", 500, "")):
        op.add_column(
            "commitments", sa.Column(name, sa.String(length), server_default=default, nullable=False)
        )
    _credits()
    _informed()


def _credits() -> None:
    op.create_table(
        "credits",
        sa.Column("id", Id, nullable=False),
        sa.Column("applicant_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("repaired_at", Moment, nullable=True),
        sa.Column("repaired_by", Id, nullable=True),
        sa.Column("repair", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_credits_kind")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_credits_applicant_id_applicants")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_credits_case_id_cases")),
        sa.ForeignKeyConstraint(["repaired_by"], ["users.id"], name=op.f("fk_credits_repaired_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credits")),
    )
    op.create_index(op.f("ix_credits_applicant_id"), "credits", ["applicant_id"])
    op.create_index(op.f("ix_credits_case_id"), "credits", ["case_id"])


def _informed() -> None:
    op.create_table(
        "informed",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("signed_at", Moment, nullable=True),
        sa.Column("withdrawn_at", Moment, nullable=True),
        sa.Column("inspected_at", Moment, nullable=True),
        sa.Column("inspected_by", Id, nullable=True),
        sa.Column("result", sa.String(length=10), server_default="", nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_informed_case_id_cases")),
        sa.ForeignKeyConstraint(["inspected_by"], ["users.id"], name=op.f("fk_informed_inspected_by_users")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_informed")),
    )
