"""The table of dates counted by hand (dates.csv): one line each, with the arithmetic a clerk can check.

``pauses`` are ``start>end|cap ground`` in Beijing time, joined by "; "; an empty end is still open. ``due`` is a
day, or the last moment where the clock ends at one. ``calendar`` is the last year whose notice is out.
"""

import csv
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from engine.domain.calendar import Calendar
from engine.domain.clock import Precision
from engine.domain.deadline import BEIJING, ONE_SECOND, Pause, last_day
from engine.domain.limit import Limit
from engine.domain.reckoning import BY_DAY

TABLE = Path(__file__).parent / "domain" / "dates.csv"
NOTICES = Path(__file__).parents[1] / "bpmn" / "calendars"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    number: int
    rules: tuple[str, ...]
    start: datetime
    limit: Limit
    pauses: tuple[Pause, ...]
    extension: Limit | None
    precision: Precision
    year: int
    due: str
    arithmetic: str

    def told(self, due: datetime) -> str:
        """Say a due moment as the table does: the last day, or the last moment."""
        kept = self.precision is Precision.INSTANT and self.limit.unit in BY_DAY
        last = (due - ONE_SECOND if kept else due).astimezone(BEIJING)
        return f"{last:%Y-%m-%d %H:%M}" if " " in self.due else str(last_day(due))

    def __str__(self) -> str:
        return f"{self.number}: {self.start:%Y-%m-%d %H:%M} + {self.limit}"


@cache
def lines() -> tuple[Line, ...]:
    """Every line of the table."""
    with TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(_line(number, row) for number, row in enumerate(csv.DictReader(table), 2))


def _line(number: int, row: dict[str, str]) -> Line:
    return Line(
        number=number,
        rules=tuple(row["rules"].split()),
        start=_moment(row["start"]),
        limit=Limit.parse(row["limit"]),
        pauses=tuple(_pause(part) for part in row["pauses"].split("; ") if part),
        extension=Limit.parse(row["extension"]) if row["extension"] else None,
        precision=Precision(row["precision"]),
        year=int(row["calendar"]),
        due=row["due"],
        arithmetic=row["arithmetic"],
    )


def _pause(text: str) -> Pause:
    span, _, ground = text.partition(" ")
    start, _, rest = span.partition(">")
    end, _, cap = rest.partition("|")
    return Pause(_moment(start), _moment(end) if end else None, ground, _moment(cap) if cap else None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("_", " ")).replace(tzinfo=BEIJING).astimezone(UTC)


@cache
def calendar(year: int) -> Calendar:
    """The calendar with the notices up to that of *year*."""
    found = [json.loads((NOTICES / f"{y}.json").read_text("utf-8")) for y in range(2012, year + 1)]
    return Calendar.from_holiday_cn(found, version=f"{year}")


def days(first: date, last: date) -> list[date]:
    """The days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
