"""Reminders of licences that end, and where the places are that people go to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _reminders()
    _spots()


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", Id, nullable=False),
        sa.Column("licence_id", Id, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("said", sa.String(length=10), server_default="", nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.Column("said_at", Moment, nullable=True),
        sa.Column("said_by", Id, nullable=True),
        sa.Column("declined_at", Moment, nullable=True),
        sa.CheckConstraint("kind IN ('open', 'last')", name=op.f("ck_reminders_kind")),
        sa.CheckConstraint("said IN ('', 'told', 'unwanted', 'unreached')", name=op.f("ck_reminders_said")),
        sa.CheckConstraint("(said = '') = (said_at IS NULL)", name=op.f("ck_reminders_said_at")),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_reminders_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f("fk_reminders_said_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("licence_id", "until", "kind", name=op.f("uq_reminders_licence_id_until_kind")),
    )
    op.create_index(op.f("ix_reminders_made_at"), "reminders", ["made_at"])
    ends = sa.text("state = 'valid' AND valid_until IS NOT NULL")
    op.create_index(
        "ix_licences_ending", "licences", ["valid_until"], sqlite_where=ends, postgresql_where=ends
    )


def _spots() -> None:
    op.create_table(
        "spots",
        sa.Column("org_id", Id, autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=30), server_default="", nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("hours", Json, nullable=True),
        sa.Column("invented", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_spots_both")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90", name=op.f("ck_spots_on_earth")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_spots_by_id_users")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_spots_org_id_orgs")),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_spots")),
    )
