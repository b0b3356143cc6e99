"""How a due date came about (到期日怎么算的): a square for each day, one sentence, the articles of law."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from engine.domain import deadline
from engine.domain.calendar import ONE_DAY, Calendar
from engine.domain.deadline import BEIJING, Clock, Pause, Stop, day_of, last_day
from engine.domain.limit import Limit, Unit
from engine.domain.wording import WORDINGS, Wording


@dataclass(frozen=True, slots=True)
class Square:
    """One calendar day: start, counted, rest, makeup (调休上班), paused, due or skipped (past due)."""

    day: date
    kind: str
    number: int | None
    label: str
    today: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due moment and everything one needs to check it by hand."""

    due: datetime
    provisional: bool
    squares: tuple[Square, ...]
    sentence: str
    rules: tuple[str, ...]
    calendar: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a clock rests on: its articles of the Licensing Law (行政许可法), or a paper, and its rules."""

    articles: tuple[int, ...]
    rules: tuple[str, ...]
    stopping: tuple[int, ...] = ()


BASES: dict[Clock, Basis] = {
    Clock.NOTICE: Basis((32,), ("R-ACC-1",)),
    Clock.PREREVIEW: Basis((32,), ("R-ACC-1",)),
    Clock.PROMISED: Basis((42,), ("R-LIM-1", "R-LIM-10"), stopping=(45,)),
    Clock.LEGAL: Basis((42,), ("R-LIM-1",), stopping=(45,)),
    Clock.STAGE: Basis((42,), ("R-LIM-10",), stopping=(45,)),
    Clock.CORRECTION: Basis((32,), ("R-ACC-4", "R-ACC-5")),
    Clock.TOLERANCE: Basis((), ("R-TOL-2", "R-TOL-4")),
    Clock.DELIVERY: Basis((44,), ("R-LIM-4",)),
    Clock.TIMER: Basis((), ("R-CNT-4",)),
}

#: What each unit adds: articles of the Licensing Law, articles of the Civil Code (民法典), rules.
COUNTING: dict[Unit, tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]] = {
    Unit.WORKDAY: ((82,), (), ("R-LIM-9", "R-CNT-1", "R-CNT-2")),
    Unit.DAY: ((), (201,), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.HOUR: ((82,), (201,), ("R-LIM-9", "R-CNT-4")),
    Unit.MONTH: ((), (201, 202), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.YEAR: ((), (201, 202), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.ONSPOT: ((34,), (), ("R-CNT-2", "R-CNT-4")),
    Unit.MINUTE: ((), (201,), ("R-CNT-4",)),
}

#: The units whose days are numbered, and those that count rest days like any other.
NUMBERED = {Unit.WORKDAY, Unit.DAY, Unit.MONTH, Unit.YEAR}
NATURAL = {Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.ONSPOT, Unit.MINUTE}


@dataclass(frozen=True, slots=True)
class Course:
    """How one clock went: the question, and what deadline.py makes of it."""

    clock: Clock
    limit: Limit
    start: datetime
    at: datetime
    due: datetime
    counted: date
    day_stops: tuple[Stop[date], ...]
    moment_stops: tuple[Stop[datetime], ...]
    stopped: Mapping[date, str]
    running: bool
    calendar: Calendar
    say: Wording

    @property
    def begun(self) -> date:
        return day_of(self.start)

    @property
    def last(self) -> date:
        return last_day(self.due)

    @property
    def by_day(self) -> bool:
        return self.limit.unit in deadline.BY_DAY

    @property
    def natural(self) -> bool:
        return self.limit.unit in NATURAL

    @property
    def days(self) -> list[date]:
        """The days after the first, to the due day: those that had to be counted or left out."""
        return _days(self.begun + ONE_DAY, self.last)


def explain(
    clock: Clock,
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause],
    at: datetime,
    lang: str = "zh",
) -> Explanation:
    """Return the due moment, its squares and its sentence, as seen *at* a moment (open pauses run till then).

    The sentence is Chinese, or English with *lang* "en". Raises Malformed where deadline.due does.
    """
    course = _course(clock, limit, start, calendar, tuple(pauses), at, WORDINGS[lang])
    return Explanation(
        due=course.due,
        provisional=_is_provisional(course),
        squares=tuple(_squares(course)),
        sentence=_sentence(course),
        rules=_rules(course),
        calendar=calendar.version,
    )


def _course(
    clock: Clock,
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: tuple[Pause, ...],
    at: datetime,
    say: Wording,
) -> Course:
    due = deadline.due(limit, start, calendar, pauses, at)
    last = counted = last_day(due)
    day_stops: tuple[Stop[date], ...] = ()
    moment_stops: tuple[Stop[datetime], ...] = ()
    if limit.unit in deadline.BY_DAY:
        day_stops = tuple(s for s in deadline.stopped_days(start, pauses, at) if s.start < last)
        counted = deadline.reckon(limit, day_of(start), calendar, day_stops)[0]
    else:
        moment_stops = tuple(s for s in deadline.stopped_moments(start, pauses, at) if s.start < due)
    return Course(
        clock=clock,
        limit=limit,
        start=start,
        at=at,
        due=due,
        counted=counted,
        day_stops=day_stops,
        moment_stops=moment_stops,
        stopped={day: "、".join(grounds) for day, grounds in _stopped(day_stops, moment_stops)},
        running=any(pause.end is None and pause.start < due for pause in pauses),
        calendar=calendar,
        say=say,
    )


def _stopped(
    day_stops: Iterable[Stop[date]], moment_stops: Iterable[Stop[datetime]]
) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Yield the days that do not count with their grounds; of stops kept to the minute, the whole days."""
    for stop in day_stops:
        yield from ((day, stop.grounds) for day in _days(stop.start + ONE_DAY, stop.end))
    for pause in moment_stops:
        first, last = day_of(pause.start) + ONE_DAY, day_of(pause.end) - ONE_DAY
        yield from ((day, pause.grounds) for day in _days(first, last))


