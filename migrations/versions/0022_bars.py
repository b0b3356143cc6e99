"""Findings of false papers and whom they bar (R-ACC-8), and which mandates were said to end (R-ACC-7)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _bars()
    _who_was_barred()
    with op.batch_alter_table("mandates") as batch:
        batch.add_column(sa.Column("warned_at", Moment, nullable=True))
        batch.add_column(sa.Column("ended_at", Moment, nullable=True))
    op.create_index(
        op.f("ix_mandates_until"),
        "mandates",
        ["until"],
        sqlite_where=sa.text("ended_at IS NULL AND revoked_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND revoked_at IS NULL"),
    )


def _bars() -> None:
    op.create_table(
        "bars",
        sa.Column("id", Id, nullable=False),
        sa.Column("applicant_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.String(length=500), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=60), server_default="", nullable=False),
        sa.Column("cancelled_at", Moment, nullable=True),
        sa.Column("cancelled_by", Id, nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("ground IN ('concealed', 'fraud')", name=op.f("ck_bars_ground")),
        sa.CheckConstraint(
            "until IS NULL OR (since IS NOT NULL AND until >= since)", name=op.f("ck_bars_until")
        ),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name=op.f("ck_bars_cancelled")),
        sa.CheckConstraint(
            "by_id IS NULL OR cancelled_by IS NULL OR by_id <> cancelled_by", name=op.f("ck_bars_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_bars_applicant_id_applicants")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bars_case_id_cases")),
        *(
            sa.ForeignKeyConstraint([who], ["users.id"], name=op.f(f"fk_bars_{who}_users"))
            for who in ("by_id", "cancelled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bars")),
    )
    op.create_index(op.f("ix_bars_applicant_id"), "bars", ["applicant_id"])
    op.create_index(op.f("ix_bars_case_id"), "bars", ["case_id"])


def _who_was_barred() -> None:
    """Whose licence was revoked as got by fraud was barred for three years all along; now it is written down."""
    db, licences = op.get_bind(), _table("licences", _LICENCE)
    # a licence that was revoked and later cancelled has lost the ground; its journal still says it
    told = _table("journal", {"case_id": Id, "act": sa.String, "at": Moment, "by_id": Id, "data": Json})
    for one in db.execute(sa.select(licences).order_by(licences.c.id)).all():
        revoked = (told.c.case_id == one.case_id, told.c.act == "licence revoked")
        for entry in db.execute(sa.select(told).where(*revoked)).all():
            if entry.data.get("ground") == "fraud":
                day = _day(entry.at)
                row = {
                    **{name: getattr(one, name) for name in ("applicant_id", "case_id", "matter_key")},
                    "ground": "fraud", "facts": str(entry.data.get("reason") or "")[:500], "at": entry.at,
                    "by_id": entry.by_id, "since": day, "until": _three_years_on(day),
                    "document_no": str(entry.data.get("document_no") or "")[:60],
                }  # fmt: skip
                db.execute(sa.insert(_table("bars", _BAR)).values(row))


def _table(name: str, columns: dict[str, object]) -> sa.TableClause:
    return sa.table(name, *(sa.column(key, kind) for key, kind in columns.items()))  # type: ignore[arg-type]


_LICENCE: dict[str, object] = {"id": Id, "applicant_id": Id, "case_id": Id, "matter_key": sa.String}
_BAR: dict[str, object] = {
    **dict.fromkeys(("applicant_id", "case_id", "by_id"), Id),
    **dict.fromkeys(("matter_key", "ground", "facts", "document_no"), sa.String),
    "at": Moment,
    "since": sa.Date,
    "until": sa.Date,
}


def _day(moment: datetime) -> date:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite keeps UTC without saying so
    return known.astimezone(ZoneInfo("Asia/Shanghai")).date()


def _three_years_on(day: date) -> date:
    """The corresponding day; the last of the month where there is none."""
    try:
        return day.replace(year=day.year + 3)
    except ValueError:
        return day.replace(year=day.year + 3, day=28)
