"""The rota (2主1备轮值): shifts of a post with two mains and a spare."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("span", sa.String(length=10), nullable=False),
        sa.Column("main_id", Id, nullable=False),
        sa.Column("second_id", Id, nullable=False),
        sa.Column("spare_id", Id, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("ended_by", Id, nullable=True),
        sa.CheckConstraint("span IN ('day', 'morning', 'afternoon')", name=op.f("ck_shifts_span")),
        sa.CheckConstraint(
            "main_id <> second_id AND main_id <> spare_id AND second_id <> spare_id",
            name=op.f("ck_shifts_three_people"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_shifts_org_id_orgs")),
        sa.ForeignKeyConstraint(["main_id"], ["users.id"], name=op.f("fk_shifts_main_id_users")),
        sa.ForeignKeyConstraint(["second_id"], ["users.id"], name=op.f("fk_shifts_second_id_users")),
        sa.ForeignKeyConstraint(["spare_id"], ["users.id"], name=op.f("fk_shifts_spare_id_users")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_shifts_made_by_users")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_shifts_ended_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_post", "shifts", ["org_id", "role", "day"])
    stands = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_shifts_standing",
        "shifts",
        ["org_id", "role", "day", "span"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
