"""What places may do: entrustments (委托受理、下放) and the capability matrix (机构 × 事项); and where they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.capability import Level
from engine.domain.entrustment import Scope
from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, upsert, words
from engine.store.halls import halls
from engine.store.people import orgs

entrustments = sa.Table(
    "entrustments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("principal_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("agent_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("scope", sa.String(10), nullable=False),
    sa.Column("notice_no", sa.String(60), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("given_by", Id, sa.ForeignKey("users.id")),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Id, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    words("scope", Scope),
    sa.CheckConstraint("principal_id <> agent_id", name="another"),
    sa.Index("ix_entrustments_agent_id", "agent_id", "matter_key"),
)

capabilities = sa.Table(
    "capabilities",
    metadata,
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), primary_key=True),
    sa.Column("matter_key", sa.String(60), primary_key=True),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    words("level", Level),
)

#: Where people go: address, phone, coordinates (CGCS2000), and hours where it keeps hours of its own.
spots = sa.Table(
    "spots",
    metadata,
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), primary_key=True, autoincrement=False),
    sa.Column("address", sa.String(200), nullable=False, server_default=""),
    sa.Column("phone", sa.String(30), nullable=False, server_default=""),
    sa.Column("longitude", sa.Double),
    sa.Column("latitude", sa.Double),
    sa.Column("hours", Json),
    #: Made up for a demonstration; whoever writes the true one down ends that.
    sa.Column("invented", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="both"),
    sa.CheckConstraint("longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90", name="on_earth"),
)


def _runs(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    table = entrustments.c
    return (table.ended_at.is_(None), table.since <= at, sa.or_(table.until.is_(None), table.until > at))


def entrust(db: Connection, **values: Any) -> int:
    """Write an entrustment down and return its id."""
    return int(db.execute(sa.insert(entrustments).values(**values).returning(entrustments.c.id)).scalar_one())


def get(db: Connection, entrustment_id: int) -> Row:
    """Return an entrustment, running or over. Raises `NotFound`."""
    row = db.execute(sa.select(entrustments).where(entrustments.c.id == entrustment_id)).first()
    if row is None:
        raise NotFound("没有这项委托。", code="entrust.unknown")
    return row


def held(db: Connection, agent_id: int, matter_key: str, at: datetime) -> Row | None:
    """Return what an organisation was given of a matter, if it runs at *at*; the newest first."""
    mine = (entrustments.c.agent_id == agent_id, entrustments.c.matter_key == matter_key)
    query = sa.select(entrustments).where(*mine, *_runs(at)).order_by(entrustments.c.id.desc()).limit(1)
    return db.execute(query).first()


def end(db: Connection, entrustment_id: int, by: int | None, reason: str, at: datetime) -> None:
    """End an entrustment; the cases begun under it stay with who began them."""
    ended = {"ended_at": at, "ended_by": by, "reason": reason}
    db.execute(sa.update(entrustments).where(entrustments.c.id == entrustment_id).values(**ended))


def lay_down(
    db: Connection, org_id: int, matter_keys: Sequence[str], level: Level, by: int | None, at: datetime
) -> None:
    """Say what a place does about matters from now on."""
    new = upsert(db.dialect.name, capabilities)
    now = {name: new.excluded[name] for name in ("level", "at", "by_id")}
    rows = [
        {"org_id": org_id, "matter_key": key, "level": level, "at": at, "by_id": by} for key in matter_keys
    ]
    db.execute(new.on_conflict_do_update(index_elements=["org_id", "matter_key"], set_=now), rows)


def level(db: Connection, org_id: int, matter_key: str) -> Level | None:
    """Return what was laid down for a place and a matter."""
    mine = (capabilities.c.org_id == org_id, capabilities.c.matter_key == matter_key)
    found = db.execute(sa.select(capabilities.c.level).where(*mine)).scalar()
    return Level(found) if found else None


def all_levels(db: Connection) -> dict[tuple[int, str], Level]:
    """Return everything that was laid down, by place and matter."""
    columns = (capabilities.c.org_id, capabilities.c.matter_key, capabilities.c.level)
    return {(org, key): Level(found) for org, key, found in db.execute(sa.select(*columns))}


def running(db: Connection, at: datetime) -> dict[tuple[int, str], Scope]:
    """Return what runs at *at*, by agent and matter."""
    columns = (entrustments.c.agent_id, entrustments.c.matter_key, entrustments.c.scope)
    query = sa.select(*columns).where(*_runs(at)).order_by(entrustments.c.id)
    return {(agent, key): Scope(scope) for agent, key, scope in db.execute(query)}


def everything(db: Connection) -> Sequence[Row]:
    """Return every entrustment with the names of both, newest first."""
    one, other = orgs.alias("principals"), orgs.alias("agents")
    query = (
        sa.select(entrustments, one.c.name.label("principal"), other.c.name.label("agent"))
        .join(one, one.c.id == entrustments.c.principal_id)
        .join(other, other.c.id == entrustments.c.agent_id)
    )
    return db.execute(query.order_by(entrustments.c.id.desc())).all()


def locate(db: Connection, org_id: int, **told: Any) -> None:
    """Write down where a place is and how it is reached; what was told before gives way."""
    new = upsert(db.dialect.name, spots).values(org_id=org_id, **told)
    db.execute(new.on_conflict_do_update(index_elements=["org_id"], set_=told))


def spot(db: Connection, org_id: int) -> Row | None:
    """Return where a place is, if it is known."""
    return db.execute(sa.select(spots).where(spots.c.org_id == org_id)).first()


def visited(db: Connection, kinds: Sequence[str]) -> Sequence[Row]:
    """Return our places of some *kinds* that people go to, with where they are and the hours they keep."""
    above, told = orgs.alias("above"), halls.c.told.label("counter")
    query = (
        sa.select(
            *(orgs.c[name] for name in ("id", "code", "name", "kind", "calendar")),
            above.c.code.label("street_code"), above.c.name.label("street"), above.c.kind.label("street_kind"),
            *(spots.c[name] for name in ("address", "phone", "longitude", "latitude", "hours", "invented")), told,
        )
        .outerjoin(above, above.c.id == orgs.c.parent_id)
        .outerjoin(spots, spots.c.org_id == orgs.c.id)
        .outerjoin(halls, halls.c.org_id == orgs.c.id)
        .where(orgs.c.kind.in_(kinds), orgs.c.region == "")
    )  # fmt: skip
    return db.execute(query.order_by(orgs.c.id)).all()
