"""How a due date came about (到期日怎么算的): a square for each day, one sentence, the articles of law."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from engine.domain import deadline
from engine.domain.calendar import ONE_DAY, Calendar
from engine.domain.deadline import BEIJING, WORDS, Clock, Limit, Pause, Stop, Unit, day_of, last_day


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

#: The articles cited here, as a Chinese document writes them.
NUMERALS: dict[int, str] = {
    32: "三十二",
    34: "三十四",
    42: "四十二",
    44: "四十四",
    45: "四十五",
    82: "八十二",
    201: "二百零一",
    202: "二百零二",
    203: "二百零三",
}

#: The units whose days are numbered, and those that count rest days like any other.
NUMBERED = {Unit.WORKDAY, Unit.DAY, Unit.MONTH, Unit.YEAR}
NATURAL = {Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.ONSPOT, Unit.MINUTE}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: what the clocks are called, and the phrases the sentence is put together from."""

    begins: Mapping[Clock, str]
    allowance: Mapping[Clock, str]
    papers: Mapping[Clock, str]
    labels: Mapping[str, str]
    opening: Mapping[str, str]
    phrases: Mapping[str, str]
    holidays: Mapping[str, str]
    day: Callable[[date, date], str]
    amount: Callable[[int, Unit], str]
    articles: Callable[[str, Sequence[int]], str]


def _chinese_day(day: date, near: date) -> str:
    return f"{day.month}月{day.day}日" if day.year == near.year else f"{day.year}年{day.month}月{day.day}日"


def _chinese_articles(law: str, numbers: Sequence[int]) -> str:
    return {"licensing": "《行政许可法》", "civil": "《民法典》"}[law] + "、".join(
        f"第{NUMERALS[n]}条" for n in numbers
    )


def _english_amount(n: int, unit: Unit) -> str:
    words = {Unit.WORKDAY: "working day", Unit.HOUR: "working hour"}.get(unit, str(unit))
    return f"{n} {words}" + ("s" if n != 1 else "")


def _english_articles(law: str, numbers: Sequence[int]) -> str:
    names = {"licensing": "Administrative Licensing Law", "civil": "Civil Code"}
    return f"{names[law]} Art. {', '.join(map(str, numbers))}"


CHINESE = Wording(
    begins={
        Clock.NOTICE: "收到申请材料",
        Clock.PREREVIEW: "网上提交",
        Clock.PROMISED: "受理",
        Clock.LEGAL: "受理",
        Clock.STAGE: "进入本环节",
        Clock.CORRECTION: "告知补正",
        Clock.TOLERANCE: "容缺受理",
        Clock.DELIVERY: "作出决定",
        Clock.TIMER: "开始计时",
    },
    allowance={
        Clock.NOTICE: "告知期限",
        Clock.PREREVIEW: "预审期限",
        Clock.PROMISED: "承诺",
        Clock.LEGAL: "法定",
        Clock.STAGE: "环节时限",
        Clock.CORRECTION: "补正期限",
        Clock.TOLERANCE: "补齐期限",
        Clock.DELIVERY: "送达期限",
        Clock.TIMER: "流程设定",
    },
    papers={Clock.TOLERANCE: "容缺受理承诺书", Clock.TIMER: "流程图设定"},
    labels={"due": "到期", "skipped": "超期", "weekend": "周末", "makeup": "{name}调休上班"},
    opening={
        "days": "{when}{begins}，次日起算",
        "onspot": "{when}{begins}",
        "moment": "{when} {begins}，即时起算",
    },
    phrases={
        "allowed": "{allowance} {amount}",
        "onspot": "{allowance}当场办结",
        "stopped": "{grounds}中止 {amount}（{span}）不计",
        "stopped_moments": "{grounds}中止（{span}）不计",
        "rest": "{names}不计",
        "off_hours": "非工作时间不计",
        "makeup": "{day}（周{weekday}）因{name}调休上班，计入",
        "natural": "按自然日计，含休息日",
        "rolled": "末日{day}为{name}，顺延至下一工作日",
        "ends": "到期 {when}",
        "running": "中止尚未结束，到期日随之顺延",
        "provisional": "{year}年放假安排待国务院通知，到期日为暂定",
        "basis": "依据：{basis}",
        "dated": "{name}（{span}）",
        "span": "{first}～{last}",
        "weekdays": "一二三四五六日",
        "and": "及",
        "comma": "、",
        "semicolon": "；",
        "stop": "。",
    },
    holidays={},
    day=_chinese_day,
    amount=lambda n, unit: f"{n} {WORDS[unit]}",
    articles=_chinese_articles,
)

ENGLISH = Wording(
    begins={
        Clock.NOTICE: "Received",
        Clock.PREREVIEW: "Submitted online",
        Clock.PROMISED: "Accepted",
        Clock.LEGAL: "Accepted",
        Clock.STAGE: "Step entered",
        Clock.CORRECTION: "Correction asked",
        Clock.TOLERANCE: "Accepted with tolerance",
        Clock.DELIVERY: "Decided",
        Clock.TIMER: "Timer started",
    },
    allowance={
        Clock.NOTICE: "notice limit",
        Clock.PREREVIEW: "pre-review limit",
        Clock.PROMISED: "promised",
        Clock.LEGAL: "legal limit",
        Clock.STAGE: "step limit",
        Clock.CORRECTION: "correction limit",
        Clock.TOLERANCE: "limit for the missing materials",
        Clock.DELIVERY: "delivery limit",
        Clock.TIMER: "set by the diagram",
    },
    papers={Clock.TOLERANCE: "the applicant's written commitment", Clock.TIMER: "the process diagram"},
    labels={"due": "due", "skipped": "overdue", "weekend": "weekend", "makeup": "worked for {name}"},
    opening={
        "days": "{begins} on {when}, counted from the next day",
        "onspot": "{begins} on {when}",
        "moment": "{begins} on {when}, counted at once",
    },
    phrases={
        "allowed": "{allowance}: {amount}",
        "onspot": "{allowance}: on the spot",
        "stopped": "stopped for {grounds}, {amount} ({span}) not counted",
        "stopped_moments": "stopped for {grounds} ({span}), not counted",
        "rest": "{names} not counted",
        "off_hours": "hours outside office time not counted",
        "makeup": "{day} is worked in exchange for {name} and counts",
        "natural": "calendar days, rest days included",
        "rolled": "the last day {day} is a rest day ({name}) and gives way to the next working day",
        "ends": "Due {when}",
        "running": "The clock is still stopped and the due date moves on with it",
        "provisional": "The holidays of {year} await the State Council's notice: this date is provisional",
        "basis": "Basis: {basis}",
        "dated": "{name} ({span})",
        "span": "{first} to {last}",
        "weekdays": "MTWTFSS",
        "and": " and ",
        "comma": ", ",
        "semicolon": "; ",
        "stop": ". ",
    },
    holidays={
        "元旦": "New Year",
        "春节": "Spring Festival",
        "清明节": "Qingming",
        "劳动节": "Labour Day",
        "端午节": "Dragon Boat Festival",
        "中秋节": "Mid-Autumn Festival",
        "国庆节": "National Day",
    },
    day=lambda day, _: day.isoformat(),
    amount=_english_amount,
    articles=_english_articles,
)

WORDINGS: dict[str, Wording] = {"zh": CHINESE, "en": ENGLISH}


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
