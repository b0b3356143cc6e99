"""Organisations, people, their posts, who covers whom (AB岗), sessions and tokens; and applicants."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Post
from engine.domain.power import Power, Reach
from engine.domain.rota import ONLINE, Duty, Presence, Shift, Span, Stand, running, stand
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert, words
from engine.store.shifts import shifts

orgs = sa.Table(
    "orgs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("name_en", sa.String(100), nullable=False, server_default=""),
    sa.Column("short", sa.String(10), nullable=False, server_default=""),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("parent_id", Id, sa.ForeignKey("orgs.id"), index=True),
    sa.Column("calendar", sa.String(12), sa.ForeignKey("calendars.code")),
    #: The division (行政区划代码) it stands in; '' is our own.
    sa.Column("region", sa.String(12), nullable=False, server_default=""),
    sa.CheckConstraint(
        "kind IN ('district','department','hall','street','community','point','kiosk','former')", name="kind"
    ),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("login", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("password", sa.String(200), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", Moment),
)

posts = sa.Table(
    "posts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.UniqueConstraint("user_id", "org_id", "role"),
)

covers = sa.Table(
    "covers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("cover_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
)

#: Powers of decision given by name (规范授权, rulebook §1.1); what ended stays.
powers = sa.Table(
    "powers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("from_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("to_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("matter_key", sa.String(60), nullable=False, server_default=""),
    sa.Column("reach", sa.String(10), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("document_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Id, sa.ForeignKey("users.id")),
    words("reach", Reach),
    sa.CheckConstraint("until > since", name="until"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("note", sa.String(100), nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
)

applicants = sa.Table(
    "applicants",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("id_number", sa.String(30), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("phone", sa.String(30), nullable=False, server_default=""),
    sa.CheckConstraint("kind IN ('person','company')", name="kind"),
)


def fingerprint(secret: str) -> str:
    """What is stored of a session key or token: enough to recognise it, useless to a thief of the table."""
    return hashlib.sha256(secret.encode()).hexdigest()


def org_names(db: Connection, org_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of organisations by id."""
    query = sa.select(orgs.c.id, orgs.c.name).where(orgs.c.id.in_(list(org_ids)))
    return {row.id: row.name for row in db.execute(query)}


def actor(db: Connection, user_id: int, at: datetime) -> Actor:
    """Return the active user as an actor, with his posts and those he covers at *at*. Raises `NotFound`."""
    user = db.execute(
        sa.select(users.c.id, users.c.name).where(users.c.id == user_id, users.c.active)
    ).first()
    if user is None:
        raise NotFound("没有这个用户，或已停用。", code="user.unknown")
    held = db.execute(sa.union_all(_given(user_id, at), _own(user_id, at))).all()
    mine = {Post(row.role, row.org_id) for row in held if row.reach == ""}
    given = tuple(
        Power(row.role, row.org_id, row.matter_key, Reach(row.reach), row.since, row.until)
        for row in held
        if row.reach and Post(row.role, row.org_id) not in mine
    )
    return Actor(
        id=user.id,
        name=user.name,
        posts=frozenset(mine | {Post(p.role, p.org) for p in given}),
        powers=given,
        duties=_duties(db, [row for row in held if row.main_id is not None], at),
    )


#: What is told of a post beside its role, organisation and whose it is: the shift that runs.
_SHIFT = (shifts.c.span, shifts.c.main_id, shifts.c.second_id, shifts.c.spare_id)


def _own(user_id: int, at: datetime) -> Any:
    """One's own posts and those one covers, told as a power is: without matter, reach or days."""
    covered = sa.select(covers.c.user_id).where(
        covers.c.cover_id == user_id, covers.c.since <= at, covers.c.until > at
    )
    told = (
        *(posts.c.role, posts.c.org_id, sa.literal("").label("matter_key"), sa.literal("").label("reach")),
        *(sa.null().label("since"), sa.null().label("until"), posts.c.user_id.label("whose")),
    )
    own = sa.or_(posts.c.user_id == user_id, posts.c.user_id.in_(covered))
    return sa.select(*told, *_SHIFT).outerjoin_from(posts, shifts, _runs(posts, at)).where(own)


def _given(user_id: int, at: datetime) -> Any:
    """The powers one was given, with who gave them."""
    told = (
        powers.c.role,
        powers.c.org_id,
        powers.c.matter_key,
        powers.c.reach,
        powers.c.since,
        powers.c.until,
        powers.c.from_id.label("whose"),
    )
    stand_now = (powers.c.since <= at, powers.c.until > at, powers.c.ended_at.is_(None))
    query = sa.select(*told, *_SHIFT).outerjoin_from(powers, shifts, _runs(powers, at))
    return query.where(powers.c.to_id == user_id, *stand_now)


def _runs(held: sa.Table, at: datetime) -> sa.ColumnElement[bool]:
    """The one shift of a post that runs at a moment."""
    day, spans = running(at)
    return sa.and_(
        shifts.c.org_id == held.c.org_id,
        shifts.c.role == held.c.role,
        shifts.c.day == day,
        shifts.c.span.in_(spans),
        shifts.c.ended_at.is_(None),
    )


