"""Holdings (材料库): what applicants handed in, for them to use again; what lies on a case stays there anyway (§9)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.holding import Holding, Trust
from engine.store.cases import cases, materials
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert, words
from engine.store.writes import later

holdings = sa.Table(
    "holdings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("applicant_id", Id, sa.ForeignKey("applicants.id"), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("file_id", Id, sa.ForeignKey("files.id"), nullable=False, index=True),
    sa.Column("trust", sa.String(1), nullable=False),
    sa.Column("verified_by", Id, sa.ForeignKey("users.id")),
    sa.Column("verified_at", Moment),
    sa.Column("mark", sa.String(200), nullable=False, server_default=""),
    sa.Column("valid_until", sa.Date),
    sa.Column("consent_at", Moment),
    sa.Column("withdrawn_at", Moment),
    sa.Column("origin_case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("applicant_id", "code", "file_id"),
    words("trust", Trust),
    sa.CheckConstraint("trust <> 'B' OR verified_at IS NOT NULL", name="verified"),
)

_READ = sa.select(
    *(holdings.c[name] for name in ("id", "code", "name", "file_id", "trust", "valid_until", "consent_at")),
    *(holdings.c.withdrawn_at, holdings.c.at, cases.c.no.label("origin"), holdings.c.mark),
).join(cases, cases.c.id == holdings.c.origin_case_id)


def keep(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was handed in; the same file under the same code is one holding, and newly given consent counts."""
    if rows:
        later(db, _keep(db.dialect.name), list(rows))


@cache
def _keep(dialect: str) -> Any:
    new = upsert(dialect, holdings).inline()
    consents = new.excluded.consent_at.is_not(None)
    again = {
        "consent_at": sa.func.coalesce(new.excluded.consent_at, holdings.c.consent_at),
        "withdrawn_at": sa.case((consents, sa.null()), else_=holdings.c.withdrawn_at),
    }
    return new.on_conflict_do_update(index_elements=["applicant_id", "code", "file_id"], set_=again)


def of_applicant(db: Connection, applicant_id: int, codes: Collection[str] | None = None) -> list[Holding]:
    """Return what an applicant keeps with us, in order; with *codes*, of these materials only."""
    query = _READ.where(holdings.c.applicant_id == applicant_id)
    if codes is not None:
        query = query.where(holdings.c.code.in_(list(codes)))
    return [_read(row) for row in db.execute(query.order_by(holdings.c.id))]


def of_shelf(db: Connection, shelf: int) -> list[Holding]:
    """Return the holdings that came in with an application, or lie on its shelf."""
    owner = sa.select(cases.c.applicant_id).where(cases.c.id == shelf).scalar_subquery()
    laid = sa.exists().where(
        materials.c.case_id == shelf,
        materials.c.code == holdings.c.code,
        materials.c.file_id == holdings.c.file_id,
    )
    mine = (holdings.c.applicant_id == owner, sa.or_(holdings.c.origin_case_id == shelf, laid))
    return [_read(row) for row in db.execute(_READ.where(*mine).order_by(holdings.c.id))]


def _read(row: Row) -> Holding:
    return Holding(**{**row._asdict(), "trust": Trust(row.trust)})


def get(db: Connection, applicant_id: int, holding_id: int) -> Holding:
    """Return one of an applicant's holdings. Raises `NotFound`."""
    found = db.execute(
        _READ.where(holdings.c.id == holding_id, holdings.c.applicant_id == applicant_id)
    ).first()
    if found is None:
        raise NotFound("材料库里没有这份材料。", code="holding.unknown")
    return _read(found)


def consent(db: Connection, holding_id: int, at: datetime) -> None:
    """Write down that it may be used again."""
    db.execute(
        sa.update(holdings).where(holdings.c.id == holding_id).values(consent_at=at, withdrawn_at=None)
    )


def withdraw(db: Connection, holding_id: int, at: datetime) -> None:
    """Write down that it may not be used again."""
    db.execute(sa.update(holdings).where(holdings.c.id == holding_id).values(withdrawn_at=at))


def verify(
    db: Connection,
    applicant_id: int,
    filed: Mapping[str, int],
    by: int | None,
    at: datetime,
    mark: str,
    until: date | None,
) -> int:
    """Write down that files, by their codes, were compared with their originals; return how many were holdings."""
    changed: dict[str, Any] = {"trust": Trust.VERIFIED, "verified_by": by, "verified_at": at, "mark": mark}
    if until is not None:
        changed["valid_until"] = until
    named = sa.or_(
        sa.false(), *(sa.and_(holdings.c.code == c, holdings.c.file_id == f) for c, f in filed.items())
    )
    mine = sa.update(holdings).where(holdings.c.applicant_id == applicant_id, named)
    return int(db.execute(mine.values(**changed)).rowcount)
