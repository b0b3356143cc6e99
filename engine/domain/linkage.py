"""Approval linked with supervision (审管联动): who is told of a grant, what he answers, what a penalty opens (§1.4)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.domain.agreement import Disagreement
from engine.domain.limit import Limit, Unit

#: How long a department may take to acknowledge; common practice, confirmed before a city goes live.
DEFAULT_ACKNOWLEDGE = Limit(5, Unit.WORKDAY)
#: Whose posts answer for a department, and whose review what it granted.
ANSWERING = ("inspector", "approver", "chief", "leader")


class Finding(StrEnum):
    """What a department found when it looked (第二次反馈)."""

    TAKEN_ON = "taken_on"
    NORMAL = "normal"
    PROBLEM = "problem"
    NOT_OURS = "not_ours"


FINDING_NAMES = {
    Finding.TAKEN_ON: "已纳入监管",
    Finding.NORMAL: "检查正常",
    Finding.PROBLEM: "发现问题",
    Finding.NOT_OURS: "不属本部门监管",
}


class Review(StrEnum):
    """What a review of a licence after a penalty comes to; revoking it is a procedure of its own (R-DEC-2)."""

    KEEP = "keep"
    REVOKE = "revoke"


REVIEW_NAMES = {Review.KEEP: "维持许可", Review.REVOKE: "启动撤销、吊销程序"}


@dataclass(frozen=True, slots=True)
class Linked:
    """Whom a grant is told to, how long they may take, and what else its holder will need (后置审批)."""

    departments: tuple[str, ...]
    acknowledge: Limit
    later: tuple[str, ...]


def read(record: Mapping[str, Any]) -> Linked | None:
    """Return what a matter's *record* says of it; None where nobody is told anything."""
    told, later = record.get("supervised_by") or (), tuple(record.get("later_permits") or ())
    departments = (told,) if isinstance(told, str) else tuple(told)
    if not departments and not later:
        return None
    figure = record.get("acknowledge_limit")
    limit = Limit(int(figure["value"]), Unit(figure["unit"])) if figure else DEFAULT_ACKNOWLEDGE
    return Linked(departments, limit, later)


def faults(
    record: Mapping[str, Any], departments: Collection[str], matters: Collection[str]
) -> Iterator[Disagreement]:
    """Iterate over departments and matters that a record names and nobody knows."""
    linked = read(record)
    for code in linked.departments if linked else ():
        if code not in departments:
            message = f"“{record['name']}”要推送的监管部门“{code}”不存在；请改正 supervised_by"
            yield Disagreement("linkage.unknown-department", code, message)
    for key in linked.later if linked else ():
        if key not in matters and key != record["key"]:
            message = f"“{record['name']}”告知的后置审批事项“{key}”不在事项目录里；请改正 later_permits"
            yield Disagreement("linkage.unknown-matter", key, message, grave=False)
