"""How a due date came about (到期日怎么算的): a square for each day, one sentence, the articles of law.

Picture and words are made of one value, a `Course`: what the sentence says is what the squares show.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from engine.domain.calendar import Calendar
from engine.domain.clock import KINDS, Clock, Consequence, Party, Precision
from engine.domain.course import NUMBERED, Course, gone, holiday, rest_name, span_of
from engine.domain.deadline import Allowance, Pause, day_of, last_day
from engine.domain.limit import Limit
from engine.domain.sentence import basis, rules, sentence


@dataclass(frozen=True, slots=True)
class Square:
    """One calendar day: start, counted, rest, makeup (调休上班), paused, due or skipped (past due)."""

    day: date
    kind: str
    number: int | None
    label: str
    today: bool


@dataclass(frozen=True, slots=True)
class Halted:
    """One pause as it told on the clock: its days, what was announced, and whether it lasted longer (R-CNT-6)."""

    ground: str
    start: datetime
    end: datetime | None
    announced: date | None
    overrun: bool
    days: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due moment and everything one needs to check it by hand."""

    due: datetime
    provisional: bool
    squares: tuple[Square, ...]
    sentence: str
    rules: tuple[str, ...]
    calendar: str
    articles: tuple[str, ...]
    halts: tuple[Halted, ...]
    extension: Limit | None
    document: str
    precision: Precision
    party: Party
    consequence: Consequence


def explain(
    clock: Clock,
    allowance: Allowance | Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause],
    at: datetime,
    lang: str = "zh",
) -> Explanation:
    """Return the due moment, its squares and its sentence, as seen *at* a moment (open pauses run till then).

    A plain limit is an allowance without more. The sentence is Chinese, or English with *lang* "en". Raises
    Malformed where deadline.due does.
    """
    course = gone(clock, allowance, start, calendar, pauses, at, lang)
    kind = KINDS[clock]
    return Explanation(
        due=course.due,
        provisional=course.provisional,
        squares=tuple(_squares(course)),
        sentence=sentence(course),
        rules=rules(course),
        calendar=calendar.version,
        articles=tuple(basis(course)),
        halts=tuple(_halted(course, pause) for pause in course.pauses),
        extension=course.extension,
        document=course.document,
        precision=course.precision,
        party=kind.party,
        consequence=kind.consequence,
    )


def _halted(course: Course, pause: Pause) -> Halted:
    """Tell one pause; its days are those it alone would take out of the count."""
    end = pause.stopped or course.at
    first, last = max(day_of(pause.start), course.begun), last_day(end) if end == pause.cap else day_of(end)
    days = [day for day in span_of(first, last)[1:] if course.natural(day) or course.calendar.is_working(day)]
    announced = last_day(pause.cap) if pause.cap is not None else None
    overrun = pause.cap is not None and (pause.end or course.at) > pause.cap
    return Halted(pause.ground, pause.start, pause.end, announced, overrun, len(days))


def _squares(course: Course) -> Iterator[Square]:
    number = 0
    today = day_of(course.at)
    for day in span_of(course.begun, max(course.last, today)):
        kind = _kind(course, day)
        counts = kind in {"counted", "makeup", "due"} and _is_numbered(course, day)
        number += counts
        label = _label(course, day, kind) or _extended(course, number if counts else 0)
        yield Square(day, kind, number if counts else None, label, day == today)


def _extended(course: Course, number: int) -> str:
    """Say of a counted day beyond the limit that it comes from the extension."""
    beyond = course.extension is not None and number > course.limit.value
    return course.say.labels["extended"] if beyond else ""


def _is_numbered(course: Course, day: date) -> bool:
    """Is the day one that is told with its number? What is stopped to the minute leaves no whole numbers."""
    period = course.period(day)
    whole = course.precision is not Precision.INSTANT or not course.moment_stops
    return period.limit.unit in NUMBERED and day <= period.counted and day not in course.stopped and whole


def _kind(course: Course, day: date) -> str:
    """Name the first thing a day is, in the order of what matters most to the reader."""
    resting, natural = not course.calendar.is_working(day), course.natural(day)
    claims = {
        "due": day == course.last,
        "start": day == course.begun,
        "skipped": day > course.last,
        "paused": day in course.stopped and (natural or not resting),
        "rest": resting and (not natural or day > course.period(day).counted),
        "makeup": course.calendar.is_makeup(day) and not natural,
    }
    return next((kind for kind, holds in claims.items() if holds), "counted")


def _label(course: Course, day: date, kind: str) -> str:
    if kind == "start":
        return course.say.begins[course.clock]
    if kind == "paused":
        return course.stopped[day]
    if kind == "makeup":
        return course.say.labels["makeup"].format(name=holiday(course, day))
    if kind in course.say.labels:
        return course.say.labels[kind]
    return "" if course.calendar.is_working(day) else rest_name(course, day)
