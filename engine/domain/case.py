"""The whole life of a case (办件): its states, what may follow what, and its number."""

from datetime import date
from enum import StrEnum

from engine.domain.errors import NotNow


class State(StrEnum):
    """The canonical states of rulebook §3.

    Suspension (特别程序) and extension are no states: they are told by clocks (R-ST-2).
    """

    SUBMITTED = "submitted"
    PREREVIEW_REJECTED = "prereview_rejected"
    PREREVIEW_PASSED = "prereview_passed"
    #: Taken in at another place (代收) and not yet received by its home: no clock of the home runs.
    COLLECTED = "collected"
    RECEIVED = "received"
    CORRECTION = "correction"
    CORRECTED = "corrected"
    NOT_REQUIRED = "not_required"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    ACCEPTED_TOLERANT = "accepted_tolerant"
    ACCEPTED_DEEMED = "accepted_deemed"
    #: Reviewed below and passed up (转报): the authority above decides, as of a direct submission (R-LIM-3).
    TRANSFERRED = "transferred"
    GRANTED = "granted"
    GRANTED_TOLERANT = "granted_tolerant"
    GRANTED_PARTLY = "granted_partly"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_DEEMED = "withdrawn_deemed"
    ACCEPTANCE_REVOKED = "acceptance_revoked"
    RETURNED = "returned"
    VOID = "void"
    #: What was begun without his applying (免申即办) the person does not want.
    DECLINED = "declined"
    DELIVERED = "delivered"
    #: Of a former system's case: it ended, and no more is known.
    ENDED = "ended"


STATE_NAMES: dict[State, str] = {
    State.SUBMITTED: "网上已提交，待预审",
    State.PREREVIEW_REJECTED: "预审退回",
    State.PREREVIEW_PASSED: "预审通过",
    State.COLLECTED: "异地代收，待属地接收",
    State.RECEIVED: "收件",
    State.CORRECTION: "待补正",
    State.CORRECTED: "已补正，待确认",
    State.NOT_REQUIRED: "不受理（无需办理）",
    State.NOT_ACCEPTED: "不予受理",
    State.ACCEPTED: "受理",
    State.ACCEPTED_TOLERANT: "容缺受理",
    State.ACCEPTED_DEEMED: "视为受理",
    State.TRANSFERRED: "已转报上级",
    State.GRANTED: "办结（准予）",
    State.GRANTED_TOLERANT: "办结（容缺通过）",
    State.GRANTED_PARTLY: "部分办结",
    State.DENIED: "办结（不予）",
    State.WITHDRAWN: "撤回",
    State.WITHDRAWN_DEEMED: "视为撤回",
    State.ACCEPTANCE_REVOKED: "撤销受理",
    State.RETURNED: "退件",
    State.VOID: "终止",
    State.DECLINED: "放弃",
    State.DELIVERED: "已送达",
    State.ENDED: "办结（结果不详）",
}

#: Before acceptance: the five-day notice clock runs (R-ACC-1).
UNACCEPTED = frozenset(
    {State.SUBMITTED, State.RECEIVED, State.CORRECTION, State.CORRECTED, State.PREREVIEW_PASSED}
)
#: Taken in elsewhere and on its way: the place of intake has a clock of its own, the home has none yet.
ON_THE_WAY = frozenset({State.COLLECTED})
#: Accepted and not yet decided: the promised and legal clocks run.
UNDECIDED = frozenset({State.ACCEPTED, State.ACCEPTED_TOLERANT, State.ACCEPTED_DEEMED, State.TRANSFERRED})
#: Granted; with tolerance, something may still have to come (容缺办结, R-TOL-7).
GRANTS = frozenset({State.GRANTED, State.GRANTED_TOLERANT})
#: Decided; what is left is delivery.
DECIDED = GRANTS | {State.GRANTED_PARTLY, State.DENIED}
#: Nothing can follow.
FINAL = frozenset(
    {
        State.PREREVIEW_REJECTED,
        State.NOT_REQUIRED,
        State.NOT_ACCEPTED,
        State.WITHDRAWN,
        State.WITHDRAWN_DEEMED,
        State.ACCEPTANCE_REVOKED,
        State.RETURNED,
        State.VOID,
        State.DECLINED,
        State.DELIVERED,
        State.ENDED,
    }
)
#: The applicant may still take it back.
WITHDRAWABLE = UNACCEPTED | ON_THE_WAY | UNDECIDED
#: The ways a member leaves a bundle's flow: it is decided, or it ended without a decision.
CONCLUDED = DECIDED | FINAL

_REFUSALS = {State.NOT_REQUIRED, State.NOT_ACCEPTED, State.WITHDRAWN}
_ACCEPTANCES = {State.ACCEPTED, State.ACCEPTED_TOLERANT, State.ACCEPTED_DEEMED}
_DECISIONS = {*GRANTS, State.DENIED}
#: How a case ends undecided once it is accepted; only what was begun for him unasked can he decline.
_ENDS = {
    State.DECLINED,
    State.WITHDRAWN,
    State.WITHDRAWN_DEEMED,
    State.ACCEPTANCE_REVOKED,
    State.RETURNED,
    State.VOID,
}