def _days(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * n for n in range((last - first).days + 1)]


def _is_provisional(course: Course) -> bool:
    return course.calendar.provisional(course.last)


def _squares(course: Course) -> Iterator[Square]:
    number = 0
    today = day_of(course.at)
    for day in _days(course.begun, max(course.last, today)):
        kind = _kind(course, day)
        counts = kind in {"counted", "makeup", "due"} and _is_numbered(course, day)
        number += counts
        yield Square(day, kind, number if counts else None, _label(course, day, kind), day == today)


def _is_numbered(course: Course, day: date) -> bool:
    return course.limit.unit in NUMBERED and day <= course.counted and day not in course.stopped


def _kind(course: Course, day: date) -> str:
    """Name the first thing a day is, in the order of what matters most to the reader."""
    resting = not course.calendar.is_working(day)
    claims = {
        "due": day == course.last,
        "start": day == course.begun,
        "skipped": day > course.last,
        "paused": day in course.stopped and (course.natural or not resting),
        "rest": resting and (not course.natural or day > course.counted),
        "makeup": course.calendar.is_makeup(day) and not course.natural,
    }
    return next((kind for kind, holds in claims.items() if holds), "counted")


def _label(course: Course, day: date, kind: str) -> str:
    if kind == "start":
        return course.say.begins[course.clock]
    if kind == "paused":
        return course.stopped[day]
    if kind == "makeup":
        return course.say.labels["makeup"].format(name=_holiday(course, day))
    if kind in course.say.labels:
        return course.say.labels[kind]
    return "" if course.calendar.is_working(day) else _rest_name(course, day)


def _holiday(course: Course, day: date) -> str:
    names = course.calendar.name(day).split("、")
    return course.say.phrases["comma"].join(course.say.holidays.get(name, name) for name in names)


def _rest_name(course: Course, day: date) -> str:
    return _holiday(course, day) or course.say.labels["weekend"]


def _sentence(course: Course) -> str:
    """Put the sentence together: 1 what was counted, 2 when it is due, 3 what may yet change, 4 the law."""
    say = course.say.phrases
    counted = [_opening(course), _allowed(course), *_halts(course), *_rests(course), *_makeups(course)]
    parts = [say["semicolon"].join(counted), say["ends"].format(when=_when(course, course.due, course.last))]
    if course.running:
        parts.append(say["running"])
    if _is_provisional(course):
        parts.append(say["provisional"].format(year=course.last.year))
    parts.append(say["basis"].format(basis=say["comma"].join(_basis(course))))
    return "".join(part + say["stop"] for part in parts).strip()


def _when(course: Course, moment: datetime, day: date) -> str:
    words = course.say.day(day, course.begun)
    return words if course.by_day else f"{words} {moment.astimezone(BEIJING):%H:%M}"


def _opening(course: Course) -> str:
    key = "onspot" if course.limit.unit is Unit.ONSPOT else "days" if course.by_day else "moment"
    when = _when(course, course.start, course.begun)
    return course.say.opening[key].format(when=when, begins=course.say.begins[course.clock])


