"""Cases of a former system (历史办件): how its columns are to be read, and which records cannot be true.

A due moment is kept as ours are: the first moment that is late. A former system's planned instant is itself
still in time, so it is kept one microsecond later; a planned day without a time is in time to its end.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.domain.case import DECIDED, FINAL, State
from engine.domain.errors import Malformed
from engine.domain.pause import BEIJING, INSTANT

#: What a case may be told by; ``zone`` names a column that says in which time zone a record's times are.
FIELDS = (
    "number",
    "matter",
    "department",
    "channel",
    "person",
    "start",
    "due",
    "legal",
    "end",
    "outcome",
    "zone",
)
#: What an event may be told by.
EVENT_FIELDS = ("activity", "time", "person")
#: Fields whose words may be translated into ours.
SPOKEN = ("matter", "department", "channel", "outcome")
#: Words that mean nothing is there, in whatever case.
MISSING = frozenset({"", "null", "none", "nan", "nat", "n/a", "na", "-"})
#: What a matter or a department is called that the record does not name.
UNNAMED = "未注明"
#: How long a number, a name and a channel may be.
MOST_NUMBER, MOST_NAME, MOST_CHANNEL = 60, 100, 40
#: How a case of a former system may have ended; ``ended`` says no more than that.
OUTCOMES = frozenset(DECIDED | FINAL)

_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says of one case: where it says it, its attributes, and its events in the file's order."""

    place: str
    values: Mapping[str, str]
    events: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to the case."""

    activity: str
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Former:
    """A case of a former system in our words; ``due`` and ``legal`` are the first moments that are late."""

    number: str
    matter: str
    department: str
    channel: str
    person: str
    start: datetime
    due: datetime | None
    legal: datetime | None
    end: datetime | None
    state: State
    events: tuple[Event, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a former system's records are read (the mapping file)."""

    origin: str
    columns: Mapping[str, str]
    events: Mapping[str, str]
    ends: frozenset[str]
    defaults: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    zone: tzinfo
    times: tuple[str, ...]
    prefix: str
    rows: str
    encoding: str
    delimiter: str

    @classmethod
    def parse(cls, given: Any) -> "Plan":
        """Read a mapping file's content. Raises `Malformed` ``history.map`` with the field that is wrong."""
        if not isinstance(given, Mapping):
            raise _wrong("对照表应是一组字段。", "map")
        _only(given, _TOP, "")
        plan = cls(
            origin=_text(given, "origin", most=40).strip(),
            columns=_names(given, "case", FIELDS),
            events=_names(given, "event", EVENT_FIELDS),
            ends=frozenset(_listed(given, "ends")),
            defaults=_names(given, "defaults", FIELDS),
            words={field: _names(_part(given, "words"), field, None) for field in _part(given, "words")},
            zone=zone_of(_text(given, "timezone", "Asia/Shanghai")),
            times=_listed(given, "times"),
            prefix=_text(given, "prefix"),
            rows=_text(given, "rows", "case"),
            encoding=_text(given, "encoding", "utf-8-sig"),
            delimiter=_text(given, "delimiter", ","),
        )
        plan._check()
        return plan

    def _check(self) -> None:
        if not self.origin:
            raise _wrong("对照表没有写明原系统的名称。", "origin")
        if "number" not in self.columns:
            raise _wrong("对照表没有写明办件编号在哪一列。", "case.number")
        if not {"start", "due", "legal", "end"} & self.columns.keys() and "time" not in self.events:
            raise _wrong("对照表没有写明任何时间在哪一列。", "case.start")
        if self.rows not in ("case", "event"):
            raise _wrong("rows 只能是 case（一件一行）或 event（一事一行）。", "rows")
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise _wrong(f"没有编码“{self.encoding}”。", "encoding") from None
        if len(self.delimiter) != 1:
            raise _wrong("delimiter 应是一个字符。", "delimiter")
        _only(self.words, SPOKEN, "words.")
        for word in self.words.get("outcome", {}).values():
            if word not in OUTCOMES:
                raise _wrong(
                    f"结果“{word}”不是办件的终态；可用：{'、'.join(sorted(OUTCOMES))}。", "words.outcome"
                )


_TOP = (
    *("origin", "case", "event", "ends", "defaults", "words", "timezone", "times", "prefix"),
    *("rows", "encoding", "delimiter"),
)


def _wrong(message: str, field: str) -> Malformed:
    return Malformed(message, code="history.map", field=field)


def _only(given: Mapping[str, Any], known: Sequence[str], path: str) -> None:
    if unknown := [str(key) for key in given if key not in known]:
        raise _wrong(f"对照表不认识“{path}{unknown[0]}”；可用：{'、'.join(known)}。", f"{path}{unknown[0]}")


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name) or {}
    if not isinstance(part, Mapping):
        raise _wrong(f"“{name}”应是一组字段。", name)
    return part


def _names(given: Mapping[str, Any], name: str, known: Sequence[str] | None) -> dict[str, str]:
    part = _part(given, name)
    if known is not None:
        _only(part, known, f"{name}.")
    return {str(key): str(value).strip() for key, value in part.items()}