def _duties(db: Connection, drawn: Sequence[Row], at: datetime) -> tuple[Duty, ...]:
    """How somebody stands to the shifts of his posts; who is there is asked only where he is no main."""
    acting: dict[tuple[str, int, Span, Shift], set[int]] = {}
    for row in drawn:
        shift = Shift(row.main_id, row.second_id, row.spare_id)
        acting.setdefault((row.role, row.org_id, Span(row.span), shift), set()).add(row.whose)
    found: list[Duty] = []
    for (role, org_id, span, shift), whom in acting.items():
        if whom & set(shift.mains):
            found.append(Duty(role, org_id, Stand.MAIN, span))
            continue
        names = {person.id: person.name for person in named(db, shift.all)}
        stands = stand(shift, whom, presence(db, shift.all, role, org_id, at))
        mains = tuple(names[each] for each in shift.mains)
        found.append(Duty(role, org_id, stands, span, mains, names[shift.spare]))
    return tuple(found)


def named(db: Connection, user_ids: Collection[int]) -> Sequence[Row]:
    """Return ``(id, login, name)`` of some people."""
    return db.execute(
        sa.select(users.c.id, users.c.login, users.c.name).where(users.c.id.in_(user_ids))
    ).all()


def holders(db: Connection, org_id: int, role: str) -> Sequence[Row]:
    """Return ``(id, login, name)`` of everybody active who holds a post of his own."""
    query = sa.select(users.c.id, users.c.login, users.c.name).join(posts, posts.c.user_id == users.c.id)
    held = (posts.c.org_id == org_id, posts.c.role == role, users.c.active)
    return db.execute(query.where(*held).order_by(users.c.id)).all()


def presence(db: Connection, user_ids: Collection[int], role: str, org_id: int, at: datetime) -> Presence:
    """Return who of some people is there for a post at *at*: online, holding it, or covered by whom (AB岗)."""
    stand_in: dict[int, set[int]] = {}
    away = sa.select(covers.c.user_id, covers.c.cover_id).where(
        covers.c.user_id.in_(user_ids), covers.c.since <= at, covers.c.until > at
    )
    for row in db.execute(away):
        stand_in.setdefault(row.user_id, set()).add(row.cover_id)
    asked = {*user_ids, *(each for cover in stand_in.values() for each in cover)}
    seen = (
        sa.select(sessions.c.user_id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.user_id.in_(asked), sessions.c.seen_at > at - ONLINE, users.c.active)
    )
    hold = (each.id for each in holders(db, org_id, role))
    return Presence(
        online=frozenset(db.execute(seen).scalars()),
        hold=frozenset(hold) & frozenset(user_ids),
        covers={user: frozenset(cover) for user, cover in stand_in.items()},
    )


def give_power(db: Connection, **values: Any) -> int:
    """Write a power down and return its id."""
    return int(db.execute(sa.insert(powers).values(**values).returning(powers.c.id)).scalar_one())


def power(db: Connection, power_id: int) -> Row:
    """Return a power, running or over. Raises `NotFound`."""
    row = db.execute(sa.select(powers).where(powers.c.id == power_id)).first()
    if row is None:
        raise NotFound("没有这条授权。", code="power.unknown")
    return row


def end_power(db: Connection, power_id: int, by: int | None, at: datetime) -> None:
    """End a power before its day."""
    db.execute(sa.update(powers).where(powers.c.id == power_id).values(ended_at=at, ended_by=by))


def by_login(db: Connection, login: str) -> Row | None:
    """Return the user row of *login*."""
    return db.execute(sa.select(users).where(users.c.login == login)).first()


def by_id(db: Connection, user_id: int) -> Row | None:
    """Return the user row of *user_id*."""
    return db.execute(sa.select(users).where(users.c.id == user_id)).first()


def name(db: Connection, user_id: int | None) -> str:
    """Return the name of a user; "" for nobody."""
    return str(db.execute(sa.select(users.c.name).where(users.c.id == user_id)).scalar() or "")


def mark_login(db: Connection, user_id: int, failures: int, locked_until: datetime | None) -> None:
    """Remember how often a sign-in failed, and until when the account is locked."""
    db.execute(
        sa.update(users).where(users.c.id == user_id).values(failures=failures, locked_until=locked_until)
    )


def open_session(db: Connection, secret: str, user_id: int, at: datetime) -> None:
    """Begin a session."""
    db.execute(sa.insert(sessions).values(key=fingerprint(secret), user_id=user_id, began_at=at, seen_at=at))


def session_user(db: Connection, secret: str, since: datetime) -> Row | None:
    """Return ``(user_id, seen_at)`` of a session used since *since*."""
    return db.execute(
        sa.select(sessions.c.user_id, sessions.c.seen_at).where(
            sessions.c.key == fingerprint(secret), sessions.c.seen_at >= since
        )
    ).first()


