"""A power of decision that was given by name (规范授权): from whom, to whom, of what matter, how far, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.errors import Malformed, NotYours


class Reach(StrEnum):
    """Which decisions it covers."""

    ALL = "all"
    GRANT = "granted"


REACH_NAMES: dict[Reach, str] = {Reach.ALL: "准予和不予", Reach.GRANT: "仅准予"}


@dataclass(frozen=True, slots=True)
class Power:
    """One power somebody was given; no *matter* means every matter of the post."""

    role: str
    org: int
    matter: str
    reach: Reach
    since: datetime
    until: datetime

    def covers(self, role: str, org: int, matter: str, outcome: str, at: datetime) -> bool:
        """Does it cover this decision now?"""
        return (
            (self.role, self.org) == (role, org)
            and self.matter in {"", matter}
            and self.reach in {Reach.ALL, outcome}
            and self.since <= at < self.until
        )


def must_cover(powers: Iterable[Power], role: str, org: int, matter: str, outcome: str, at: datetime) -> None:
    """Raise `NotYours` for a decision beyond every power given: 越权办理."""
    if not any(power.covers(role, org, matter, outcome, at) for power in powers):
        raise NotYours(
            "该决定超出您的授权范围（事项、结论或期限）；请由授权人办理，或由其扩大授权后再办。",
            code="power.beyond",
        )


def must_last(since: datetime, until: datetime) -> None:
    """Raise `Malformed` for a power that ends before it begins."""
    if until <= since:
        raise Malformed("授权的截止日期须晚于起始日期。", code="power.until", field="until")
