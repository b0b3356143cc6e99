"""Reminding of a licence that ends (跟、管、帮): when its renewal may be asked for, and before it is too late.

Nothing begins by it: who does not apply has no case (申请人不启动不成件).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from engine.domain import renewal
from engine.domain.calendar import Calendar
from engine.domain.licence import State
from engine.domain.limit import Limit, Unit


class Kind(StrEnum):
    """The two reminders of a licence: it can be renewed now; soon it is too late."""

    OPEN = "open"
    LAST = "last"


class Said(StrEnum):
    """What came of calling somebody (有感服务)."""

    TOLD = "told"
    UNWANTED = "unwanted"
    UNREACHED = "unreached"


class Standing(StrEnum):
    """What came of a reminder."""

    WAITING = "waiting"
    UNREACHED = "unreached"
    TOLD = "told"
    APPLIED = "applied"
    RENEWED = "renewed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ENDED = "ended"


KIND_NAMES: dict[Kind, str] = {Kind.OPEN: "可以办理", Kind.LAST: "即将逾期"}
SAID_NAMES: dict[Said, str] = {Said.TOLD: "已告知", Said.UNWANTED: "不办", Said.UNREACHED: "无法联系"}
STANDING_NAMES: dict[Standing, str] = {
    Standing.WAITING: "待联系",
    Standing.UNREACHED: "无法联系",
    Standing.TOLD: "已告知",
    Standing.APPLIED: "已申请",
    Standing.RENEWED: "已延续",
    Standing.DECLINED: "不办",
    Standing.LAPSED: "逾期未申请",
    Standing.ENDED: "证照已失效",
}
#: While it stands so, the holder is reminded on his page.
OPEN = frozenset({Standing.WAITING, Standing.UNREACHED, Standing.TOLD})
#: While it stands so, somebody is to be called.
TO_CALL = frozenset({Standing.WAITING, Standing.UNREACHED})

#: Typical figures, where the record of the matter says nothing else under ``renewal``: from when on a renewal is
#: asked for, and how long before the last day for it one reminds again.
TYPICAL: dict[str, Limit] = {"opens": Limit(90, Unit.DAY), "near": Limit(15, Unit.DAY)}
#: No licence is reminded of longer before it ends; a record that opens earlier is reminded of from then on.
EARLIEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody goes on when a licence ends: by a matter that renews it, or by applying for it anew."""

    matter: str
    renews: bool
    opens: Limit
    before: Limit | None
    near: Limit


@dataclass(frozen=True, slots=True)
class Window:
    """From which day the renewal is asked for, from which one reminds again, and the last day."""

    opens: date
    near: date
    last: date

    def kind(self, today: date) -> Kind | None:
        """Which reminder is due on a day; None before the first and after the last day."""
        if not self.opens <= today <= self.last:
            return None
        return Kind.LAST if today >= self.near else Kind.OPEN


def ways(records: Iterable[Mapping[str, Any]]) -> dict[str, Way]:
    """Return how the licences of each matter are gone on with; by itself where no matter in force renews it."""
    known = {record["key"]: record for record in records}
    found = {key: _way(key, record, renews=False) for key, record in known.items()}
    for key, record in known.items():
        for renewed in (record.get("renewal") or {}).get("of") or ():
            found[renewed] = _way(key, record, renews=True)
    return found


def _way(key: str, record: Mapping[str, Any], *, renews: bool) -> Way:
    said = record.get("renewal") or {}
    asked = renewal.span(record) if renews else None
    return Way(
        matter=key,
        renews=renews,
        opens=renewal.limit(said.get("opens")) or TYPICAL["opens"],
        before=asked.before if asked else None,
        near=renewal.limit(said.get("near")) or TYPICAL["near"],
    )


def window(until: date, way: Way, calendar: Calendar) -> Window:
    """Return when a licence that ends on *until* is reminded of."""
    last = renewal.ahead(until, way.before, calendar) if way.before else until
    opens = min(renewal.ahead(until, way.opens, calendar), last)
    return Window(opens, max(opens, renewal.ahead(last, way.near, calendar)), last)


def standing(
    licence: str, *, applied: bool, granted: bool, said: str, declined: bool, last: date, today: date
) -> Standing:
    """Say what came of a reminder: what became of the licence, of the application, of the call; in this order."""
    told = {
        Standing.ENDED: licence != State.VALID,
        Standing.RENEWED: granted,
        Standing.APPLIED: applied,
        Standing.DECLINED: declined or said == Said.UNWANTED,
        Standing.LAPSED: today > last,
        Standing.TOLD: said == Said.TOLD,
        Standing.UNREACHED: said == Said.UNREACHED,
    }
    return next((each for each, holds in told.items() if holds), Standing.WAITING)