def touch_session(db: Connection, secret: str, at: datetime) -> None:
    """Keep a session awake."""
    db.execute(sa.update(sessions).where(sessions.c.key == fingerprint(secret)).values(seen_at=at))


def close_session(db: Connection, secret: str) -> None:
    """End a session."""
    db.execute(sa.delete(sessions).where(sessions.c.key == fingerprint(secret)))


def add_token(db: Connection, secret: str, user_id: int, note: str, at: datetime) -> None:
    """Remember an API token."""
    db.execute(sa.insert(tokens).values(key=fingerprint(secret), user_id=user_id, note=note, made_at=at))


def token_user(db: Connection, secret: str) -> int | None:
    """Return whose token *secret* is."""
    return db.execute(sa.select(tokens.c.user_id).where(tokens.c.key == fingerprint(secret))).scalar()


def user_ids(db: Connection) -> list[tuple[str, int]]:
    """Return the login and id of every active user."""
    return [
        (login, id_) for login, id_ in db.execute(sa.select(users.c.login, users.c.id).where(users.c.active))
    ]


def org(db: Connection, code: str) -> Row:
    """Return the organisation of *code*. Raises `NotFound`."""
    row = db.execute(sa.select(orgs).where(orgs.c.code == code)).first()
    if row is None:
        raise NotFound(f"没有代码为 {code} 的机构。", code="org.unknown", field="org")
    return row


def org_by_id(db: Connection, org_id: int) -> Row:
    """Return an organisation by its id."""
    return db.execute(sa.select(orgs).where(orgs.c.id == org_id)).one()


def org_ids(db: Connection) -> dict[str, int]:
    """Return the id of every organisation by its code."""
    return {row.code: row.id for row in db.execute(sa.select(orgs.c.code, orgs.c.id))}


def org_name(db: Connection, org_id: int) -> str:
    """Return what an organisation is called."""
    return str(db.execute(sa.select(orgs.c.name).where(orgs.c.id == org_id)).scalar_one())


def short(db: Connection, org_id: int) -> str:
    """Return the short name (机关代字) an organisation's papers are numbered with."""
    return str(db.execute(sa.select(orgs.c.short).where(orgs.c.id == org_id)).scalar_one())


def shorten(db: Connection, code: str, short: str) -> None:
    """Give an organisation that has none its short name."""
    db.execute(sa.update(orgs).where(orgs.c.code == code, orgs.c.short == "").values(short=short))


def add_org(db: Connection, **values: Any) -> int:
    """Add an organisation and return its id."""
    return int(db.execute(sa.insert(orgs).values(**values).returning(orgs.c.id)).scalar_one())


def add_user(db: Connection, login: str, name: str, password: str, held: Sequence[tuple[str, int]]) -> int:
    """Add a person with posts ``(role, org id)``; *password* is already hashed."""
    user_id = int(
        db.execute(
            sa.insert(users).values(login=login, name=name, password=password).returning(users.c.id)
        ).scalar_one()
    )
    if held:
        db.execute(
            sa.insert(posts), [{"user_id": user_id, "org_id": org_id, "role": role} for role, org_id in held]
        )
    return user_id


def add_cover(db: Connection, user_id: int, cover_id: int, since: datetime, until: datetime) -> None:
    """Let *cover_id* stand in for *user_id* (AB岗)."""
    db.execute(sa.insert(covers).values(user_id=user_id, cover_id=cover_id, since=since, until=until))


def applicant(db: Connection, kind: str, id_number: str, name: str, phone: str, *, vouched: bool) -> Row:
    """Return ``(id, name)`` of the applicant of *id_number*, new or known.

    What is *vouched* for brings name and phone up to date; anything else only fills in a phone that was lacking.
    """
    new = upsert(db.dialect.name, applicants).values(kind=kind, id_number=id_number, name=name, phone=phone)
    had = sa.func.coalesce(sa.func.nullif(applicants.c.phone, ""), phone)
    told = {"name": name if vouched else applicants.c.name, "phone": phone if vouched and phone else had}
    known = new.on_conflict_do_update(index_elements=["id_number"], set_=told)
    return db.execute(known.returning(applicants.c.id, applicants.c.name)).one()


def applicant_of(db: Connection, id_number: str) -> int | None:
    """Return the id of the applicant whom *id_number* identifies, if he was here before."""
    return db.execute(sa.select(applicants.c.id).where(applicants.c.id_number == id_number)).scalar()


def applicant_row(db: Connection, applicant_id: int) -> Row:
    """Return an applicant."""
    return db.execute(sa.select(applicants).where(applicants.c.id == applicant_id)).one()


def staff(db: Connection) -> Sequence[Row]:
    """Return ``(id, login, name, active, role, org_id)`` of everybody, once for each post."""
    columns = (users.c.id, users.c.login, users.c.name, users.c.active, posts.c.role, posts.c.org_id)
    query = sa.select(*columns).join_from(users, posts, isouter=True)
    return db.execute(query.order_by(users.c.id, posts.c.role, posts.c.org_id)).all()
