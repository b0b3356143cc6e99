"""The clocks of a case (时限): which there are, who owes each, what it rests on, and which stops touch it.

A clock is a start, an allowance and what has been said since; when it is due is reckoned in deadline.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Clock(StrEnum):
    """The clocks of a case: each has its own start, allowance and article of law (rulebook 0-1)."""

    NOTICE = "notice"
    PREREVIEW = "prereview"
    PROMISED = "promised"
    LEGAL = "legal"
    STAGE = "stage"
    CORRECTION = "correction"
    TOLERANCE = "tolerance"
    DELIVERY = "delivery"
    TIMER = "timer"
    SPECIAL = "special"
    RENEWAL = "renewal"
    ASSIGN = "assign"
    HEARING = "hearing"
    RECTIFY = "rectify"
    CONTACT = "contact"
    SUPERVISION = "supervision"
    FOLLOW = "follow"
    ACKNOWLEDGE = "acknowledge"
    TRANSFER = "transfer"
    AFTERGRANT = "aftergrant"
    AMEND = "amend"
    REMIND = "remind"
    DECLINE = "decline"


class Precision(StrEnum):
    """How finely a clock counted by days ends (R-CNT-2): with the day, with the hall's hours, or to the second."""

    DATE = "date"
    CLOSE = "close"
    INSTANT = "instant"


class Party(StrEnum):
    """Who owes it that a clock does not run out."""

    AUTHORITY = "authority"
    APPLICANT = "applicant"
    OUTSIDE = "outside"


class Halt(StrEnum):
    """What may stop a clock: the applicant mends his file (补正), or a special procedure runs (特别程序)."""

    CORRECTION = "correction"
    SPECIAL = "special"


class Consequence(StrEnum):
    """What follows when a clock runs out. Lateness itself moves nothing; some clocks act."""

    LATE = "late"
    DEEMED_ACCEPTANCE = "deemed_acceptance"
    OVER_PROMISE = "over_promise"
    OVER_LAW = "over_law"
    UNANSWERED = "unanswered"
    BROKEN_PROMISE = "broken_promise"
    FLOW_GOES_ON = "flow_goes_on"
    COUNTS_AGAIN = "counts_again"
    DEEMED_RENEWAL = "deemed_renewal"
    BY_RULE = "by_rule"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a clock is: who owes it, what follows when it runs out, its articles and rules, what stops it.

    *articles* are those of the Licensing Law (行政许可法), *stopping* the one a stop of it rests on. *ledger*
    tells a clock of the whole case whose due moments are kept as history (R-CNT-7).
    """

    party: Party
    consequence: Consequence
    articles: tuple[int, ...]
    rules: tuple[str, ...]
    halts: tuple[Halt, ...] = ()
    stopping: tuple[int, ...] = ()
    ledger: bool = False


_LATE = Consequence.LATE

#: Every clock there is.
KINDS: Mapping[Clock, Kind] = {
    Clock.NOTICE: Kind(
        Party.AUTHORITY, Consequence.DEEMED_ACCEPTANCE, (32,), ("R-ACC-1",), (Halt.CORRECTION,)
    ),
    Clock.PREREVIEW: Kind(Party.AUTHORITY, _LATE, (32,), ("R-ACC-1",)),
    Clock.PROMISED: Kind(
        Party.AUTHORITY,
        Consequence.OVER_PROMISE,
        (42,),
        ("R-LIM-1", "R-LIM-10"),
        (Halt.SPECIAL,),
        (45,),
        ledger=True,
    ),
    Clock.LEGAL: Kind(
        Party.AUTHORITY, Consequence.OVER_LAW, (42,), ("R-LIM-1",), (Halt.SPECIAL,), (45,), ledger=True
    ),
    Clock.STAGE: Kind(Party.AUTHORITY, _LATE, (42,), ("R-LIM-10",), (Halt.SPECIAL,), (45,)),
    Clock.CORRECTION: Kind(Party.APPLICANT, Consequence.UNANSWERED, (32,), ("R-ACC-4", "R-ACC-5")),
    Clock.TOLERANCE: Kind(
        Party.APPLICANT, Consequence.BROKEN_PROMISE, (), ("R-TOL-2", "R-TOL-4"), ledger=True
    ),
    Clock.DELIVERY: Kind(Party.AUTHORITY, _LATE, (44,), ("R-LIM-4",)),
    Clock.TIMER: Kind(Party.AUTHORITY, Consequence.FLOW_GOES_ON, (), ("R-CNT-4",), (Halt.SPECIAL,)),
    Clock.SPECIAL: Kind(Party.OUTSIDE, Consequence.COUNTS_AGAIN, (45,), ("R-LIM-5", "R-CNT-6"), ledger=True),
    Clock.RENEWAL: Kind(Party.AUTHORITY, Consequence.DEEMED_RENEWAL, (50,), ("R-LIM-8",), ledger=True),
    Clock.ASSIGN: Kind(Party.AUTHORITY, _LATE, (55,), ("R-LIM-6",)),
    Clock.HEARING: Kind(Party.AUTHORITY, _LATE, (47, 48), ("R-LIM-7",)),
    Clock.RECTIFY: Kind(Party.AUTHORITY, _LATE, (), ("R-EV-2",)),
    Clock.CONTACT: Kind(Party.AUTHORITY, _LATE, (), ("R-EV-2",)),
    Clock.SUPERVISION: Kind(Party.AUTHORITY, _LATE, (), ("R-DEC-3",)),
    Clock.FOLLOW: Kind(Party.AUTHORITY, _LATE, (69,), ("R-TOL-7",)),
    Clock.ACKNOWLEDGE: Kind(Party.OUTSIDE, _LATE, (), ("R-CNT-4",)),
    Clock.TRANSFER: Kind(Party.AUTHORITY, _LATE, (), ("R-LIM-3",)),
    Clock.AFTERGRANT: Kind(Party.APPLICANT, Consequence.BROKEN_PROMISE, (), ("R-TOL-7",), ledger=True),
    # What an informed commitment (告知承诺) said falsely is put right by whoever said it (rulebook §4.3).
    # A promise draws near, where a diagram waits for it; no stop of the authority moves the applicant's day.
    Clock.REMIND: Kind(Party.APPLICANT, Consequence.FLOW_GOES_ON, (), ("R-TOL-4",)),
    Clock.AMEND: Kind(Party.APPLICANT, _LATE, (69,), ("R-DEC-2",), ledger=True),
    Clock.DECLINE: Kind(Party.APPLICANT, Consequence.BY_RULE, (), ("R-DEC-4",)),
}

#: The clocks of the whole case whose due moments are history.
LEDGER = frozenset(clock for clock, kind in KINDS.items() if kind.ledger)


def touched(halt: Halt) -> tuple[Clock, ...]:
    """Return the clocks a stop of that kind makes stand still."""
    return tuple(clock for clock, kind in KINDS.items() if halt in kind.halts)