def _listed(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = given.get(name) or ()
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise _wrong(f"“{name}”应是一张清单。", name)
    return tuple(str(each) for each in found)


def _text(given: Mapping[str, Any], name: str, default: str = "", most: int = 200) -> str:
    found = str(given.get(name) or default)
    if len(found) > most:
        raise _wrong(f"“{name}”不能超过 {most} 个字。", name)
    return found


def zone_of(text: str) -> tzinfo:
    """Return the time zone of a name (Asia/Shanghai) or an offset (+08:00). Raises `Malformed`."""
    if offset := _OFFSET.fullmatch(text):
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if ahead < timedelta(days=1):
            return timezone(ahead if offset[1] == "+" else -ahead)
    try:
        return UTC if text in ("Z", "UTC", "GMT") else ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong(f"时区“{text[:40]}”读不出来，请写作 Asia/Shanghai 或 +08:00。", "timezone") from None


# --- one record -----------------------------------------------------------------------------------------------


def former(record: Record, plan: Plan) -> Former:
    """Return the case a record tells of. Raises `Malformed` where it cannot be true, with the reason."""
    reader = _Reader(record, plan)
    events = tuple(reader.event(each) for each in record.events)
    start, end = reader.start(events), reader.end(events)
    if end is not None and end < start:
        raise Malformed(
            f"办结时间（{_said(end)}）早于开始时间（{_said(start)}）。",
            code="history.end-before-start",
            field="end",
        )
    due, legal = reader.due("due"), reader.due("legal")
    return Former(
        number=reader.number(),
        matter=(reader.word("matter") or UNNAMED)[:MOST_NAME],
        department=(reader.word("department") or UNNAMED)[:MOST_NAME],
        channel=reader.word("channel")[:MOST_CHANNEL],
        person=reader.value("person")[:MOST_CHANNEL],
        start=start,
        due=due or legal,
        legal=legal,
        end=end,
        state=State.ACCEPTED if end is None else reader.outcome(),
        events=events,
        notes=tuple(_notes(events, due or legal, start, end)),
    )


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def _notes(
    events: Sequence[Event], due: datetime | None, start: datetime, end: datetime | None
) -> Iterator[str]:
    if end is not None and any(event.at is not None and event.at > end for event in events):
        yield AFTER_THE_END
    if any(event.at is None for event in events):
        yield TIMELESS
    if due is None:
        yield NOT_DUE
    elif due <= start:
        yield DUE_AT_ONCE


#: What is odd about a case, yet possible.
AFTER_THE_END = "办结之后还有事件"
TIMELESS = "有事件的时间读不出来"
NOT_DUE = "没有到期时间"
DUE_AT_ONCE = "到期时间不晚于开始时间"


@dataclass(slots=True)
class _Reader:
    """One record under the plan's eyes."""

    record: Record
    plan: Plan

    def value(self, field: str) -> str:
        """What stands in the column of *field*, or the plan's default; "" for what means nothing."""
        column = self.plan.columns.get(field)
        found = self.record.values.get(column, "").strip() if column else ""
        return self.plan.defaults.get(field, "") if found.lower() in MISSING else found

    def word(self, field: str) -> str:
        """The same in our words, where the plan translates it."""
        found = self.value(field)
        return self.plan.words.get(field, {}).get(found, found)

    def number(self) -> str:
        found = self.value("number")
        if not found:
            raise Malformed("没有办件编号。", code="history.number-missing", field="number")
        number = self.plan.prefix + found
        if len(number) > MOST_NUMBER or _UNPRINTABLE.search(number):
            raise Malformed(
                f"办件编号超过 {MOST_NUMBER} 个字，或含有不可见字符。",
                code="history.number-unfit",
                field="number",
            )
        return number

    def outcome(self) -> State:
        """How it ended: as the plan translates the word, else no more than that it ended."""
        found = self.word("outcome")
        return State(found) if found in OUTCOMES else State.ENDED

    def start(self, events: Sequence[Event]) -> datetime:
        begun = self.moment("start") or min((e.at for e in events if e.at is not None), default=None)
        if begun is None:
            raise Malformed(
                "没有开始时间，也没有可以推算的事件。", code="history.start-missing", field="start"
            )
        return begun

    def end(self, events: Sequence[Event]) -> datetime | None:
        ends = (event.at for event in events if event.activity in self.plan.ends and event.at is not None)
        return self.moment("end") or max(ends, default=None)

    def moment(self, field: str) -> datetime | None:
        found = self.value(field)
        return self.read(found, field)[0] if found else None

    def due(self, field: str) -> datetime | None:
        """The first moment that is late."""
        found = self.value(field)
        if not found:
            return None
        read, is_day = self.read(found, field)
        try:
            return read + (timedelta(days=1) if is_day else INSTANT)
        except OverflowError:
            raise _unreadable(found, field) from None

    def event(self, values: Mapping[str, str]) -> Event:
        told = {field: values.get(column, "").strip() for field, column in self.plan.events.items()}
        try:
            at = self.read(told["time"], "time")[0] if told.get("time") else None
        except Malformed:
            at = None
        return Event(told.get("activity", "")[:MOST_NAME], at, told.get("person", "")[:MOST_CHANNEL])

    def read(self, text: str, field: str) -> tuple[datetime, bool]:
        """Return the moment *text* says, and whether it says no more than a day. Raises `Malformed`."""
        try:
            if day := _DAY.fullmatch(text):
                return self._placed(datetime.combine(date(*map(int, day.groups())), time.min)), True
            return self._placed(self._parsed(text)), False
        except (ValueError, OverflowError):
            raise _unreadable(text, field) from None

    def _parsed(self, text: str) -> datetime:
        for form in self.plan.times:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007  the zone is put on at once
            except ValueError:
                continue
        return datetime.fromisoformat(text.replace("/", "-"))

    def _placed(self, moment: datetime) -> datetime:
        """A time without a zone is the record's own, else the plan's."""
        if moment.tzinfo is None:
            own = self.value("zone")
            moment = moment.replace(tzinfo=zone_of(own) if own else self.plan.zone)
        return moment.astimezone(UTC)


def _unreadable(text: str, field: str) -> Malformed:
    return Malformed(f"时间“{text[:40]}”读不出来。", code="history.time-unreadable", field=field)
