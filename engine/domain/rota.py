"""Who is on duty (2主1备轮值, rulebook §1.1): two mains and a spare, whose is the work that nobody has taken yet.

The mains may take it; while none of them is there, the spare; while he is not there either, everybody who holds
the post, so that no task is ever left without somebody to take it. What was taken stays with whoever took it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.domain.errors import Malformed, NotNow, Taken
from engine.domain.pause import at_time, day_of

#: Somebody is there who used his screen so lately; one that is open on the list (待办) tells of itself.
ONLINE = timedelta(minutes=15)
#: Where the day is cut in two.
NOON = time(12)
#: How far ahead a shift may be drawn.
AHEAD = timedelta(days=366)


class Span(StrEnum):
    """Which part of a day a shift is: all of it, from midnight to midnight, or before or after noon."""

    DAY = "day"
    MORNING = "morning"
    AFTERNOON = "afternoon"


SPAN_NAMES: dict[Span, str] = {Span.DAY: "全天", Span.MORNING: "上午", Span.AFTERNOON: "下午"}


class Place(StrEnum):
    """The three of a shift, in the order they are written."""

    FIRST = "first"
    SECOND = "second"
    SPARE = "spare"


PLACE_NAMES: dict[Place, str] = {Place.FIRST: "主岗一", Place.SECOND: "主岗二", Place.SPARE: "备岗"}


class Stand(StrEnum):
    """How somebody stands to the shift that runs: a main, the spare who is called, one of all, or off duty."""

    MAIN = "main"
    CALLED = "called"
    OPEN = "open"
    OFF = "off"


#: What is written beside work that was taken by somebody else than a main.
STAND_NAMES: dict[Stand, str] = {
    Stand.CALLED: "主岗不在线，备岗接办",
    Stand.OPEN: "当班主岗和备岗均不在线，由本岗位人员接办",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """The three of a shift, by the ids of the people."""

    main: int
    second: int
    spare: int

    @property
    def mains(self) -> tuple[int, int]:
        """The two who come first."""
        return self.main, self.second

    @property
    def all(self) -> tuple[int, int, int]:
        """All three."""
        return self.main, self.second, self.spare


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is there: the people online, and by whom those who are away are covered (AB岗).

    *hold* are those of the shift who still hold the post: whoever lost it answers for nothing.
    """

    online: frozenset[int]
    hold: frozenset[int]
    covers: Mapping[int, frozenset[int]]

    def answers(self, who: int) -> bool:
        """Is *who* there; or, while he is away, somebody who stands in for him?"""
        return who in self.hold and bool(self.covers.get(who, frozenset({who})) & self.online)


def stand(shift: Shift, acting_for: Collection[int], presence: Presence) -> Stand:
    """Return how somebody stands to a shift who holds its post for *acting_for*: himself, those he covers.

    A main may always, seen or not; whoever covers him is a main in his place.
    """
    if any(main in acting_for for main in shift.mains):
        return Stand.MAIN
    if any(presence.answers(main) for main in shift.mains):
        return Stand.OFF
    if shift.spare in acting_for:
        return Stand.CALLED
    return Stand.OFF if presence.answers(shift.spare) else Stand.OPEN


@dataclass(frozen=True, slots=True)
class Duty:
    """How somebody stands to the shift of one of his posts that runs now; of a main the names are not told."""

    role: str
    org: int
    stand: Stand
    span: Span
    mains: tuple[str, ...] = ()
    spare: str = ""


def off(duties: Iterable[Duty], role: str, org: int) -> Duty | None:
    """Return the duty that keeps somebody from work of a post that nobody has taken; None where none does."""
    return next((d for d in duties if (d.role, d.org, d.stand) == (role, org, Stand.OFF)), None)


def must_be_on_duty(duties: Iterable[Duty], role: str, org: int) -> str:
    """Return what is to be written of taking work: "" for plain duty. Raises `NotNow` for whoever is off duty."""
    duty = next((d for d in duties if (d.role, d.org) == (role, org)), None)
    if duty is not None and duty.stand is Stand.OFF:
        raise NotNow(
            f"本岗位{SPAN_NAMES[duty.span]}由{'、'.join(duty.mains)}当班（{duty.spare}备岗），您不当班，"
            "无人认领的任务不能由您认领或办理；请由当班人员办理，或请督办管理岗指派给您。",
            code="duty.off",
            role=role,
        )
    return STAND_NAMES.get(duty.stand, "") if duty is not None else ""


# -- drawing a shift ---------------------------------------------------------------------------------------------


def running(at: datetime) -> tuple[date, tuple[Span, Span]]:
    """Return the Beijing day of a moment, and the two kinds of shift that may run then."""
    half = Span.MORNING if at < at_time(day_of(at), NOON) else Span.AFTERNOON
    return day_of(at), (Span.DAY, half)


def over(day: date, span: Span, at: datetime) -> bool:
    """Is that part of the day past?"""
    today, (_, half) = running(at)
    return day < today or (day == today and span is Span.MORNING and half is Span.AFTERNOON)


def overlap(one: Span, other: Span) -> bool:
    """Do two parts of the same day have an hour in common?"""
    return one is other or Span.DAY in {one, other}


def must_be_ahead(day: date, span: Span, at: datetime) -> None:
    """Raise `Malformed` for a shift that is over, or too far away to be meant."""
    if over(day, span, at):
        raise Malformed(
            "该班次的时间已经过去，不能排班或更改；请选择今天或以后。", code="rota.past", field="day"
        )
    if day - day_of(at) > AHEAD:
        raise Malformed("最多可排今后一年的班；请核对日期。", code="rota.far", field="day")


def must_be_three(shift: Shift) -> None:
    """Raise `Malformed`, at the later place, where one person stands twice in a shift."""
    taken: dict[int, Place] = {}
    for place, who in zip(Place, shift.all, strict=True):
        if who in taken:
            raise Malformed(
                f"“{PLACE_NAMES[place]}”与“{PLACE_NAMES[taken[who]]}”是同一个人；2 主 1 备须是三个人，请另选一人。",
                code="rota.same-person",
                field=place,
            )
        taken[who] = place


def must_be_free(day: date, span: Span, others: Iterable[Span]) -> None:
    """Raise `Taken` where the post has a shift at that time already."""
    for other in others:
        if overlap(span, other):
            raise Taken(
                f"{day.month}月{day.day}日{SPAN_NAMES[other]}已有班次，时间重叠；请修改或撤下原班次。",
                code="rota.overlap",
                field="span",
            )


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
