"""Services of agencies (中介服务): the applicant chooses, nobody else; only what the law requires stops the clock.

浙江 28 条: 仅法律要求的检验、检测、检疫、鉴定等所需时间不计入办理时限.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.errors import Malformed, NotYours, must_say
from engine.domain.limit import Limit


@dataclass(frozen=True, slots=True)
class Service:
    """A service a matter may need of an agency, its limit, and the ground on which its time does not count."""

    name: str
    limit: Limit
    ground: str = ""

    @property
    def excluded(self) -> bool:
        """Does its time not count, because a law requires it?"""
        return bool(self.ground)


def services(record: Mapping[str, Any]) -> dict[str, Service]:
    """Return the services a matter lists (``intermediary``); what no law requires has no ground."""
    return {
        each["name"]: Service(
            each["name"],
            Limit.parse(f"{each['limit']['value']} {each['limit']['unit']}"),
            each["ground"] if each.get("required") else "",
        )
        for each in record.get("intermediary") or ()
    }


def chosen(name: str, agency: str, known: Mapping[str, Service], *, himself: bool) -> Service:
    """Return the service chosen. Raises `NotYours` where somebody else than the applicant chooses the agency."""
    if not himself:
        raise NotYours(
            "中介机构由申请人自主选择，任何部门和工作人员不得代选、指定；请让申请人凭查询码自行选取。",
            code="intermediary.official",
            field="agency",
        )
    if name not in known:
        listed = "、".join(known) or "无"
        raise Malformed(
            f"本事项没有“{name}”这项中介服务；清单上有：{listed}。",
            code="intermediary.unknown",
            field="service",
        )
    must_say(agency, "请写明所选的机构名称。", code="intermediary.agency", field="agency")
    return known[name]
