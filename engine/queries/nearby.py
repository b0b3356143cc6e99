"""Where people can go (服务站点): what each place does, when it is open, how near it is; and how many live near one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.domain import hours as rules
from engine.domain import nearness
from engine.domain.appointment import counter
from engine.domain.calendar import Calendar
from engine.domain.capability import VISITED_NAMES, Level
from engine.domain.errors import Incomplete, NotFound
from engine.domain.hours import Hours, OfficeHours, Opening
from engine.domain.nearness import FIVE_KM, QUARTER, Point
from engine.domain.pause import day_of
from engine.queries import premises
from engine.store import catalog, places
from engine.store.db import Connection, Row

#: What a place does that takes an application in: there one need go nowhere else.
TAKES = frozenset({Level.ACCEPT, Level.FORWARD})
#: Which working-day calendar an organisation goes by.
Calendars = Callable[[int], Calendar]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: a matter, a street, open places; near a community or a point."""

    matter: str = ""
    street: str = ""
    near: str = ""
    at: Point | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A place one can go to; ``metres`` and ``minutes`` on foot are from where one sets out, if that is known."""

    code: str
    name: str
    kind: str
    street: str
    address: str
    phone: str
    at: Point | None
    invented: bool
    level: Level
    today: Hours
    opening: Opening
    metres: int | None = None
    minutes: int | None = None

    @property
    def walkable(self) -> bool:
        """Is it within fifteen minutes on foot?"""
        return self.metres is not None and self.metres <= QUARTER

    @property
    def close(self) -> bool:
        """Is it within five kilometres?"""
        return self.metres is not None and self.metres <= FIVE_KM


@dataclass(frozen=True, slots=True)
class Found:
    """The places that fit, nearest first; where one sets out, and what one may choose from."""

    spots: tuple[Spot, ...]
    origin: Point | None
    origin_name: str
    communities: tuple[tuple[str, str], ...]
    streets: tuple[tuple[str, str], ...]
    matters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A community and the nearest place that takes applications in."""

    name: str
    nearest: str
    metres: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the communities whose place is known, how many have a place within each circle."""

    communities: int
    unlocated: int
    quarter: int
    five_km: int
    rows: tuple[Reached, ...]


def nearby(db: Connection, now: datetime, calendars: Calendars, wish: Wish) -> Found:
    """Return the places that fit a wish. Raises `NotFound` for a matter, street or community that is not there.

    Raises `Incomplete` for a community nobody has written down where it is.
    """
    rows = places.visited(db, sorted(VISITED_NAMES))
    if wish.matter:
        catalog.current(db, wish.matter)
    streets = {row.code: row.name for row in rows if row.kind == "street"}
    if wish.street and wish.street not in streets:
        raise NotFound("没有这个街道，请从列表中选。", code="street.unknown", field="street")
    origin, name = _origin(rows, wish)
    every = _spots(db, rows, now, calendars, wish.matter)
    fits = (spot for row, spot in zip(rows, every, strict=True) if _fits(row, spot, wish))
    found = [_from(spot, origin) for spot in fits]
    return Found(
        spots=tuple(sorted(found, key=_nearest)),
        origin=origin,
        origin_name=name,
        communities=tuple((row.code, row.name) for row in rows if row.kind == "community"),
        streets=tuple(streets.items()),
        matters=tuple((row.key, row.name) for row in catalog.everything(db, "matter")),
    )


def coverage(db: Connection, now: datetime, calendars: Calendars, matter: str = "") -> Coverage:
    """Return how near each community is a place that takes applications in, of a matter or of any."""
    rows = places.visited(db, sorted(VISITED_NAMES))
    every = _spots(db, rows, now, calendars, matter)
    serving = [(spot, spot.at) for spot in every if spot.level in TAKES and spot.at is not None]
    communities = [spot for spot in every if spot.kind == "community"]
    found = [_reached(spot.name, spot.at, serving) for spot in communities if spot.at and serving]
    return Coverage(
        communities=len(communities),
        unlocated=sum(1 for spot in communities if spot.at is None),
        quarter=sum(1 for each in found if each.metres <= QUARTER),
        five_km=sum(1 for each in found if each.metres <= FIVE_KM),
        rows=tuple(sorted(found, key=lambda each: -each.metres)),
    )


def _reached(name: str, at: Point, serving: Sequence[tuple[Spot, Point]]) -> Reached:
    distance, nearest = min((nearness.metres(at, where), spot.name) for spot, where in serving)
    return Reached(name, nearest, round(distance), nearness.minutes(distance))


def spot(db: Connection, code: str) -> Row:
    """Return a place as it is written down, with the hours it keeps. Raises `NotFound`."""
    for row in places.visited(db, sorted(VISITED_NAMES)):
        if row.code == code:
            return row
    raise NotFound("没有这个站点；部门和外地机构不在这里登记。", code="place.unknown", field="place")


def registered(db: Connection) -> Sequence[Row]:
    """Return every place of ours people go to, for whoever keeps them."""
    return places.visited(db, sorted(VISITED_NAMES))


def _origin(rows: Sequence[Row], wish: Wish) -> tuple[Point | None, str]:
    if wish.at is not None:
        return wish.at, ""
    if not wish.near:
        return None, ""
    row = next((row for row in rows if row.kind == "community" and row.code == wish.near), None)
    if row is None:
        raise NotFound("没有这个社区，请从列表中选。", code="community.unknown", field="near")
    if row.longitude is None:
        raise Incomplete(
            f"{row.name}还没有登记坐标；请改填经纬度，或选相邻的社区。",
            code="community.nowhere",
            field="near",
        )
    return Point(row.longitude, row.latitude), row.name


def _spots(
    db: Connection, rows: Sequence[Row], now: datetime, calendars: Calendars, matter: str
) -> list[Spot]:
    levels = premises.levels(db, now, {row.id: row.kind for row in rows}, matter)
    return [_spot(row, levels[row.id], now, calendars(row.id)) for row in rows]


def _spot(row: Row, level: Level, now: datetime, calendar: Calendar) -> Spot:
    kept = keeps(row) or calendar.hours

    def on(day: date) -> Hours:
        return kept.on(day, calendar.kind(day))

    return Spot(
        code=row.code, name=row.name, kind=row.kind, street=row.street if row.street_kind == "street" else "",
        address=row.address or "", phone=row.phone or "", invented=bool(row.invented), level=level,
        at=Point(row.longitude, row.latitude) if row.longitude is not None else None,
        today=on(day_of(now)), opening=rules.opening(on, now),
    )  # fmt: skip


def keeps(row: Row) -> OfficeHours | None:
    """The hours a place keeps: its windows' where it can be booked, its own; None where its calendar's."""
    told: Mapping[str, object] | None = row.counter
    if told:
        return counter(told).hours
    return OfficeHours.read(row.hours) if row.hours else None


def _fits(row: Row, spot: Spot, wish: Wish) -> bool:
    here = not wish.street or wish.street in {row.code, row.street_code}
    does = spot.level is not Level.NONE
    return here and does and (spot.opening.open or not wish.open)


def _from(spot: Spot, origin: Point | None) -> Spot:
    if origin is None or spot.at is None:
        return spot
    distance = nearness.metres(origin, spot.at)
    return replace(spot, metres=round(distance), minutes=nearness.minutes(distance))


def _nearest(spot: Spot) -> tuple[bool, int, int, str]:
    """Nearest first; those without a distance after them, halls before streets before communities."""
    return (spot.metres is None, spot.metres or 0, list(VISITED_NAMES).index(spot.kind), spot.code)
