"""Clocks: extensions and precision of deadlines, stops with their notices, the history of due moments, papers."""

from datetime import UTC, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Moment = sa.DateTime(timezone=True)

CLOCKS = (
    "clock IN ('notice', 'prereview', 'promised', 'legal', 'stage', 'correction', 'tolerance', 'delivery', 'timer', "
    "'special', 'renewal', 'assign', 'hearing', 'rectify', 'contact', 'supervision', 'follow', 'acknowledge', "
    "'transfer', 'aftergrant')"
)
CAUSES = "cause IN ('started', 'stopped', 'resumed', 'extended', 'calendar', 'moved', 'settled')"


def upgrade() -> None:
    _stops()
    _add_columns()
    _take_extensions_apart()
    _agree_on_days()
    _rebuild_deadlines()
    _dues()
    _documents()
    _tell_old_stops()
    _tell_old_dues()


def _stops() -> None:
    op.create_table(
        "stops",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("notice", sa.String(length=500), server_default="", nullable=False),
        sa.Column("document_no", sa.String(length=60), server_default="", nullable=False),
        sa.Column("planned_at", Moment, nullable=True),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("key", sa.String(length=64), server_default="", nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("result", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_stops_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_stops_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    op.create_index(op.f("ix_stops_case_id"), "stops", ["case_id"])


def _add_columns() -> None:
    for column in (
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extension", sa.String(length=30), server_default="", nullable=False),
        sa.Column("precision", sa.String(length=10), server_default="date", nullable=False),
        sa.Column("card_at", Moment, nullable=True),
    ):
        op.add_column("deadlines", column)
    with op.batch_alter_table("pauses") as batch:
        batch.add_column(sa.Column("stop_id", Id, nullable=True))
        batch.add_column(sa.Column("cap", Moment, nullable=True))
        batch.create_foreign_key(op.f("fk_pauses_stop_id_stops"), "stops", ["stop_id"], ["id"])


deadlines = sa.table(
    "deadlines",
    *(sa.column(name) for name in ("id", "case_id", "clock", "limit_text", "extended", "extension")),
)


def _take_extensions_apart() -> None:
    """A limit that was lengthened by its extension (10 working days, 15 for a bundle) is told as it was before.

    Only limits in working days were added up; in their place stood the extension alone for any other unit, and
    what the limit had been the matter's record tells.
    """
    db = op.get_bind()
    cases = sa.table(
        "cases", sa.column("id"), sa.column("kind"), sa.column("matter_id"), sa.column("flags", Json)
    )
    matters = sa.table("matters", sa.column("id"), sa.column("record", Json))
    lengthened = db.execute(
        sa.select(deadlines, cases.c.kind, cases.c.flags, matters.c.record)
        .join(cases, cases.c.id == deadlines.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(sa.column("extended", sa.Boolean))
    ).all()
    for row in lengthened:
        more = 15 if row.kind == "bundle" else 10
        limit = _shortened(row, more)
        db.execute(
            sa.update(deadlines)
            .where(deadlines.c.id == row.id)
            .values(limit_text=limit, extension=f"{more} workday")
        )


def _shortened(row: Any, more: int) -> str:
    value = int(row.limit_text.split()[0])
    if value > more:
        return f"{value - more} workday"
    figure = row.record.get(_figure(row)) or {"value": 0, "unit": "onspot"}
    return f"{figure['value'] if figure['unit'] != 'onspot' else 0} {figure['unit']}"


def _figure(row: Any) -> str:
    if row.clock == "legal":
        return "legal_cap" if row.kind == "bundle" else "legal_limit"
    other = "promised_limit_without_commitment"
    return other if row.record.get(other) and not row.flags.get("inform_commit") else "promised_limit"


def _agree_on_days() -> None:
    """A promise (容缺) is due on the day the applicant named, whatever the longest promise may be."""
    db = op.get_bind()
    promises = sa.table(
        "deadlines",
        *(sa.column(name) for name in ("id", "clock", "limit_text")),
        *(sa.column(name, Moment) for name in ("started_at", "due_at")),
    )
    beijing = timedelta(hours=8)
    for row in db.execute(sa.select(promises).where(promises.c.clock == "tolerance")).all():
        begun, due = (moment.replace(tzinfo=UTC) + beijing for moment in (row.started_at, row.due_at))
        days = ((due - timedelta(microseconds=1)).date() - begun.date()).days
        agreed = f"{days} fixed" if days else "0 onspot"
        db.execute(sa.update(promises).where(promises.c.id == row.id).values(limit_text=agreed))


def _rebuild_deadlines() -> None:
    """Let the table know all clock words; SQLite copies it, and its batch mode forgets the old CHECK by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_deadlines_clock"), "deadlines", type_="check")
    with op.batch_alter_table("deadlines") as batch:
        batch.drop_column("extended")
        batch.create_check_constraint(op.f("ck_deadlines_clock"), CLOCKS)
        batch.create_check_constraint(
            op.f("ck_deadlines_precision"), "precision IN ('date', 'close', 'instant')"
        )


def _dues() -> None:
    op.create_table(
        "dues",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("deadline_id", Id, nullable=True),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment, nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=60), server_default="", nullable=False),
        sa.Column("document", sa.String(length=60), server_default="", nullable=False),
        sa.CheckConstraint(CAUSES, name=op.f("ck_dues_cause")),
        sa.CheckConstraint(CLOCKS, name=op.f("ck_dues_clock")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dues_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_dues_deadline_id_deadlines")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues")),
    )
    op.create_index(op.f("ix_dues_case_id"), "dues", ["case_id"])
    op.create_index(op.f("ix_dues_deadline_id"), "dues", ["deadline_id"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("no", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("articles", Json, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_documents_by_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("no", name=op.f("uq_documents_no")),
    )
    op.create_index(op.f("ix_documents_case_id"), "documents", ["case_id"])


def _tell_old_stops() -> None:
    """What stopped the promised clock was a stop; its end was not announced, so it has no planned end."""
    op.execute(
        """
        INSERT INTO stops (case_id, ground, notice, begun_at, ended_at)
        SELECT case_id, ground, notice, start, stop FROM pauses WHERE clock = 'promised' ORDER BY start, id
        """
    )
    op.execute(
        """
        UPDATE pauses SET stop_id = (
            SELECT MAX(stops.id) FROM stops WHERE stops.case_id = pauses.case_id AND stops.begun_at = pauses.start
        ) WHERE clock IN ('promised', 'legal', 'stage', 'timer')
        """
    )


def _tell_old_dues() -> None:
    """What is known of clocks that ran before: their due moment as it stands, or none while they are stopped."""
    op.execute(
        """
        INSERT INTO dues (case_id, deadline_id, clock, due_at, since, until, cause, calendar)
        SELECT d.case_id, d.id, d.clock,
               CASE WHEN d.settled_at IS NULL AND EXISTS (
                   SELECT 1 FROM pauses p WHERE p.case_id = d.case_id AND p.clock = d.clock AND p.stop IS NULL
               ) THEN NULL ELSE d.due_at END,
               d.started_at, d.settled_at, 'started', d.calendar
        FROM deadlines d WHERE d.clock IN ('promised', 'legal', 'tolerance') ORDER BY d.id
        """
    )
