"""Tickets (工单): what cannot be got done (办不成事), complaints, consultations, follow-ups; with or without a case.

A ticket starts no clock of a case (§1.1): it has a due moment of its own, reckoned by `deadline.due`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.card import Kind as Watch
from engine.domain.case import State
from engine.domain.deadline import due
from engine.domain.errors import Incomplete, NotNow
from engine.domain.limit import Limit, Unit
from engine.domain.matter import limit


class Kind(StrEnum):
    """What somebody came with."""

    STUCK = "stuck"
    COMPLAINT = "complaint"
    CONSULT = "consult"
    FOLLOW_UP = "follow_up"


KIND_NAMES = {
    Kind.STUCK: "办不成事",
    Kind.COMPLAINT: "投诉举报",
    Kind.CONSULT: "咨询",
    Kind.FOLLOW_UP: "未办成事回访",
}
#: By which rules of cards each is watched.
WATCHED_AS: Mapping[Kind, Watch] = {
    Kind.STUCK: Watch.COMPLAINT,
    Kind.COMPLAINT: Watch.COMPLAINT,
    Kind.CONSULT: Watch.CONSULT,
    Kind.FOLLOW_UP: Watch.COMPLAINT,
}


class Source(StrEnum):
    """How it came in."""

    WINDOW = "window"
    HOTLINE = "hotline"
    ONLINE = "online"
    HOUSE = "house"


SOURCE_NAMES = {
    Source.WINDOW: "窗口",
    Source.HOTLINE: "热线",
    Source.ONLINE: "网上",
    Source.HOUSE: "系统生成",
}


class Cause(StrEnum):
    """Why it could not be got done, or what went wrong."""

    MATERIALS = "materials"
    CONDITIONS = "conditions"
    UNCLEAR = "unclear"
    POLICY = "policy"
    PASSED_ON = "passed_on"
    SLOW = "slow"
    MANNER = "manner"
    MISTAKE = "mistake"
    MISCONDUCT = "misconduct"
    SYSTEM = "system"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


CAUSE_NAMES = {
    Cause.MATERIALS: "材料不齐或难以取得",
    Cause.CONDITIONS: "不符合条件",
    Cause.UNCLEAR: "指南不清、告知不全",
    Cause.POLICY: "政策不明或相互矛盾",
    Cause.PASSED_ON: "部门推诿",
    Cause.SLOW: "办理缓慢",
    Cause.MANNER: "服务态度",
    Cause.MISTAKE: "办理差错",
    Cause.MISCONDUCT: "举报违规违纪",
    Cause.SYSTEM: "系统故障",
    Cause.CHANGED_MIND: "申请人改变主意",
    Cause.OTHER: "其他",
}
#: So many of one cause in a month are a matter of the house, not of a clerk (集中性问题).
MANY = 3


class Standing(StrEnum):
    """How a ticket stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


STANDING_NAMES = {Standing.OPEN: "办理中", Standing.ANSWERED: "已答复，待回访", Standing.CLOSED: "已办结"}

DEFAULT_ANSWER = Limit(5, Unit.WORKDAY)
DEFAULT_MORE = Limit(5, Unit.WORKDAY)
DEFAULT_MISDIRECTED = Limit(24, Unit.CLOCKHOUR)
DEFAULT_FOLLOW_UP = Limit(5, Unit.WORKDAY)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a ticket may take (安阳: 5+5 working days), and within what a wrongly assigned one goes back."""

    answer: Limit
    more: Limit
    misdirected: Limit
    follow_up: Limit

    @classmethod
    def read(cls, rules: Mapping[str, Any]) -> "Terms":
        """Read what the region rules; what it does not say is common practice."""
        said = rules.get("ticket") or {}
        return cls(
            limit(said.get("answer"), DEFAULT_ANSWER),
            limit(said.get("extension"), DEFAULT_MORE),
            limit(said.get("misdirected"), DEFAULT_MISDIRECTED),
            limit(rules.get("follow_up"), DEFAULT_FOLLOW_UP),
        )


def number(at: datetime, ticket_id: int) -> str:
    """How a ticket is called: GD20261123-000012."""
    return f"GD{at:%Y%m%d}-{ticket_id:06d}"


# -- following up what failed (未办成事回访) -----------------------------------------------------------------------

#: Ends after which somebody asks why; each member of a bundle has its own.
FAILED = frozenset({State.NOT_ACCEPTED, State.DENIED, State.RETURNED, State.ACCEPTANCE_REVOKED, State.VOID})
#: Ends of a whole application: a bundle is asked about once, not for each of its members.
GIVEN_UP = frozenset({State.WITHDRAWN, State.WITHDRAWN_DEEMED, State.PREREVIEW_REJECTED})


def is_followed(state: State, *, member: bool) -> bool:
    """Does somebody call whoever's application ended like this?"""
    return state in FAILED or (state in GIVEN_UP and not member)


# -- how it goes on --------------------------------------------------------------------------------------------


def must_be(standing: Standing, wanted: Standing, deed: str) -> None:
    """Raise `NotNow` unless the ticket stands as it must for *deed*."""
    if standing is not wanted:
        raise NotNow(f"工单现为“{STANDING_NAMES[standing]}”，不能{deed}；请刷新。", code="ticket.standing")


def must_still_go_back(assigned_at: datetime, at: datetime, terms: Terms, calendar: Calendar) -> None:
    """Raise `NotNow` for giving a wrongly assigned ticket (误派) back too late; who kept it answers it."""
    if at >= due(terms.misdirected, assigned_at, calendar):
        raise NotNow(
            f"误派须在 {terms.misdirected.words()}内退回，已经超过；请办理或转办。", code="ticket.back-late"
        )


def must_name_cause(kind: Kind, cause: Cause | None) -> None:
    """Raise `Incomplete` where an answer does not say why; only a question needs no cause."""
    if kind is not Kind.CONSULT and cause is None:
        raise Incomplete("请选择原因；集中性问题按原因归类。", code="cause.missing", field="cause")


def gathered(causes: Iterable[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    """Return what occurs often enough to be looked at as one (集中性问题), the most frequent first."""
    found = Counter(causes)
    return sorted(((each, n) for each, n in found.items() if n >= MANY), key=lambda pair: (-pair[1], pair[0]))
