"""Whom the hall reminds of a licence that ends, what he said, and how many went on (提醒 → 申请)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from engine.domain import reminder as rules
from engine.domain.identity import Actor, Role
from engine.domain.pause import at_time, day_of
from engine.domain.reminder import OPEN, TO_CALL, Kind, Standing
from engine.queries.sight import OVERSEERS
from engine.store import catalog
from engine.store.cases import cases
from engine.store.db import Connection, Row
from engine.store.licences import licences
from engine.store.people import applicants, orgs, users
from engine.store.reminders import APPLIED, granted_after, reminders

#: How far back is looked, and the most that are shown.
YEAR, MOST = timedelta(days=366), 2000


@dataclass(frozen=True, slots=True)
class Call:
    """What was noted of a call: what came of it, in which words, when, by whom."""

    said: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """One licence that ends, reminded of last so; ``case_no`` is the case it came from, ``applied`` what goes on."""

    id: int
    kind: Kind
    number: str
    name: str
    holder: str
    phone: str
    hall: str
    case_no: str
    until: date
    last: date
    days: int
    matter: str
    matter_name: str
    renews: bool
    first_at: datetime
    made_at: datetime
    said: str
    words: str
    said_at: datetime | None
    said_by: str
    declined_at: datetime | None
    standing: Standing
    applied: str
    holder_kind: str
    #: What was noted of calls about an earlier reminder of the same end.
    earlier: tuple[Call, ...]

    @property
    def open(self) -> bool:
        """Is its holder still reminded?"""
        return self.standing in OPEN

    @property
    def month(self) -> str:
        """The month it was first reminded of in, ``2026-11``."""
        return f"{day_of(self.first_at):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the licences reminded of in a month (or all), how many holders were called, applied, declined, were late."""

    month: str
    reminded: int
    called: int
    applied: int
    declined: int
    lapsed: int

    @property
    def rate(self) -> float:
        """The share of those reminded who applied."""
        return self.applied / self.reminded if self.reminded else 0.0


@dataclass(frozen=True, slots=True)
class Board:
    """What is to be done about licences that end: the list asked for, how many stand how, and the figures by month."""

    items: tuple[Reminder, ...]
    counts: Mapping[Standing, int]
    to_call: int
    figures: tuple[Figures, ...]
    whole: Figures


_holders, _halls, _callers = applicants.alias("holders"), orgs.alias("halls_"), users.alias("callers")
_TOLD = (
    sa.select(
        reminders,
        *(licences.c[name] for name in ("number", "name", "state")),
        _holders.c.name.label("holder"), _holders.c.phone, _holders.c.kind.label("holder_kind"),
        _halls.c.name.label("hall"), cases.c.no.label("case_no"), cases.c.hall_id,
        _callers.c.name.label("caller"), APPLIED.label("applied_id"),
    )
    .join(licences, licences.c.id == reminders.c.licence_id)
    .join(_holders, _holders.c.id == licences.c.applicant_id)
    .join(cases, cases.c.id == licences.c.case_id)
    .join(_halls, _halls.c.id == cases.c.hall_id)
    .outerjoin(_callers, _callers.c.id == reminders.c.said_by)
    .order_by(reminders.c.id)
)  # fmt: skip


def board(db: Connection, actor: Actor, today: date, standing: str = "call", month: str = "") -> Board:
    """Return the licences *actor* may call about that stand so (``call``: to be called, "" all), soonest first."""
    since = at_time(today - YEAR, time.min)
    every = _read(db, _TOLD.where(reminders.c.made_at >= since, _seen(actor)), today)
    months = sorted({each.month for each in every}, reverse=True)
    wanted = TO_CALL if standing == "call" else {Standing(standing)} if standing else set(Standing)
    of_month = [each for each in every if not month or each.month == month]
    found = sorted((e for e in of_month if e.standing in wanted), key=lambda e: (e.last, e.id))
    counts = Counter(each.standing for each in of_month)
    return Board(
        items=tuple(found[:MOST]),
        counts=counts,
        to_call=sum(counts[each] for each in TO_CALL),
        figures=tuple(_figures(m, [e for e in every if e.month == m]) for m in months),
        whole=_figures(month, of_month),
    )


def of_cases(db: Connection, numbers: Sequence[str], today: date) -> tuple[Reminder, ...]:
    """Return the reminders of the licences some cases ended in, as their holder sees them."""
    return _read(db, _TOLD.where(cases.c.no.in_(numbers)), today) if numbers else ()


def one(db: Connection, reminder_id: int, today: date) -> Reminder:
    """Return a reminder by its id; it must be there."""
    return _read(db, _TOLD.where(reminders.c.id == reminder_id), today)[0]


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    if any(actor.holds(role) for role in OVERSEERS):
        return sa.true()
    return cases.c.hall_id.in_({post.org for post in actor.posts if post.role == Role.WINDOW})


def _read(db: Connection, query: sa.Select[*tuple[object, ...]], today: date) -> tuple[Reminder, ...]:
    """Fold the reminders of one end of a licence into the last of them."""
    ends: dict[tuple[int, date], list[Row]] = {}
    for row in db.execute(query):
        ends.setdefault((row.licence_id, row.until), []).append(row)
    last = {key: rows[-1] for key, rows in ends.items()}
    applied = _applied(db, {row.applied_id for row in last.values() if row.applied_id})
    names = catalog.names(db, list({row.matter_key for row in last.values()}))
    return tuple(_told(rows, applied.get(rows[-1].applied_id), names, today) for rows in ends.values())


def _applied(db: Connection, ids: Iterable[int]) -> dict[int, Row]:
    query = sa.select(cases.c.id, cases.c.no, granted_after(cases.c.id).label("granted"))
    return {row.id: row for row in db.execute(query.where(cases.c.id.in_(list(ids))))}


_SAME = (
    *("id", "number", "name", "holder", "phone", "hall", "case_no", "until", "last", "renews", "made_at"),
    *("said", "words", "said_at", "declined_at", "holder_kind"),
)


def _told(rows: Sequence[Row], applied: Row | None, names: Mapping[str, str], today: date) -> Reminder:
    *before, row = rows
    stands = rules.standing(
        row.state, applied=applied is not None, granted=bool(applied and applied.granted), said=row.said,
        declined=row.declined_at is not None, last=row.last, today=today,
    )  # fmt: skip
    return Reminder(
        **{name: getattr(row, name) for name in _SAME},
        kind=Kind(row.kind), days=(row.until - today).days, matter=row.matter_key,
        matter_name=names.get(row.matter_key, row.matter_key), first_at=rows[0].made_at, said_by=row.caller or "",
        standing=stands, applied=applied.no if applied else "",
        earlier=tuple(Call(e.said, e.words, e.said_at, e.caller or "") for e in before if e.said),
    )  # fmt: skip


def _figures(month: str, found: Sequence[Reminder]) -> Figures:
    stands = Counter(each.standing for each in found)
    return Figures(
        month=month,
        reminded=len(found),
        called=sum(1 for each in found if each.said or each.earlier),
        applied=stands[Standing.APPLIED] + stands[Standing.RENEWED],
        declined=stands[Standing.DECLINED],
        lapsed=stands[Standing.LAPSED],
    )
