"""What is due is found in its order by the index alone, however much is due at the same moment."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INDEXES = (
    ("ix_deadlines_armed", "due_at", "armed"),
    ("ix_deadlines_card_at", "card_at", "card_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, moment, where in INDEXES:
        op.drop_index(op.f(name), table_name="deadlines")
        op.create_index(
            op.f(name),
            "deadlines",
            [moment, "id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
