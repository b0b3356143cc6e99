"""A paper keeps everything it says, from whom and to whom; an authority has a short name its papers are numbered with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

#: Who a paper was for and from, as known when the columns came; nothing else was said of it than its text.
_NAMES = """
    UPDATE documents SET
        addressee = (SELECT applicants.name FROM cases JOIN applicants ON applicants.id = cases.applicant_id
                     WHERE cases.id = documents.case_id),
        authority = (SELECT orgs.name FROM cases JOIN orgs ON orgs.id = cases.authority_id
                     WHERE cases.id = documents.case_id)
"""


def upgrade() -> None:
    op.add_column("orgs", sa.Column("short", sa.String(10), server_default="", nullable=False))
    for name, length in (("addressee", 100), ("authority", 100), ("template", 20)):
        op.add_column("documents", sa.Column(name, sa.String(length), server_default="", nullable=False))
    op.add_column("documents", sa.Column("facts", Json, server_default="{}", nullable=False))
    op.execute(_NAMES)
