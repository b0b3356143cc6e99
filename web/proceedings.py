"""What comes in beside a case's steps: appointments and results of inspections, hearings, votes, agencies."""

from typing import Any

import marshmallow as ma

from engine.domain.inspection import MODE_NAMES, RESULT_NAMES, Mode, Result, Visit
from engine.domain.vote import CHOICE_NAMES
from engine.domain.vote import Choice as Vote
from web.fields import Choice, Day, Moment, Pairs, Several, Text, Whole
from web.schemas import Form


class _Appointment(Form):
    """When, where and how a place is looked at (勘验)."""

    at = Moment("勘验时间", required=True)
    place = Text("勘验地点", 200, load_default="")
    mode = Choice("勘验方式", {str(mode): name for mode, name in MODE_NAMES.items()}, load_default="onsite")
    link = Text("会话链接", 500, load_default="")

    @ma.post_load
    def visit(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Say the appointment as the rules do."""
        visit = Visit(read.pop("at"), read.pop("place"), Mode(read.pop("mode")), read.pop("link"))
        return {**read, "visit": visit}


class PlanInspection(_Appointment):
    """An appointment (排期), and who goes to it: officers by the number of the case they go for."""

    officers = Pairs("勘验人员", Several("勘验人员", Whole("勘验人员"), 20), load_default=dict)


class MoveInspection(_Appointment):
    """Another time or place for an appointment (改期), and why."""

    reason = Text("改期原因", 500, load_default="")


class Attach(Form):
    """A file that was handed in before."""

    file_id = Whole("附件编号", required=True)


class ReportInspection(Form):
    """What a department found (勘验结果), and who came where they are others than those who were sent."""

    result = Choice("勘验结果", {str(each): name for each, name in RESULT_NAMES.items()}, required=True)
    remark = Text("勘验记录", 500, load_default="")
    officers = Several("勘验人员", Whole("勘验人员"), 20, load_default=tuple)
    rev = Whole("任务版本", 0, load_default=None, allow_none=True)

    @ma.post_load
    def result_of(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "result": Result(read["result"])}


class Assign(Form):
    """Who is assigned to test what is tested (指派检验检测人员)."""

    officers = Several("检验人员", Whole("检验人员"), 20, required=True)


class InspectionDays(Form):
    """From which day on, and how many days, appointments are listed."""

    first = Day("起始日", load_default=None, data_key="from")
    days = Whole("天数", 1, 92, load_default=14)


class HearingWords(Form):
    """What an act says to the applicant."""

    words = Text("告知内容", 500, load_default="")


class ScheduleHearing(Form):
    """When and where a hearing is held (听证), and who sits in the chair."""

    at = Moment("听证时间", required=True)
    place = Text("听证地点", 200, load_default="")
    chair = Whole("主持人", required=True)


class HoldHearing(Form):
    """What a hearing brought, and its record (听证笔录)."""

    outcome = Text("听证意见", 2000, load_default="")
    record = Whole("听证笔录", load_default=None, allow_none=True)


class Convene(Form):
    """The question put to a committee (提请表决), its members, and until when they vote."""

    question = Text("提请表决的事项", 500, load_default="")
    members = Several("委员", Whole("委员"), 60, load_default=tuple)
    until = Moment("表决期限", required=True)


CHOICES = {str(each): name for each, name in CHOICE_NAMES.items() if each}


class Cast(Form):
    """What a member does (投票): agree, oppose, abstain, or take no part."""

    choice = Choice("表决意见", CHOICES, required=True)
    reason = Text("理由", 500, load_default="")

    @ma.post_load
    def choice_of(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "choice": Vote(read["choice"])}


class Recuse(Form):
    """A member who takes no part (回避), and why."""

    member = Whole("委员", required=True)
    reason = Text("理由", 500, load_default="")


class CloseVote(Form):
    """The minutes of a vote (会议纪要), and what the chair adds."""

    minutes = Whole("会议纪要", load_default=None, allow_none=True)
    words = Text("说明", 500, load_default="")
    rev = Whole("任务版本", 0, load_default=None, allow_none=True)


class ChooseAgency(Form):
    """Which agency the applicant chose for a service (中介服务)."""

    service = Text("中介服务", 60, load_default="")
    agency = Text("机构名称", 100, load_default="")


class FinishAgency(Form):
    """What an agency's service came to."""

    result = Text("结果", 500, load_default="")
