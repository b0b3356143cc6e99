"""What an applicant keeps with us (材料库, §1.6, §8): how far it is trusted, and whether it may be used again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from engine.domain.deadline import day_of


class Trust(StrEnum):
    """How far a material is trusted (可信级, §8); the first letter is the best."""

    ISSUED = "A"
    VERIFIED = "B"
    UPLOADED = "C"
    OWN = "D"


TRUST_NAMES: dict[Trust, str] = {
    Trust.ISSUED: "A 电子证照",
    Trust.VERIFIED: "B 窗口已核验",
    Trust.UPLOADED: "C 上传，需核原件",
    Trust.OWN: "D 自制，申请人负责",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """One file in an applicant's library, under the standard code of a material."""

    id: int
    code: str
    name: str
    file_id: int
    trust: Trust
    valid_until: date | None
    consent_at: datetime | None
    withdrawn_at: datetime | None
    at: datetime
    origin: str
    mark: str = ""

    def provenance(self) -> str:
        """Say where it comes from, to whoever finds it on a case."""
        verified = f"，{self.mark}" if self.mark else ""
        return f"取自材料库：{day_of(self.at)} 随办件 {self.origin} 提交{verified}"


def graded(asked: Iterable[str]) -> Trust:
    """What an applicant hands in is his own making (D) or an upload to be checked (C), never more."""
    return Trust.OWN if Trust.OWN in set(asked) else Trust.UPLOADED


def enough(trust: str, wanted: Iterable[str]) -> bool:
    """Is it trusted at least as far as everybody who asks for it wants?"""
    return all(Trust(trust) <= Trust(each) for each in wanted)


def obstacle(held: Holding, wanted: Iterable[str], today: date) -> str:
    """Why it may not be used again, in Chinese; "" where it may. What lies on a case stays there all the same (§9)."""
    if held.withdrawn_at is not None:
        return "申请人已撤回授权，不再提供复用"
    if held.consent_at is None:
        return "申请人没有授权复用"
    if held.valid_until is not None and held.valid_until < today:
        return f"已于 {held.valid_until} 过期"
    if not enough(held.trust, wanted):
        return f"可信级为“{TRUST_NAMES[Trust(held.trust)]}”，低于本事项的要求；可由窗口核验原件后再用"
    return ""


def best(held: Iterable[Holding], wanted: Iterable[str], today: date) -> Holding | None:
    """Return what to use again: the most trusted, and of those the newest; None where nothing may be."""
    asked = tuple(wanted)
    usable = [each for each in held if not obstacle(each, asked, today)]
    newest = sorted(usable, key=lambda each: (each.at, each.id), reverse=True)
    return min(newest, key=lambda each: each.trust, default=None)


def mark(day: date, who: str) -> str:
    """The watermark (水印) of what the window has compared with its original."""
    return f"已核验 {day} {who}"
