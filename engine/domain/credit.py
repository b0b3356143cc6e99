"""An applicant's credit (信用, R-TOL-6): what is recorded against him, and until when it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.deadline import last_day
from engine.domain.errors import NotNow
from engine.domain.limit import Limit, Unit


class Kind(StrEnum):
    """What was done."""

    BROKEN_PROMISE = "broken_promise"
    FALSE_COMMITMENT = "false_commitment"


KIND_NAMES = {Kind.BROKEN_PROMISE: "容缺承诺逾期未补", Kind.FALSE_COMMITMENT: "告知承诺不实"}
#: How long a record stands where nobody repairs it; regional practice, confirmed before a city goes live.
KEPT: Mapping[Kind, Limit] = {
    Kind.BROKEN_PROMISE: Limit(1, Unit.YEAR),
    Kind.FALSE_COMMITMENT: Limit(3, Unit.YEAR),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing recorded against an applicant, and the case it came from."""

    kind: Kind
    case_no: str
    expires_at: datetime
    repaired_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Does it still count at that moment: neither expired nor repaired?"""
        return self.repaired_at is None and at < self.expires_at


def must_be_clean(entries: Iterable[Entry], at: datetime, wish: str) -> None:
    """Raise `NotNow` where a record that stands forbids *wish* (容缺, 告知承诺), naming it and the way out."""
    standing = [entry for entry in entries if entry.stands(at)]
    if standing:
        worst = max(standing, key=lambda entry: entry.expires_at)
        raise NotNow(
            f"申请人有未修复的信用记录（{KIND_NAMES[worst.kind]}，办件 {worst.case_no}，记录至"
            f" {last_day(worst.expires_at)}），不适用{wish}；可按一般程序办理，"
            "或向督办管理岗、登记岗申请信用修复后再用。",
            code="credit.disqualified",
            kind=str(worst.kind),
        )
