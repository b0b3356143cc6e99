"""E-licences (电子证照): how long one is valid, what may become of it, and what follows for its holder (R-DEC-2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.deadline import BY_DAY
from engine.domain.errors import Malformed, NotNow, must_say
from engine.domain.limit import Limit


class State(StrEnum):
    """What is said of a licence; that it has expired is told from its last day, never written down."""

    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


STATE_NAMES: dict[State, str] = {
    State.VALID: "有效",
    State.REVOKED: "已撤销",
    State.EXPIRED: "已过期",
    State.CANCELLED: "已注销",
}
#: What may be done to a licence in a state; one that was revoked or has expired is still to be cancelled (art. 70).
NEXT: Mapping[State, frozenset[State]] = {
    State.VALID: frozenset({State.REVOKED, State.CANCELLED}),
    State.EXPIRED: frozenset({State.REVOKED, State.CANCELLED}),
    State.REVOKED: frozenset({State.CANCELLED}),
    State.CANCELLED: frozenset(),
}


class Ground(StrEnum):
    """Why a licence ends: 行政许可法 art. 69 for revoking (撤销), art. 70 for cancelling (注销)."""

    ABUSE = "abuse"
    BEYOND = "beyond"
    PROCEDURE = "procedure"
    UNQUALIFIED = "unqualified"
    FRAUD = "fraud"
    LAPSED = "lapsed"
    DEATH = "death"
    DISSOLVED = "dissolved"
    WITHDRAWN = "withdrawn"
    IMPOSSIBLE = "impossible"
    SURRENDERED = "surrendered"


GROUND_NAMES: dict[Ground, str] = {
    Ground.ABUSE: "工作人员滥用职权、玩忽职守",
    Ground.BEYOND: "超越法定职权",
    Ground.PROCEDURE: "违反法定程序",
    Ground.UNQUALIFIED: "申请人不具备资格或不符合法定条件",
    Ground.FRAUD: "以欺骗、贿赂等不正当手段取得",
    Ground.LAPSED: "有效期届满未延续",
    Ground.DEATH: "持证人死亡或丧失行为能力",
    Ground.DISSOLVED: "持证单位依法终止",
    Ground.WITHDRAWN: "依法被撤销、撤回或吊销",
    Ground.IMPOSSIBLE: "因不可抗力无法实施",
    Ground.SURRENDERED: "持证人申请注销",
}
#: Which grounds end a licence in which way.
GROUNDS: Mapping[State, tuple[Ground, ...]] = {
    State.REVOKED: (Ground.ABUSE, Ground.BEYOND, Ground.PROCEDURE, Ground.UNQUALIFIED, Ground.FRAUD),
    State.CANCELLED: (
        Ground.LAPSED,
        Ground.DEATH,
        Ground.DISSOLVED,
        Ground.WITHDRAWN,
        Ground.IMPOSSIBLE,
        Ground.SURRENDERED,
    ),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence somebody holds; ``stored`` is what was written down of it."""

    id: int
    number: str
    kind: str
    name: str
    matter_key: str
    valid_from: date
    valid_until: date | None
    stored: State
    ground: str = ""
    ended_at: datetime | None = None

    def state(self, today: date) -> State:
        """How it stands on a day."""
        return standing(self.stored, self.valid_until, today)

    def obstacle(self, today: date) -> str:
        """Why it may not be used in place of a material, in Chinese; "" where it may."""
        state = self.state(today)
        if state is State.VALID:
            return ""
        since = f"（{self.valid_until}）" if state is State.EXPIRED else ""
        return f"电子证照 {self.number}（{self.name}）{STATE_NAMES[state]}{since}，核验不通过，请提交有效证件"

    def provenance(self) -> str:
        """Say where it comes from, to whoever finds it on a case."""
        until = f"，有效期至 {self.valid_until}" if self.valid_until else "，长期有效"
        return f"电子证照 {self.number}（{self.name}）{until}"


def standing(stored: str, valid_until: date | None, today: date) -> State:
    """How a licence stands on a day: valid to the end of its last one."""
    if State(stored) is State.VALID and valid_until is not None and today > valid_until:
        return State.EXPIRED
    return State(stored)


def ends(valid: Limit, since: date, calendar: Calendar) -> date:
    """Return its last day: years and months end on the same day (对应日, R-CNT-4), which gives way to no rest day.

    What is rolled on is the day for doing something (R-CNT-3); a licence does nothing on its last one.
    """
    return BY_DAY[valid.unit].forward(since, valid.value, calendar)


def number(case_no: str) -> str:
    """Return the number of the licence a case ends in; a case number with its check digit is one of a kind."""
    return f"Z{case_no}"


def best(held: Iterable[Licence], today: date) -> Licence | None:
    """Return the licence to show: of those valid the one that is so longest; None where none is."""
    valid = [each for each in held if each.state(today) is State.VALID]
    return max(valid, key=lambda each: (each.valid_until or date.max, each.id), default=None)


def must_follow(state: State, end: State, ground: str, words: str) -> Ground:
    """Return the ground on which a licence ends. Raises `NotNow` where it may not, `Malformed`, `Incomplete`."""
    if end not in NEXT[state]:
        raise NotNow(
            f"该证照{STATE_NAMES[state]}，不能再办理{STATE_NAMES[end][1:]}。",
            code="licence.ended",
            state=str(state),
        )
    if ground not in GROUNDS[end]:
        allowed = "、".join(GROUND_NAMES[each] for each in GROUNDS[end])
        raise Malformed(
            f"{STATE_NAMES[end][1:]}须选择法定情形之一：{allowed}。", code="licence.ground", field="ground"
        )
    must_say(words, "请写明事实和理由；决定书要告知当事人。", code="reason.missing", field="reason")
    return Ground(ground)
