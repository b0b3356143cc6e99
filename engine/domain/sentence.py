"""The sentence that explains a due date, the articles it rests on, and the rules of the rulebook behind it."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from engine.domain import deadline
from engine.domain.clock import KINDS, Precision
from engine.domain.course import NATURAL, NUMBERED, Course, holiday, rest_name, span_of
from engine.domain.day import ONE_DAY
from engine.domain.deadline import BEIJING, ONE_SECOND, day_of, end_of, last_day
from engine.domain.limit import Unit

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


def sentence(course: Course) -> str:
    """Put the sentence together: 1 what was counted, 2 when it is due, 3 what may yet change, 4 the law."""
    say = course.say.phrases
    counted = [
        _opening(course), _allowed(course), *_extension(course), *_halts(course), *_rests(course), *_makeups(course),
    ]  # fmt: skip
    parts = [say["semicolon"].join(counted), say["ends"].format(when=_end(course))]
    if course.running:
        parts.append(say["running"])
    parts += _announced(course)
    if course.provisional:
        parts.append(say["provisional"].format(year=course.last.year))
    parts.append(say["basis"].format(basis=say["comma"].join(basis(course))))
    return "".join(part + say["stop"] for part in parts).strip()


def _end(course: Course) -> str:
    """Say when it is due: the day, and the time where it does not end with the day."""
    words = course.say.day(course.last, course.begun)
    if course.due == end_of(course.last):
        return words
    kept = course.precision is Precision.INSTANT and course.by_day
    last = course.due - ONE_SECOND if kept else course.due
    return f"{words} {last.astimezone(BEIJING):%H:%M}"


def _announced(course: Course) -> Iterator[str]:
    """Say of a stop whose end was announced that it may still end earlier, or that it lasted longer (R-CNT-6)."""
    for pause in course.pauses:
        if pause.cap is None:
            continue
        key = "overrun" if (pause.end or course.at) > pause.cap else "announced" if pause.end is None else ""
        if key:
            day = course.say.day(last_day(pause.cap), course.begun)
            yield course.say.phrases[key].format(ground=pause.ground, day=day)


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
        days = [day for day in span_of(stop.start + ONE_DAY, stop.end) if _would_count(course, day)]
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
        days = span_of(day_of(period.start) + ONE_DAY, period.last)
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
        told.append(say["rolled"].format(day=day, name=rest_name(course, period.counted)))
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
        yield course.say.phrases["dated"].format(name=holiday(course, days[0]), span=span)


def _makeups(course: Course) -> Iterator[str]:
    say = course.say.phrases
    for day in span_of(course.begun + ONE_DAY, course.last):
        if course.calendar.is_makeup(day) and day not in course.stopped and not course.natural(day):
            weekday = say["weekdays"][day.weekday()]
            yield say["makeup"].format(day=f"{day:%m-%d}", weekday=weekday, name=holiday(course, day))


def basis(course: Course) -> Iterator[str]:
    kind = KINDS[course.clock]
    licensing: tuple[int, ...] = kind.articles
    civil: tuple[int, ...] = ()
    for period in course.periods:
        more, other, _ = COUNTING[period.limit.unit]
        licensing, civil = licensing + more, civil + other
    if _halts(course):
        licensing += kind.stopping
    if course.rolled or course.precision is Precision.CLOSE:
        civil += (203,)
    if course.clock in course.say.papers:
        yield course.say.papers[course.clock]
    for law, numbers in (("licensing", licensing), ("civil", civil)):
        if numbers:
            yield course.say.articles(law, sorted(set(numbers)))


def rules(course: Course) -> tuple[str, ...]:
    kind = KINDS[course.clock]
    rules = [*kind.rules, *(rule for period in course.periods for rule in COUNTING[period.limit.unit][2])]
    if _halts(course):
        rules += ["R-LIM-5", "R-CNT-5"] if kind.stopping else ["R-CNT-5"]
    if any(pause.cap is not None for pause in course.pauses):
        rules.append("R-CNT-6")
    if course.precision is not Precision.DATE:
        rules.append("R-CNT-2")
    if course.rolled:
        rules.append("R-CNT-3")
    if course.provisional:
        rules.append("R-CNT-7")
    return tuple(dict.fromkeys(rules))
