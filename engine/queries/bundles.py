"""One bundle (一件事) whole: each member on its department's lane, planned and actual, and who waits for whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.domain import material
from engine.domain import matter as rules
from engine.domain.calendar import Calendar
from engine.domain.case import CONCLUDED, UNDECIDED, State
from engine.domain.deadline import Light, day_of, due, end_of, last_day, light, remaining
from engine.domain.limit import Limit
from engine.domain.material import Standing
from engine.queries import family
from engine.store import cases
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Bar:
    """A member on the axis: what was promised (or is expected), and what came of it."""

    no: str
    key: str
    name: str
    name_en: str
    state: str
    limit: Limit
    light: Light | None
    days: int | None
    begins: date
    planned: date
    ended: date | None
    expected: bool
    critical: bool
    after: tuple[str, ...]
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """A department and its members."""

    name: str
    name_en: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A document on the shared shelf that more than one member needs, or one brings; members by their keys."""

    name: str
    standing: Standing
    needed_by: tuple[str, ...]
    brought_by: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The working days the bundle stretches over."""

    days: tuple[date, ...]
    today: date
    due: date | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's page."""

    id: int
    no: str
    name: str
    name_en: str
    state: str
    applicant: str
    lead: str
    lead_en: str
    received_at: datetime
    accepted_at: datetime | None
    promised_due_at: datetime | None
    legal_due_at: datetime | None
    light: Light | None
    days: int | None
    lanes: tuple[Lane, ...]
    shared: tuple[Shared, ...]
    axis: Axis
    note: str

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Every member."""
        return tuple(bar for lane in self.lanes for bar in lane.bars)

    @property
    def concluded(self) -> int:
        """How many members have their outcome."""
        return sum(1 for bar in self.bars if State(bar.state) in CONCLUDED)


def bundle(db: Connection, no: str, at: datetime, calendar: Calendar) -> Bundle:
    """Return the bundle of number *no*, or the one its member belongs to. Raises `NotFound`."""
    row = family.head(db, cases.id_of(db, no))
    return _Planner(db, row, family.members(db, row.id), at, calendar).plan()


class _Planner:
    """Lays a bundle's members out in time."""

    def __init__(
        self, db: Connection, row: Row, members: Sequence[Row], at: datetime, calendar: Calendar
    ) -> None:
        self.db, self.row, self.members, self.at, self.calendar = db, row, members, at, calendar
        self.after = {m.matter: m.after for m in _members(row)}
        self.names = {m.matter_key: m.name for m in members}
        self.spans: dict[str, tuple[date, date]] = {}
        for member in members:
            self._span(member.matter_key)

    def plan(self) -> Bundle:
        row, bars = self.row, self._bars()
        lanes: dict[tuple[str, str], list[Bar]] = {}
        for member, bar in zip(self.members, bars, strict=True):
            lanes.setdefault((member.authority, member.authority_en), []).append(bar)
        lamp, days = self._lamp(row)
        return Bundle(
            id=row.id,
            no=row.no,
            name=row.name,
            name_en=row.name_en,
            state=row.state,
            applicant=row.applicant,
            lead=row.authority,
            lead_en=row.authority_en,
            received_at=row.received_at,
            accepted_at=row.accepted_at,
            promised_due_at=row.promised_due_at,
            legal_due_at=row.legal_due_at,
            light=lamp,
            days=days,
            lanes=tuple(Lane(*name, tuple(held)) for name, held in lanes.items()),
            shared=tuple(self._shared()),
            axis=self._axis(bars),
            note=row.record.get("critical_path_note") or "",
        )

    def _span(self, key: str) -> tuple[date, date]:
        """From when to when a member runs, as accepted or, before that, as its order lets one expect."""
        if key in self.spans:
            return self.spans[key]
        member = next(m for m in self.members if m.matter_key == key)
        if member.accepted_at and member.promised_due_at:
            span = day_of(member.accepted_at), last_day(member.promised_due_at)
        else:
            begins = max(
                [self._over(k) for k in self.after.get(key, ()) if k in self.names] + [self._opening(member)]
            )
            span = begins, self._end(member, begins)
        self.spans[key] = span
        return span

    def _over(self, key: str) -> date:
        member = next(m for m in self.members if m.matter_key == key)
        return _ended(member) or self._span(key)[1]

    def _opening(self, member: Row) -> date:
        opened = self.row.accepted_at or self.row.received_at
        return day_of(max(opened, self.at) if State(member.state) not in CONCLUDED else opened)

    def _end(self, member: Row, begins: date) -> date:
        morning = end_of(begins) - timedelta(hours=14)
        return last_day(due(self._limit(member), morning, self.calendar))

    def _limit(self, member: Row) -> Limit:
        return rules.terms(member.record).promise(member.flags)

    def _bars(self) -> list[Bar]:
        critical = self._critical()
        return [self._bar(member, member.matter_key in critical) for member in self.members]

    def _bar(self, member: Row, critical: bool) -> Bar:  # noqa: FBT001  a mark of the bar
        begins, planned = self.spans[member.matter_key]
        lamp, days = self._lamp(member)
        return Bar(
            no=member.no,
            key=member.matter_key,
            name=member.name,
            name_en=member.name_en,
            state=member.state,
            limit=self._limit(member),
            light=lamp,
            days=days,
            begins=begins,
            planned=planned,
            ended=_ended(member),
            expected=member.accepted_at is None,
            critical=critical,
            after=tuple(key for key in self.after.get(member.matter_key, ()) if key in self.names),
            at=tuple(t.name for t in cases.open_tasks(self.db, member.id) if not t.held),
        )

    def _lamp(self, case: Row) -> tuple[Light | None, int | None]:
        if State(case.state) not in UNDECIDED or case.promised_due_at is None:
            return None, None
        terms = rules.terms(case.record, joint=case.kind == "bundle")
        lamp = light(
            case.promised_due_at,
            self.at,
            self.calendar,
            terms.promise(case.flags),
            paused=case.paused_at is not None,
        )
        return lamp, remaining(case.promised_due_at, self.at, self.calendar)

    def _critical(self) -> set[str]:
        """The chain of members whose order decides when the last of them is done."""
        if not self.spans:
            return set()
        key: str | None = max(self.spans, key=self._over)
        chain: set[str] = set()
        while key is not None and key not in chain:
            chain.add(key)
            before = [k for k in self.after.get(key, ()) if k in self.spans]
            key = max(before, key=self._over, default=None)
        return chain

    def _axis(self, bars: Iterable[Bar]) -> Axis:
        ends = [bar.planned for bar in bars] + [bar.ended for bar in bars if bar.ended]
        promised = last_day(self.row.promised_due_at) if self.row.promised_due_at else None
        first = day_of(self.row.accepted_at or self.row.received_at)
        last = max([*ends, *([promised] if promised else []), self.calendar.add(first, 3)])
        today = day_of(self.at)
        if today > last and self.row.closed_at is None:
            last = min(today, self.calendar.add(last, 10))
        span = self.calendar.count(first, last)
        days = (first, *(self.calendar.add(first, n) for n in range(1, span + 1)))
        return Axis(tuple(dict.fromkeys(days)), today, promised)

    def _shared(self) -> Iterable[Shared]:
        needs: dict[str, list[tuple[str, material.Line]]] = {}
        common = {s["code"]: s["name"] for s in self.row.record.get("shared_materials") or ()}
        handed = cases.handed(self.db, self.row.id)
        for member in self.members:
            siblings = cases.producing(self.db, member.id, self.row.id)
            for line in material.lines(rules.requirements(member.record), member.flags, handed, siblings):
                needs.setdefault(line.requirement.code, []).append((member.matter_key, line))
        results = {_result(member): member.matter_key for member in self.members}
        for code, found in needs.items():
            if len(found) > 1 or code in results:
                line = found[0][1]
                producer = line.requirement.produced_by or ""
                brought = results.get(code) or (producer if producer in self.names else "")
                name = common.get(code, line.requirement.name)
                yield Shared(name, line.standing, tuple(key for key, _ in found), brought)


def _members(row: Row) -> tuple[rules.Member, ...]:
    return rules.members(row.record) if "members" in row.record else ()


def _ended(member: Row) -> date | None:
    over = member.decided_at or (member.closed_at if State(member.state) in CONCLUDED else None)
    return day_of(over) if over else None


def _result(member: Row) -> str:
    found: Mapping[str, str | None] = member.record.get("result") or {}
    return found.get("code") or f"result of {member.matter_key}"
