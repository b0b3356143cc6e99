"""Decisions are definitions of their own kind, and a diagram remembers which of their versions it was published with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Said in SQL: both databases take it, and SQLite would otherwise copy the table that others refer to.
    op.execute(
        "ALTER TABLE definitions ADD COLUMN kind VARCHAR(10) DEFAULT 'diagram' NOT NULL "
        "CONSTRAINT ck_definitions_kind CHECK (kind IN ('diagram','decision'))"
    )
    op.create_table(
        "pins",
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("decision_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definitions.id"], name=op.f("fk_pins_definition_id_definitions")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["definitions.id"], name=op.f("fk_pins_decision_id_definitions")
        ),
        sa.PrimaryKeyConstraint("definition_id", "decision_id", name=op.f("pk_pins")),
    )
    op.create_index(op.f("ix_pins_decision_id"), "pins", ["decision_id"])
