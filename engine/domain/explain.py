"""How a due date came about (到期日怎么算的): a square for each day, one sentence, the articles of law."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from engine.domain import deadline
from engine.domain.calendar import Calendar
from engine.domain.clock import KINDS, Clock, Precision
from engine.domain.day import ONE_DAY
from engine.domain.deadline import BEIJING, Allowance, Pause, Stop, day_of
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


#: What each unit adds: articles of the Licensing Law, articles of the Civil Code (民法典), rules.
COUNTING: dict[Unit, tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]] = {
    Unit.WORKDAY: ((82,), (), ("R-LIM-9", "R-CNT-1", "R-CNT-2")),
    Unit.DAY: ((), (201,), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.HOUR: ((82,), (201,), ("R-LIM-9", "R-CNT-4")),
    Unit.MONTH: ((), (201, 202), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.YEAR: ((), (201, 202), ("R-CNT-1", "R-CNT-2", "R-CNT-4")),
    Unit.ONSPOT: ((34,), (), ("R-CNT-2", "R-CNT-4")),
    Unit.CLOCKHOUR: ((), (201,), ("R-CNT-4",)),
    Unit.MINUTE: ((), (201,), ("R-CNT-4",)),
    Unit.FIXED: ((), (), ("R-CNT-2",)),
}

#: The units whose days are numbered, and those that count rest days like any other.
ZERO = timedelta()
NUMBERED = {Unit.WORKDAY, Unit.DAY, Unit.MONTH, Unit.YEAR}
NATURAL = {Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.ONSPOT, Unit.CLOCKHOUR, Unit.MINUTE, Unit.FIXED}


@dataclass(frozen=True, slots=True)
class Course:
    """How one clock went: the question, and what deadline.py makes of it, period by period."""

    clock: Clock
    limit: Limit
    extension: Limit | None
    document: str
    precision: Precision
    start: datetime
    at: datetime
    periods: tuple[deadline.Course, ...]
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
    def due(self) -> datetime:
        return self.periods[-1].due

    @property
    def last(self) -> date:
        return self.periods[-1].last

    @property
    def counted(self) -> date:
        return self.periods[-1].counted

    @property
    def by_day(self) -> bool:
        return self.limit.unit in deadline.BY_DAY

    def period(self, day: date) -> deadline.Course:
        """The period a day lies in; what follows the last belongs to it."""
        return next((each for each in self.periods if day <= each.last), self.periods[-1])

    def natural(self, day: date) -> bool:
        """Are rest days counted like any other when *day* is?"""
        return self.period(day).limit.unit in NATURAL


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
    granted = Allowance(allowance) if isinstance(allowance, Limit) else allowance
    limit, extension, precision = granted.limit, granted.extension, granted.precision
    pauses = tuple(pauses)
    periods = deadline.course(limit, start, calendar, pauses, at, extension=extension, precision=precision)
    due = periods[-1].due
    days, moments = _stops(periods, start, pauses, at, precision)
    course = Course(
        clock=clock,
        limit=limit,
        extension=extension,
        document=granted.document,
        precision=precision,
        start=start,
        at=at,
        periods=periods,
        day_stops=days,
        moment_stops=moments,
        stopped={day: "、".join(grounds) for day, grounds in _stopped(days, moments)},
        running=any(pause.stopped is None and pause.start < due for pause in pauses),
        calendar=calendar,
        say=WORDINGS[lang],
    )
    return Explanation(
        due=course.due,
        provisional=_is_provisional(course),
        squares=tuple(_squares(course)),
        sentence=_sentence(course),
        rules=_rules(course),
        calendar=calendar.version,
    )


def _stops(
    periods: tuple[deadline.Course, ...],
    start: datetime,
    pauses: tuple[Pause, ...],
    at: datetime,
    precision: Precision,
) -> tuple[tuple[Stop[date], ...], tuple[Stop[datetime], ...]]:
    """Return what stopped the clock: by days, or to the minute where it is kept so."""
    last, due = periods[-1].last, periods[-1].due
    if periods[0].limit.unit in deadline.BY_DAY and precision is not Precision.INSTANT:
        return tuple(s for s in deadline.stopped_days(start, pauses, at) if s.start < last), ()
    return (), tuple(s for s in deadline.stopped_moments(start, pauses, at) if s.start < due)


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
    counted = [
        _opening(course), _allowed(course), *_extension(course), *_halts(course), *_rests(course), *_makeups(course),
    ]  # fmt: skip
    parts = [say["semicolon"].join(counted), say["ends"].format(when=_end(course))]
    if course.running:
        parts.append(say["running"])
    if _is_provisional(course):
        parts.append(say["provisional"].format(year=course.last.year))
    parts.append(say["basis"].format(basis=say["comma"].join(_basis(course))))
    return "".join(part + say["stop"] for part in parts).strip()


def _end(course: Course) -> str:
    """Say when it is due: the day, and the time where it does not end with the day."""
    words = course.say.day(course.last, course.begun)
    last = course.due - (
        deadline.ONE_SECOND if course.precision is Precision.INSTANT and course.by_day else ZERO
    )
    return (
        words if course.due == deadline.end_of(course.last) else f"{words} {last.astimezone(BEIJING):%H:%M}"
    )


#: The units whose allowance is not a number counted from the next day.
_OPENINGS = {Unit.ONSPOT: "onspot", Unit.FIXED: "onspot"}
_ALLOWED = {Unit.ONSPOT: "onspot", Unit.FIXED: "fixed"}


def _opening(course: Course) -> str:
    key = _OPENINGS.get(course.limit.unit, "days" if course.by_day else "moment")
    when = course.say.day(course.begun, course.begun)
    if key == "moment" or course.precision is Precision.INSTANT:
        when = f"{when} {course.start.astimezone(BEIJING):%H:%M}"
    return course.say.opening[key].format(when=when, begins=course.say.begins[course.clock])


def _allowed(course: Course) -> str:
    key = _ALLOWED.get(course.limit.unit, "allowed")
    amount = course.say.amount(course.limit.value, course.limit.unit)
    return course.say.phrases[key].format(allowance=course.say.allowance[course.clock], amount=amount)


def _extension(course: Course) -> list[str]:
    if course.extension is None:
        return []
    say = course.say.phrases
    amount = course.say.amount(course.extension.value, course.extension.unit)
    document = say["document"].format(no=course.document) if course.document else ""
    return [say["extended"].format(amount=amount, document=document)]


def _halts(course: Course) -> list[str]:
    """Say each stop that moved the due date, with what it took out of the count."""
    say = course.say.phrases
    told = []
    for stop in course.day_stops:
        days = [day for day in _days(stop.start + ONE_DAY, stop.end) if _would_count(course, day)]
        if days:
            amount = course.say.amount(len(days), Unit.DAY if course.natural(days[0]) else Unit.WORKDAY)
            grounds = say["comma"].join(stop.grounds)
            told.append(say["stopped"].format(grounds=grounds, amount=amount, span=_span(course, days)))
    for pause in course.moment_stops:
        first, last = (f"{moment.astimezone(BEIJING):%m-%d %H:%M}" for moment in (pause.start, pause.end))
        grounds = say["comma"].join(pause.grounds)
        span = say["span"].format(first=first, last=last)
        told.append(say["stopped_moments"].format(grounds=grounds, span=span))
    return told


def _would_count(course: Course, day: date) -> bool:
    return course.natural(day) or course.calendar.is_working(day)


def _span(course: Course, days: Sequence[date]) -> str:
    first, last = f"{days[0]:%m-%d}", f"{days[-1]:%m-%d}"
    return first if first == last else course.say.phrases["span"].format(first=first, last=last)


def _rests(course: Course) -> list[str]:
    told = []
    for period in course.periods:
        days = _days(day_of(period.start) + ONE_DAY, period.last)
        tell = _natural_rests if period.limit.unit in NATURAL else _working_rests
        told += tell(course, period, days)
    return told


def _natural_rests(course: Course, period: deadline.Course, days: Sequence[date]) -> list[str]:
    say = course.say.phrases
    told = []
    if period.limit.unit in NUMBERED and not all(map(course.calendar.is_working, days)):
        told.append(say["natural"])
    if period.counted < period.last:
        day = course.say.day(period.counted, course.begun)
        told.append(say["rolled"].format(day=day, name=_rest_name(course, period.counted)))
    return told


def _working_rests(course: Course, period: deadline.Course, days: Sequence[date]) -> list[str]:
    say = course.say.phrases
    resting = [day for day in days if not course.calendar.is_working(day)]
    weekend = course.say.labels["weekend"] if any(not course.calendar.name(day) for day in resting) else ""
    holidays = say["comma"].join(_holiday_runs(course, resting))
    names = say["and"].join(filter(None, (weekend, holidays)))
    off_hours = [say["off_hours"]] if period.limit.unit is Unit.HOUR else []
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
    say = course.say.phrases
    for day in _days(course.begun + ONE_DAY, course.last):
        if course.calendar.is_makeup(day) and day not in course.stopped and not course.natural(day):
            weekday = say["weekdays"][day.weekday()]
            yield say["makeup"].format(day=f"{day:%m-%d}", weekday=weekday, name=_holiday(course, day))


def _basis(course: Course) -> Iterator[str]:
    kind = KINDS[course.clock]
    licensing: tuple[int, ...] = kind.articles
    civil: tuple[int, ...] = ()
    for period in course.periods:
        more, other, _ = COUNTING[period.limit.unit]
        licensing, civil = licensing + more, civil + other
    if _halts(course):
        licensing += kind.stopping
    if _is_rolled(course) or course.precision is Precision.CLOSE:
        civil += (203,)
    if course.clock in course.say.papers:
        yield course.say.papers[course.clock]
    for law, numbers in (("licensing", licensing), ("civil", civil)):
        if numbers:
            yield course.say.articles(law, sorted(set(numbers)))


def _is_rolled(course: Course) -> bool:
    return any(period.counted < period.last for period in course.periods)


def _rules(course: Course) -> tuple[str, ...]:
    kind = KINDS[course.clock]
    rules = [*kind.rules, *(rule for period in course.periods for rule in COUNTING[period.limit.unit][2])]
    if _halts(course):
        rules += ["R-LIM-5", "R-CNT-5"] if kind.stopping else ["R-CNT-5"]
    if course.precision is not Precision.DATE:
        rules.append("R-CNT-2")
    if _is_rolled(course):
        rules.append("R-CNT-3")
    if _is_provisional(course):
        rules.append("R-CNT-7")
    return tuple(dict.fromkeys(rules))
