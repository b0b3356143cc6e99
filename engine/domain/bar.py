"""Who hid facts or showed false papers is warned, and for a time may not apply for the same again (R-ACC-8).

行政许可法 art. 78 (before it was granted) and art. 79 (got by fraud) bar only where the licence directly concerns
public safety, human health, life or property; for anything else there is the warning alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.deadline import BY_DAY
from engine.domain.errors import NotNow
from engine.domain.limit import Limit, Unit
from engine.domain.paper import LICENCE, LICENSING, type_of


class Ground(StrEnum):
    """What was done."""

    CONCEALED = "concealed"
    FRAUD = "fraud"


GROUND_NAMES: Mapping[Ground, str] = {
    Ground.CONCEALED: "隐瞒有关情况或者提供虚假材料",
    Ground.FRAUD: "以欺骗、贿赂等不正当手段取得许可",
}
ARTICLES: Mapping[Ground, str] = {
    Ground.CONCEALED: f"{LICENSING}第七十八条",
    Ground.FRAUD: f"{LICENSING}第七十九条",
}
#: For how long the same may not be applied for again.
FOR: Mapping[Ground, Limit] = {
    Ground.CONCEALED: Limit(1, Unit.YEAR),
    Ground.FRAUD: Limit(3, Unit.YEAR),
}
_IN_WORDS = {Ground.CONCEALED: "一年内", Ground.FRAUD: "三年内"}


class Standing(StrEnum):
    """How a finding stands."""

    FOUND = "found"  # written down; no decision rests on it yet
    WARNED = "warned"  # a warning, and nothing more
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


STANDING_NAMES: Mapping[Standing, str] = {
    Standing.FOUND: "已认定，待决定",
    Standing.WARNED: "已警告，不限制申请",
    Standing.RUNNING: "限制期内",
    Standing.OVER: "限制期满",
    Standing.CANCELLED: "已撤销",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A finding against an applicant in one matter: since which day it counts, and until when he is barred."""

    id: int
    matter_key: str
    matter: str
    ground: Ground
    case_no: str
    since: date | None
    until: date | None
    cancelled_at: datetime | None = None

    def standing(self, today: date) -> Standing:
        """How it stands on a day; its last one is barred too."""
        if self.cancelled_at is not None:
            return Standing.CANCELLED
        if self.since is None:
            return Standing.FOUND
        if self.until is None:
            return Standing.WARNED
        return Standing.RUNNING if today <= self.until else Standing.OVER

    def sentence(self) -> str:
        """Say to whoever applies why this is not taken in, and what he may do."""
        article = ARTICLES[self.ground].replace("《行政许可法》", "行政许可法")
        return (
            f"“{self.matter}”：申请人曾{GROUND_NAMES[self.ground]}（办件 {self.case_no}），至 {self.until} 不得再次申请"
            f"（{article}）；期满可以重新申请，认定有误的可以向原机关提出"
        )


def concerns_safety(record: Mapping[str, Any]) -> bool:
    """Does the matter directly concern public safety, human health, life or property (``safety``)?"""
    return bool(record.get("safety"))


def must_be_licence(record: Mapping[str, Any]) -> None:
    """Raise `NotNow` for a matter that is no licence: the articles are not about it."""
    if type_of(record) != LICENCE or "members" in record:
        raise NotNow(
            "行政许可法第七十八条只适用于行政许可事项；“一件事”请在成员事项的办件上认定，其他事项在不予办理的理由中写明。",
            code="bar.not-licence",
        )


def until(ground: Ground, record: Mapping[str, Any], since: date, calendar: Calendar) -> date | None:
    """Return the last day he is barred, the corresponding day (对应日, R-CNT-4); None where he is only warned."""
    if not concerns_safety(record):
        return None
    allowed = FOR[ground]
    return BY_DAY[allowed.unit].forward(since, allowed.value, calendar)


def told(facts: str, since: str, ends: str) -> tuple[str, ...]:
    """Return what a denial or refusal says of it: what was found, the warning, until when he is barred."""
    ground = Ground.CONCEALED
    found = f"经查，你（单位）在本次申请中{GROUND_NAMES[ground]}：{facts}"
    warned = f"依照{ARTICLES[ground]}，对你（单位）给予警告。"
    if not ends:
        return (found, warned)
    barred = (
        f"该许可直接关系公共安全、人身健康、生命财产安全，自{since}起{_IN_WORDS[ground]}（至{ends}）不得再次申请该行政许可；"
        "期满后可以重新申请。"
    )
    return (found, warned, barred)


def running(bars: Iterable[Bar], wanted: Collection[str], today: date) -> tuple[Bar, ...]:
    """Return those of *bars* that forbid to apply for something *wanted* today, for each matter the longest."""
    found: dict[str, Bar] = {}
    for each in sorted(bars, key=lambda each: each.until or date.min):
        if each.matter_key in wanted and each.standing(today) is Standing.RUNNING:
            found[each.matter_key] = each
    return tuple(found[key] for key in sorted(found))


def must_not_be(bars: Iterable[Bar]) -> None:
    """Raise `NotNow` where there is anything that bars, saying until when."""
    said = "；".join(each.sentence() for each in bars)
    if said:
        raise NotNow(f"{said}。", code="applicant.barred", field="applicant")


def is_another(by: int | None, cancels: int | None) -> bool:
    """Is it another person than who wrote the finding down?"""
    return by is None or by != cancels


def must_be_another(by: int | None, cancels: int | None) -> None:
    """Raise `NotNow` where whoever wrote a finding down would take it back himself."""
    if not is_another(by, cancels):
        raise NotNow(
            "认定有误须由另一人复核撤销，不能由认定人本人撤销；请报机关负责人或督办管理岗。",
            code="bar.same-person",
        )
