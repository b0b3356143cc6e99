"""Bundles: who was hurried (部门催办) is found by when, without reading the journal through."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

HURRIED = sa.text("act = 'hurried'")


def upgrade() -> None:
    op.create_index("ix_journal_hurried", "journal", ["at"], sqlite_where=HURRIED, postgresql_where=HURRIED)