#: The whole life of a case. What is not written here cannot happen.
NEXT: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset(
        {
            State.RECEIVED,
            State.PREREVIEW_PASSED,
            State.PREREVIEW_REJECTED,
            State.CORRECTION,
            *_ACCEPTANCES,
            *_REFUSALS,
        }
    ),
    State.COLLECTED: frozenset({State.RECEIVED, State.WITHDRAWN}),
    State.RECEIVED: frozenset(
        {State.PREREVIEW_PASSED, State.CORRECTION, State.DECLINED, *_ACCEPTANCES, *_REFUSALS}
    ),
    State.PREREVIEW_PASSED: frozenset({State.CORRECTION, *_ACCEPTANCES, *_REFUSALS}),
    State.ACCEPTED: frozenset({*_DECISIONS, State.GRANTED_PARTLY, State.TRANSFERRED, *_ENDS}),
    State.ACCEPTED_TOLERANT: frozenset({*_DECISIONS, State.GRANTED_PARTLY, State.TRANSFERRED, *_ENDS}),
    State.ACCEPTED_DEEMED: frozenset({*_DECISIONS, State.GRANTED_PARTLY, State.TRANSFERRED, *_ENDS}),
    State.TRANSFERRED: frozenset({*_DECISIONS, *_ENDS}),
    State.CORRECTION: frozenset(
        {State.CORRECTED, State.WITHDRAWN, State.WITHDRAWN_DEEMED, State.DENIED, State.DECLINED}
    ),
    State.CORRECTED: frozenset(
        {State.PREREVIEW_PASSED, State.CORRECTION, State.DECLINED, *_ACCEPTANCES, *_REFUSALS}
    ),
    State.GRANTED: frozenset({State.DELIVERED}),
    State.GRANTED_TOLERANT: frozenset({State.GRANTED, State.DELIVERED}),
    State.GRANTED_PARTLY: frozenset({State.DELIVERED}),
    State.DENIED: frozenset({State.DELIVERED}),
    **{state: frozenset() for state in FINAL},
}


def move(old: State, new: State) -> State:
    """Return *new* if it may follow *old*; raise `NotNow` otherwise."""
    if new not in NEXT[old]:
        raise NotNow(
            f"办件现为“{STATE_NAMES[old]}”，不能变为“{STATE_NAMES[new]}”。",
            code="case.wrong-state",
            state=str(old),
        )
    return new


def must_be(state: State, allowed: frozenset[State], act: str) -> None:
    """Raise `NotNow` unless *state* is one of *allowed*; *act* is what was tried, in Chinese."""
    if state not in allowed:
        raise NotNow(
            f"办件现为“{STATE_NAMES[state]}”，不能{act}。", code="case.wrong-state", state=str(state)
        )


#: In which states a case stands on a step of these stages; on any other step it is accepted and undecided.
STANDS: dict[str, frozenset[State]] = {
    "apply": frozenset({State.SUBMITTED}),
    "prereview": frozenset({State.SUBMITTED}),
    "accept": UNACCEPTED - {State.CORRECTION},
    "correct": frozenset({State.CORRECTION}),
    "supply": frozenset({State.ACCEPTED_TOLERANT}),
    "deliver": DECIDED,
    "follow": DECIDED | {State.DELIVERED},
}


def must_stand(state: State, stage: str | None, step: str) -> None:
    """Raise `NotNow` unless a case in *state* may stand on *step*: no jump takes the place of a legal act."""
    if state not in STANDS.get(stage or "", UNDECIDED):
        raise NotNow(
            f"办件现为“{STATE_NAMES[state]}”，不能转到“{step}”；受理、决定等须由有权的岗位依法作出。",
            code="jump.state",
            state=str(state),
        )


class Channel(StrEnum):
    """How an application came in (R-ACC-7: no channel may be made compulsory).

    A pushed case (推送, 免申即办) came of another's result: nobody applied.
    """

    WINDOW = "window"
    ONLINE = "online"
    AGENT = "agent"
    KIOSK = "kiosk"
    PUSH = "push"


CHANNEL_NAMES = {
    Channel.WINDOW: "窗口受理",
    Channel.ONLINE: "网上申请",
    Channel.AGENT: "帮办代办",
    Channel.KIOSK: "自助终端",
    Channel.PUSH: "免申推送",
}
_CHANNEL_DIGIT = {
    Channel.WINDOW: "1",
    Channel.ONLINE: "2",
    Channel.AGENT: "3",
    Channel.KIOSK: "4",
    Channel.PUSH: "5",
}
#: The applicant himself is at the keys: nobody at a window took it in.
BY_HIMSELF = frozenset({Channel.ONLINE, Channel.KIOSK})


def number(region: str, day: date, channel: Channel, serial: int) -> str:
    """Return a case number (办件编码, rulebook §8): region 6, day 8, channel 1, serial 6, check 1."""
    body = f"{region}{day:%Y%m%d}{_CHANNEL_DIGIT[channel]}{serial:06d}"
    return body + _check_digit(body)


def _check_digit(digits: str) -> str:
    """ISO/IEC 7064 MOD 11,10 over decimal *digits*."""
    product = 10
    for digit in digits:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return str((11 - product) % 10)
