"""Looking at the place itself (勘验): who may go together (多勘合一), who must go, and what a look leads to.

Two officers or more (行政许可法 第三十四条第三款); a remote look (远程云勘) leaves pictures, and both sides stand by
them; a department that stays away is written down and holds nobody up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.deadline import BEIJING
from engine.domain.errors import Incomplete, Malformed, NotNow
from engine.domain.limit import Limit, Unit
from engine.domain.sheet import chinese

#: How many officers look at a place, or test what is tested (R-LIM-6).
FEWEST = 2
#: Within which time after acceptance those who test are assigned (行政许可法 第五十五条, R-LIM-6).
ASSIGN_WITHIN = Limit(5, Unit.WORKDAY)
#: What links a session may be opened by; anything else is no address.
_LINKS = ("https://", "http://")


class Mode(StrEnum):
    """How a place is looked at."""

    ONSITE = "onsite"
    REMOTE = "remote"


class State(StrEnum):
    """What became of an appointment."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """What a department found."""

    PASS = "pass"  # noqa: S105  a result, no password
    FAIL = "fail"
    REMEDY = "remedy"


MODE_NAMES: Mapping[Mode, str] = {Mode.ONSITE: "现场核勘", Mode.REMOTE: "远程云勘"}
STATE_NAMES: Mapping[State, str] = {State.PLANNED: "已排期", State.HELD: "已进行", State.CANCELLED: "已取消"}
RESULT_NAMES: Mapping[Result, str] = {
    Result.PASS: "符合",
    Result.FAIL: "不符合",
    Result.REMEDY: "整改后复查",
}


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who is to go, and the organisations he works in."""

    id: int
    name: str
    orgs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Visit:
    """When, where and how a place is looked at."""

    at: datetime
    place: str
    mode: Mode = Mode.ONSITE
    link: str = ""

    def words(self) -> str:
        """Say when and where, as a paper does."""
        local = self.at.astimezone(BEIJING)
        return f"{chinese(local.date())}{local:%H:%M}在{self.place.strip()}"

    def must_be_sound(self, now: datetime) -> None:
        """Raise `Malformed` for a moment that has passed or a link that is none, `Incomplete` without a place."""
        if self.at <= now:
            raise Malformed("勘验时间已经过去，请另选时间。", code="inspection.past", field="at")
        if not self.place.strip():
            raise Incomplete(
                "请写明勘验地点；远程勘验也要写明看哪一处。", code="inspection.place", field="place"
            )
        if self.mode is Mode.REMOTE and not self.link.strip():
            raise Incomplete("远程勘验须有会话链接，请填写。", code="inspection.link", field="link")
        if self.link and not self.link.startswith(_LINKS):
            raise Malformed("会话链接须以 https:// 或 http:// 开头。", code="inspection.link", field="link")


def moment(at: datetime) -> str:
    """A moment in Beijing, as a journal says it."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def must_be_joined(
    listed: Collection[str], due: Mapping[str, str], asked: Collection[str], names: Mapping[str, str]
) -> None:
    """Raise unless those *asked* may be looked at in one appointment; all are told by their case numbers.

    *due* are those that wait for an inspection, with their matters; more than one go together only where the
    bundle has *listed* their matters (``joint_inspection.members``).
    """
    if not asked:
        raise Incomplete("请至少选一个待勘验的事项。", code="inspection.nobody", field="officers")
    if idle := [no for no in asked if no not in due]:
        raise NotNow(
            f"“{_named(idle, names)}”没有等待勘验的环节，或已经排期；请去掉后再排。",
            code="inspection.not-due",
            field="officers",
        )
    apart = [no for no in asked if due[no] not in listed]
    if len(asked) > 1 and apart:
        raise Malformed(
            f"“{_named(apart, names)}”不在本一件事的联合勘验名单里，请单独排期。",
            code="inspection.not-listed",
            field="officers",
        )


def _named(numbers: Iterable[str], names: Mapping[str, str]) -> str:
    return "”“".join(names.get(no, no) for no in numbers)


def must_be_enough(
    chosen: Sequence[Officer], org: int, where: str, parties: Collection[str], fewest: int = FEWEST
) -> None:
    """Raise unless *chosen* may go for organisation *org*, called *where* (R-LIM-6, 行政许可法 第三十四条第三款).

    *parties* are the names of the applicant and whoever acts for him: nobody looks at his own case.
    """
    ids = [officer.id for officer in chosen]
    if twice := sorted({o.name for o in chosen if ids.count(o.id) > 1}):
        raise Malformed(
            f"“{'、'.join(twice)}”写了两次；请另派一人。", code="inspection.officer-twice", field="officers"
        )
    if strangers := [o.name for o in chosen if org not in o.orgs]:
        raise Malformed(
            f"{'、'.join(strangers)} 不是“{where}”的工作人员；请从本部门选派。",
            code="inspection.officer-other",
            field="officers",
        )
    if involved := [o.name for o in chosen if o.name in parties]:
        raise Malformed(
            f"{'、'.join(involved)} 与申请人或其代办人同名，须回避；请另派人员。",
            code="inspection.officer-party",
            field="officers",
        )
    if len(chosen) < fewest:
        raise Incomplete(
            f"“{where}”派了 {len(chosen)} 人，还差 {fewest - len(chosen)} 人；"
            f"须由 {fewest} 名以上工作人员进行（行政许可法三十四条、五十五条）。",
            code="inspection.officers",
            field="officers",
        )


def must_be_evidenced(mode: Mode, evidence: Collection[int], confirmed: datetime | None) -> None:
    """Raise `Incomplete` for a remote look without pictures, or one the applicant has not confirmed (远程云勘)."""
    if mode is Mode.ONSITE:
        return
    if not evidence:
        raise Incomplete(
            "远程勘验须留存影像；请先上传截图或录像封面。", code="inspection.evidence", field="file"
        )
    if confirmed is None:
        raise Incomplete(
            "远程勘验须双方确认；请先让申请人凭查询码确认，或由窗口代为登记。",
            code="inspection.unconfirmed",
            field="result",
        )


def outcome(result: Result, outcomes: Collection[str], remark: str) -> str | None:
    """Return what the step is completed with; None where it stays open until things are put right.

    Raises `Incomplete` for anything adverse without its facts, `Malformed` where the step knows no such end.
    """
    if result is not Result.PASS and not remark.strip():
        raise Incomplete("不符合或需整改的，须写明事实。", code="inspection.remark", field="remark")
    if not outcomes or result in outcomes:
        return str(result)
    if result is Result.REMEDY:
        return None
    raise Malformed(
        f"本环节不能以“{RESULT_NAMES[result]}”结束；请在办理意见里选择结论。",
        code="inspection.result",
        field="result",
    )


def must_be_over(planned: datetime, now: datetime, reported: Collection[str]) -> None:
    """Raise `NotNow` unless an appointment may be closed: its time has come, and somebody has looked."""
    if now < planned:
        raise NotNow("还没到勘验时间；请改期或取消。", code="inspection.early")
    if not any(reported):
        raise NotNow("还没有部门填写勘验结果；没有进行的请改期或取消。", code="inspection.nobody-reported")


def is_over(parts: Iterable[tuple[bool | None, str]]) -> bool:
    """Has every department reported, or been written down as absent? Told as (present, result) pairs."""
    return all(present is False or bool(result) for present, result in parts)
