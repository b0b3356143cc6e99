"""The applicant's library and e-licences; what was handed in and granted before is not lost to either."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(JSONB(), "postgresql")
BEIJING = timezone(timedelta(hours=8))


def upgrade() -> None:
    _holdings()
    _licences()
    with op.batch_alter_table("materials") as batch:
        for name in ("holding", "licence"):
            batch.add_column(sa.Column(f"{name}_id", Id, nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_materials_{name}_id_{name}s"), f"{name}s", [f"{name}_id"], ["id"]
            )
    with op.batch_alter_table("materials") as batch:
        batch.create_index(
            op.f("ix_materials_licence_id"),
            ["licence_id"],
            sqlite_where=sa.text("licence_id IS NOT NULL"),
            postgresql_where=sa.text("licence_id IS NOT NULL"),
        )
    op.execute(_HANDED_IN)
    rows = list(_granted(op.get_bind()))
    if rows:
        op.bulk_insert(_LICENCES, rows)


def _holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("id", Id, nullable=False),
        sa.Column("applicant_id", Id, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_id", Id, nullable=False),
        sa.Column("trust", sa.String(length=1), nullable=False),
        sa.Column("verified_by", Id, nullable=True),
        sa.Column("verified_at", Moment, nullable=True),
        sa.Column("mark", sa.String(length=200), server_default="", nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("consent_at", Moment, nullable=True),
        sa.Column("withdrawn_at", Moment, nullable=True),
        sa.Column("origin_case_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint("trust IN ('A', 'B', 'C', 'D')", name=op.f("ck_holdings_trust")),
        sa.CheckConstraint("trust <> 'B' OR verified_at IS NOT NULL", name=op.f("ck_holdings_verified")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_holdings_applicant_id_applicants")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_holdings_file_id_files")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_holdings_verified_by_users")),
        sa.ForeignKeyConstraint(
            ["origin_case_id"], ["cases.id"], name=op.f("fk_holdings_origin_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sa.UniqueConstraint(
            "applicant_id", "code", "file_id", name=op.f("uq_holdings_applicant_id_code_file_id")
        ),
    )
    op.create_index(op.f("ix_holdings_file_id"), "holdings", ["file_id"])
    op.create_index(op.f("ix_holdings_origin_case_id"), "holdings", ["origin_case_id"])


def _licences() -> None:
    op.create_table(
        "licences",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("applicant_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("matter_key", sa.String(length=60), nullable=False),
        sa.Column("authority_id", Id, nullable=False),
        sa.Column("grant_no", sa.String(length=60), server_default="", nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="valid", nullable=False),
        sa.Column("ground", sa.String(length=20), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("document_no", sa.String(length=60), server_default="", nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("ended_by", Id, nullable=True),
        sa.CheckConstraint("state IN ('valid', 'revoked', 'cancelled')", name=op.f("ck_licences_state")),
        sa.CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name=op.f("ck_licences_ended")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_licences_validity")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicants.id"], name=op.f("fk_licences_applicant_id_applicants")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_licences_case_id_cases")),
        sa.ForeignKeyConstraint(["authority_id"], ["orgs.id"], name=op.f("fk_licences_authority_id_orgs")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_licences_ended_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.UniqueConstraint("number", name=op.f("uq_licences_number")),
        sa.UniqueConstraint("case_id", name=op.f("uq_licences_case_id")),
    )
    op.create_index(op.f("ix_licences_applicant_id"), "licences", ["applicant_id"])
    op.create_index(op.f("ix_licences_authority_id"), "licences", ["authority_id"])


#: What was handed in before is in the library too, trusted least and without consent: it is offered to nobody
#: before its owner says so.
_HANDED_IN = """
    INSERT INTO holdings (applicant_id, code, name, file_id, trust, origin_case_id, at)
    SELECT c.applicant_id, m.code, m.code, m.file_id, 'D', MIN(m.case_id), MIN(m.at)
    FROM materials m JOIN cases c ON c.id = m.case_id
    WHERE m.file_id IS NOT NULL AND c.applicant_id IS NOT NULL
    GROUP BY c.applicant_id, m.code, m.file_id
"""

_LICENCES = sa.table(
    "licences",
    *(sa.column(name) for name in ("number", "kind", "name", "applicant_id", "case_id", "matter_key")),
    *(sa.column(name) for name in ("authority_id", "grant_no")),
    sa.column("issued_at", Moment),
    sa.column("valid_from", sa.Date()),
    sa.column("valid_until", sa.Date()),
    *(sa.column(name) for name in ("state", "ground", "document_no")),
    sa.column("ended_at", Moment),
)
_CASES = sa.table(
    "cases", *(sa.column(n) for n in ("id", "no", "applicant_id", "matter_id", "matter_key", "authority_id"))
)
_MATTERS = sa.table("matters", sa.column("id"), sa.column("record", Json))
_DECISIONS = sa.table(
    "decisions", *(sa.column(n) for n in ("case_id", "outcome", "document_no")), sa.column("at", Moment)
)
_DOCUMENTS = sa.table(
    "documents", *(sa.column(n) for n in ("case_id", "kind", "no")), sa.column("at", Moment)
)


def _granted(db: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield the licences that the grants of before would have ended in, those revoked as revoked."""
    revoked = {
        row.case_id: row
        for row in db.execute(sa.select(_DOCUMENTS).where(_DOCUMENTS.c.kind == "grant_revocation"))
    }
    query = (
        sa.select(_CASES, _MATTERS.c.record, _DECISIONS.c.document_no, _DECISIONS.c.at)
        .join(_DECISIONS, _DECISIONS.c.case_id == _CASES.c.id)
        .join(_MATTERS, _MATTERS.c.id == _CASES.c.matter_id)
        .where(_DECISIONS.c.outcome.in_(("granted", "granted_tolerant")), _CASES.c.applicant_id.is_not(None))
        .order_by(_CASES.c.id)
    )
    for row in db.execute(query).all():
        result: Mapping[str, Any] = row.record.get("result") or {}
        if not (result.get("e_licence") and result.get("code")):
            continue
        at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
        since, end = at.astimezone(BEIJING).date(), revoked.get(row.id)
        yield {
            "number": f"Z{row.no}", "kind": result["code"], "name": result["name"][:100],
            "applicant_id": row.applicant_id, "case_id": row.id, "matter_key": row.matter_key,
            "authority_id": row.authority_id, "grant_no": row.document_no, "issued_at": at,
            "valid_from": since, "valid_until": _until(since, result.get("valid")),
            "state": "revoked" if end else "valid", "ground": "unqualified" if end else "",
            "document_no": end.no if end else "", "ended_at": end.at if end else None,
        }  # fmt: skip


def _until(since: date, figure: Mapping[str, Any] | None) -> date | None:
    """The corresponding day so many months or years later; only what law or a department's own rules say binds."""
    months = {"year": 12, "month": 1}.get((figure or {}).get("unit", ""))
    if not figure or months is None or figure.get("basis") not in {"law", "found"}:
        return None
    year, month = divmod(since.year * 12 + since.month - 1 + int(figure["value"]) * months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
