"""Appointments (预约): when a window takes people, how many at a time, and what becomes of an appointment.

The hours of a window are not the working days of the law: what is received on a Saturday is validly received,
and its clock begins on the next working day all the same (R-CNT-1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.domain.errors import Malformed, NotNow
from engine.domain.hours import Hours, OfficeHours
from engine.domain.pause import BEIJING, at_time, day_of


class Kind(StrEnum):
    """Where somebody is met: at the window, or at his home (上门服务)."""

    WINDOW = "window"
    HOME = "home"


class State(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    MISSED = "missed"
    CANCELLED = "cancelled"


KIND_NAMES = {Kind.WINDOW: "到窗口", Kind.HOME: "上门服务"}
STATE_NAMES = {
    State.BOOKED: "已预约",
    State.ARRIVED: "已到",
    State.MISSED: "未到",
    State.CANCELLED: "已取消",
}


@dataclass(frozen=True, slots=True)
class Counter:
    """How a hall's windows take people: open when, how long one takes, how many at a time.

    *reserve* places of each slot are for those who go first (绿色通道); *ahead* is how many days one may book.
    """

    hours: OfficeHours
    minutes: int
    capacity: int
    reserve: int
    ahead: int

    def places(self, *, first: bool) -> int:
        """How many may be taken of a slot by somebody who goes first, or does not."""
        return self.capacity + self.reserve if first else self.capacity


def slots(openings: Hours, day: date, minutes: int) -> tuple[datetime, ...]:
    """Return when one may come on *day*: each slot lies whole within an opening."""
    found = []
    for opens, closes in openings:
        begin, end = (datetime.combine(day, clock, BEIJING) for clock in (opens, closes))
        while begin + timedelta(minutes=minutes) <= end:
            found.append(at_time(day, begin.timetz().replace(tzinfo=None)))
            begin += timedelta(minutes=minutes)
    return tuple(found)


def must_be_offered(at: datetime, now: datetime, counter: Counter, openings: Hours) -> None:
    """Raise `Malformed` for a time no window takes people at, `NotNow` for one past or too far ahead."""
    if at <= now:
        raise NotNow("这个时间已经过了，请另选。", code="appointment.past", field="at")
    if day_of(at) > day_of(now) + timedelta(days=counter.ahead):
        raise NotNow(f"最多提前 {counter.ahead} 天预约，请另选日期。", code="appointment.far", field="at")
    if at not in slots(openings, day_of(at), counter.minutes):
        raise Malformed("窗口在这个时间不接待，请从列出的时间中选。", code="appointment.closed", field="at")


def must_be_open(state: str, act: str) -> None:
    """Raise `NotNow` unless an appointment still stands; *act* is what was tried, in Chinese."""
    if state != State.BOOKED:
        raise NotNow(
            f"该预约现为“{STATE_NAMES[State(state)]}”，不能{act}；请重新预约。",
            code="appointment.over",
            state=state,
        )


def must_have_begun(at: datetime, now: datetime) -> None:
    """Raise `NotNow` where somebody is said not to have come before he could."""
    if now <= at:
        raise NotNow("还没有到预约的时间，不能登记未到。", code="appointment.early")


def must_be_today(day: date, today: date) -> None:
    """Raise `NotNow` where somebody is said to have come on another day than he booked."""
    if day != today:
        raise NotNow(
            f"预约的日期是 {day}，今天不能登记到达；要提前办的，请先改约到今天。",
            code="appointment.other-day",
        )


def is_outside(moment: datetime, standard: Hours) -> bool:
    """Is it outside the standard working time of that day (延时服务): after hours, or on a day off?"""
    clock = moment.astimezone(BEIJING).time()
    return not any(opens <= clock < closes for opens, closes in standard)


def counter(told: Mapping[str, object]) -> Counter:
    """Read how a hall's windows take people. Raises `Malformed`."""
    figures = {name: told.get(name) for name in ("minutes", "capacity", "reserve", "ahead")}
    for name, value in figures.items():
        least = 0 if name == "reserve" else 1
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 1440:
            raise Malformed(
                f"窗口作息中的 {name} 应是不小于 {least} 的整数。", code="counter.figure", field=name
            )
    whole = {name: value for name, value in figures.items() if isinstance(value, int)}
    return Counter(OfficeHours.read(told.get("hours")), **whole)
