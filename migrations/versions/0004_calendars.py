"""Calendars: versions with a life (draft, active, superseded), overlays of regions and halls, who goes by which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Read what is there, build both tables anew (SQLite cannot alter them in place), and write it back."""
    db = op.get_bind()
    known = sa.MetaData()
    versions = sa.Table(
        "calendar_versions",
        known,
        sa.Column("id", Id),
        sa.Column("no", sa.String(60)),
        sa.Column("sources", Json),
        sa.Column("sha256", sa.String(64)),
        sa.Column("active", sa.Boolean()),
        sa.Column("imported_at", Moment),
    )
    days = sa.Table(
        "calendar_days",
        known,
        sa.Column("version_id", Id),
        sa.Column("day", sa.Date()),
        sa.Column("working", sa.Boolean()),
        sa.Column("name", sa.String(40)),
    )
    kept = [row._asdict() for row in db.execute(sa.select(versions).order_by(versions.c.id))]
    told = [row._asdict() for row in db.execute(sa.select(days))]
    op.drop_table("calendar_days")
    op.drop_table("calendar_versions")
    made = _calendars()
    _versions()
    _days()
    op.execute(
        "ALTER TABLE orgs ADD COLUMN calendar VARCHAR(12) "
        "CONSTRAINT fk_orgs_calendar_calendars REFERENCES calendars (code)"
    )
    if kept:
        first = min(row["imported_at"] for row in kept)
        db.execute(sa.insert(made).values(code="CN", name="全国", parent=None, made_at=first))
    _keep(db, kept, told)
    op.create_index(
        "ix_deadlines_unsettled",
        "deadlines",
        ["case_id", "calendar"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _keep(db: sa.Connection, kept: list[dict[str, object]], told: list[dict[str, object]]) -> None:
    """What was in force stays so; what it replaced was superseded when the next one came in."""
    new = sa.table(
        "calendar_versions",
        *(sa.column(name) for name in ("id", "code", "no", "status", "sha256")),
        *(sa.column(name, Json) for name in ("sources", "orgs")),
        *(sa.column(name, Moment) for name in ("imported_at", "activated_at", "superseded_at")),
    )
    following = [*(row["imported_at"] for row in kept[1:]), None]
    for row, until in zip(kept, following[: len(kept)], strict=True):
        active = row.pop("active")
        row |= {
            "code": "CN",
            "orgs": [],
            "status": "active" if active else "superseded",
            "activated_at": row["imported_at"],
            "superseded_at": None if active else until,
        }
        db.execute(sa.insert(new).values(row))
    if told:
        named = [
            sa.column("version_id"),
            sa.column("day", sa.Date()),
            sa.column("working"),
            sa.column("name"),
        ]
        db.execute(sa.insert(sa.table("calendar_days", *named)), told)
    if kept and db.dialect.name == "postgresql":
        op.execute("SELECT setval('calendar_versions_id_seq', (SELECT max(id) FROM calendar_versions))")


def _calendars() -> sa.Table:
    return op.create_table(
        "calendars",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("parent", sa.String(length=12), nullable=True),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["calendars.code"], name=op.f("fk_calendars_parent_calendars")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_calendars")),
    )


def _versions() -> None:
    op.create_table(
        "calendar_versions",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("base_id", Id, nullable=True),
        sa.Column("document", sa.String(length=60), server_default="", nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("hours", Json, nullable=True),
        sa.Column("orgs", Json, server_default="[]", nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", Moment, nullable=False),
        sa.Column("imported_by", Id, nullable=True),
        sa.Column("imported_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("activated_at", Moment, nullable=True),
        sa.Column("activated_by", Id, nullable=True),
        sa.Column("activated_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("superseded_at", Moment, nullable=True),
        sa.Column("warned_at", Moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'superseded')", name=op.f("ck_calendar_versions_status")
        ),
        sa.CheckConstraint("activated_by <> imported_by", name=op.f("ck_calendar_versions_two_people")),
        sa.CheckConstraint(
            "status <> 'active' OR activated_at IS NOT NULL", name=op.f("ck_calendar_versions_activated")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["calendars.code"], name=op.f("fk_calendar_versions_code_calendars")
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["calendar_versions.id"], name=op.f("fk_calendar_versions_base_id_calendar_versions")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["users.id"], name=op.f("fk_calendar_versions_imported_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["activated_by"], ["users.id"], name=op.f("fk_calendar_versions_activated_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("no", name=op.f("uq_calendar_versions_no")),
    )
    op.create_index(op.f("ix_calendar_versions_code"), "calendar_versions", ["code"])
    op.create_index(
        "uq_calendar_versions_active",
        "calendar_versions",
        ["code"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )


def _days() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("version_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["calendar_versions.id"],
            name=op.f("fk_calendar_days_version_id_calendar_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "day", name=op.f("pk_calendar_days")),
    )