def _allowed(course: Course) -> str:
    key = "onspot" if course.limit.unit is Unit.ONSPOT else "allowed"
    amount = course.say.amount(course.limit.value, course.limit.unit)
    return course.say.phrases[key].format(allowance=course.say.allowance[course.clock], amount=amount)


def _halts(course: Course) -> list[str]:
    """Say each stop that moved the due date, with what it took out of the count."""
    say = course.say.phrases
    told = []
    for stop in course.day_stops:
        days = [day for day in _days(stop.start + ONE_DAY, stop.end) if _would_count(course, day)]
        if days:
            amount = course.say.amount(len(days), Unit.DAY if course.natural else Unit.WORKDAY)
            grounds = say["comma"].join(stop.grounds)
            told.append(say["stopped"].format(grounds=grounds, amount=amount, span=_span(course, days)))
    for pause in course.moment_stops:
        first, last = (f"{moment.astimezone(BEIJING):%m-%d %H:%M}" for moment in (pause.start, pause.end))
        grounds = say["comma"].join(pause.grounds)
        span = say["span"].format(first=first, last=last)
        told.append(say["stopped_moments"].format(grounds=grounds, span=span))
    return told


def _would_count(course: Course, day: date) -> bool:
    return course.natural or course.calendar.is_working(day)


def _span(course: Course, days: Sequence[date]) -> str:
    first, last = f"{days[0]:%m-%d}", f"{days[-1]:%m-%d}"
    return first if first == last else course.say.phrases["span"].format(first=first, last=last)


def _rests(course: Course) -> list[str]:
    return _natural_rests(course) if course.natural else _working_rests(course)


def _natural_rests(course: Course) -> list[str]:
    say = course.say.phrases
    told = []
    if course.limit.unit in NUMBERED and not all(map(course.calendar.is_working, course.days)):
        told.append(say["natural"])
    if course.counted < course.last:
        day = course.say.day(course.counted, course.begun)
        told.append(say["rolled"].format(day=day, name=_rest_name(course, course.counted)))
    return told


def _working_rests(course: Course) -> list[str]:
    say = course.say.phrases
    resting = [day for day in course.days if not course.calendar.is_working(day)]
    weekend = course.say.labels["weekend"] if any(not course.calendar.name(day) for day in resting) else ""
    holidays = say["comma"].join(_holiday_runs(course, resting))
    names = say["and"].join(filter(None, (weekend, holidays)))
    off_hours = [say["off_hours"]] if course.limit.unit is Unit.HOUR else []
    return [*off_hours, say["rest"].format(names=names)] if names else off_hours


def _holiday_runs(course: Course, resting: Sequence[date]) -> Iterator[str]:
    """Yield each holiday once with its days, such as 国庆节（10-01～10-07）."""
    named = [day for day in resting if course.calendar.name(day)]
    runs = groupby(enumerate(named), lambda at: (course.calendar.name(at[1]), at[1].toordinal() - at[0]))
    for _, run in runs:
        days = [day for _, day in run]
        span = _span(course, days)
        yield course.say.phrases["dated"].format(name=_holiday(course, days[0]), span=span)


def _makeups(course: Course) -> Iterator[str]:
    if course.natural:
        return
    say = course.say.phrases
    for day in course.days:
        if course.calendar.is_makeup(day) and day not in course.stopped:
            weekday = say["weekdays"][day.weekday()]
            yield say["makeup"].format(day=f"{day:%m-%d}", weekday=weekday, name=_holiday(course, day))


def _basis(course: Course) -> Iterator[str]:
    basis = BASES[course.clock]
    licensing, civil, _ = COUNTING[course.limit.unit]
    if _halts(course):
        licensing += basis.stopping
    if course.counted < course.last:
        civil += (203,)
    if course.clock in course.say.papers:
        yield course.say.papers[course.clock]
    for law, numbers in (("licensing", (*basis.articles, *licensing)), ("civil", civil)):
        if numbers:
            yield course.say.articles(law, sorted(set(numbers)))


def _rules(course: Course) -> tuple[str, ...]:
    basis = BASES[course.clock]
    rules = [*basis.rules, *COUNTING[course.limit.unit][2]]
    if _halts(course):
        rules += ["R-LIM-5", "R-CNT-5"] if basis.stopping else ["R-CNT-5"]
    if course.counted < course.last:
        rules.append("R-CNT-3")
    if _is_provisional(course):
        rules.append("R-CNT-7")
    return tuple(dict.fromkeys(rules))
