"""What comes in: forms and bodies, read into values; what does not fit is refused in words a clerk can act on.

``load`` is the door: it returns what a schema makes of the input, or raises `Malformed` with the field, the
code and a finding for every other field that is wrong.
"""

from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import validate

from engine.domain import licence
from engine.domain.appointment import KIND_NAMES, Kind
from engine.domain.availability import AVAILABILITY_NAMES
from engine.domain.bundle import Pickup
from engine.domain.capability import LEVEL_NAMES, Level
from engine.domain.case import STATE_NAMES, Channel, State
from engine.domain.clock import Precision
from engine.domain.commitment import RESULT_NAMES
from engine.domain.deadline import end_of
from engine.domain.entrustment import SCOPE_NAMES, Scope
from engine.domain.identity import DISTRICT, HALL, ROLE_NAMES, Role
from engine.domain.incident import SOURCE_NAMES, Source
from engine.domain.linkage import FINDING_NAMES, REVIEW_NAMES, Finding, Review
from engine.domain.material import Handed, Standing
from engine.domain.mystery import CAPACITY_NAMES, Capacity
from engine.domain.power import REACH_NAMES, Reach
from engine.domain.priority import SPECIAL_NAMES
from engine.domain.roster import Entry
from engine.queries import linked
from engine.services.authoriser import GIVEN
from engine.services.authoriser import KINDS as KINDS_OF_PLACE
from engine.services.booking import Wish
from engine.services.mandating import Presented
from engine.services.probing import Visit
from engine.services.receiving import Application, Person
from web.fields import (
    Choice,
    Day,
    Document,
    Moment,
    Pairs,
    Part,
    Remark,
    Scalar,
    Several,
    Text,
    Whole,
    Word,
    Yes,
    credit_code,
    id_number,
    refuse,
    wrong,
)


def load(schema: ma.Schema, given: Any) -> Any:
    """Return what *schema* makes of *given*. Raises `Malformed` with a finding for each field."""
    try:
        return schema.load(given)
    except ma.ValidationError as error:
        refuse(error)


class Form(ma.Schema):
    """What every form has in common: unknown fields are refused, in Chinese."""

    error_messages = {  # noqa: RUF012  read by marshmallow as a plain dictionary
        "unknown": Remark("没有这个字段；请核对字段名。", "field.unknown"),
        "type": Remark("应是一组字段（JSON 对象）；请按接口文档的格式重填。", "field.type"),
        "string_value": Remark("应是文字。", "field.invalid"),
    }

    class Meta:
        """Fields come out in the order they are written."""

        unknown = ma.RAISE


class Nothing(Form):
    """An act that takes no fields."""


class SignIn(Form):
    """A name and a password."""

    login = Text("用户名", 60, required=True)
    password = Text("密码", 200, required=True)


KINDS = {"person": "自然人", "company": "法人或其他组织"}
#: Which number identifies whom.
_NUMBER = {"person": id_number, "company": credit_code}


class PersonSchema(Form):
    """An applicant or an agent; loads into a `Person`."""

    kind = Choice("申请人类型", KINDS, load_default="person")
    id_number = Text("证件号码", 30, required=True)
    name = Text("姓名或名称", 100, required=True)
    phone = Text("联系电话", 30, load_default="")

    @ma.post_load
    def person(self, read: dict[str, Any], **_: Any) -> Person:
        """Check the number by the kind of person it must identify."""
        try:
            number = _NUMBER[read["kind"]](read["id_number"])
        except ma.ValidationError as error:
            raise ma.ValidationError({"id_number": error.messages}) from None
        return Person(**{**read, "id_number": number})


#: What an applicant or the window may say of a material; the rest is for the house to find.
HANDED_IN = {Standing.RECEIVED.value: "收到", Standing.SHARED.value: "免提交"}


class HandedSchema(Form):
    """A material that is handed in; loads into a `Handed`."""

    code = Word("材料代码", 60, required=True)
    standing = Choice("材料状态", HANDED_IN, load_default="received")
    file_id = Whole("附件编号", load_default=None, allow_none=True)
    remark = Text("材料说明", 500, load_default="")

    @ma.post_load
    def handed(self, read: dict[str, Any], **_: Any) -> Handed:
        return Handed(**{**read, "standing": Standing(read["standing"])})


def each_once(materials: list[Handed]) -> None:
    """Refuse a material named twice: which of the two is meant?"""
    codes = [each.code for each in materials]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise wrong(f"材料“{'、'.join(twice)}”写了两次，请只写一次。", "material.twice")


CAPACITIES = {str(each): name for each, name in CAPACITY_NAMES.items()}


class VisitSchema(Form):
    """Who tries the house out (体验办件), as what, and why; loads into a `Visit`."""

    capacity = Choice("身份", CAPACITIES, load_default=Capacity.EXPERIENCER.value)
    visitor = Text("体验人", 100, required=True)
    purpose = Text("体验目的", 500, load_default="")

    @ma.post_load
    def visit(self, read: dict[str, Any], **_: Any) -> Visit:
        return Visit(**{**read, "capacity": Capacity(read["capacity"])})


CHANNELS = {
    Channel.ONLINE.value: "网上申请",
    Channel.WINDOW.value: "窗口受理",
    Channel.AGENT.value: "帮办代办",
    Channel.KIOSK.value: "自助终端",
}


class MandateSchema(Form):
    """A letter of authority (授权书) that is shown: until when, for which matters, and its file."""

    until = Day("授权截止日期", required=True)
    matters = Several("授权事项", Word("事项", 60, required=True), 50, load_default=tuple)
    file_id = Whole("附件编号", load_default=None, allow_none=True)

    @ma.post_load
    def shown(self, read: dict[str, Any], **_: Any) -> Presented:
        return Presented(**{**read, "matters": tuple(read["matters"])})


#: How the results of a bundle are handed out.
PICKUPS = {Pickup.TOGETHER.value: "统一出件", Pickup.APART.value: "分批领取"}


class ApplicationSchema(Form):
    """An application for a matter or a bundle; loads into an `Application`."""

    matter = Word("事项", 60, required=True)
    applicant = Part("申请人", PersonSchema, required=True)
    agent = Part("代办人", PersonSchema, load_default=None, allow_none=True)
    mandate = Part("授权书", MandateSchema, load_default=None, allow_none=True)
    channel = Choice("申请渠道", CHANNELS, load_default=Channel.ONLINE.value)
    members = Several("所选事项", Word("事项", 60, required=True), 50, load_default=tuple)
    flags = Pairs("情形问答", Yes("情形问答", required=True), load_default=dict)
    answers = Pairs("表单内容", Scalar("表单内容", allow_none=True), load_default=dict)
    materials = Several("申请材料", Part("申请材料", HandedSchema), validate=each_once, load_default=tuple)
    hall = Word("受理大厅", 40, load_default=HALL)
    street = Word("所属街道", 40, load_default=None, allow_none=True)
    licence_until = Day("原证照有效期至", load_default=None, allow_none=True)
    licence = Text("原证照编号", 60, load_default="")
    reuse = Several("取自材料库的材料", Word("材料代码", 60, required=True), load_default=tuple)
    unverified = Several("核验失败的材料", Word("材料代码", 60, required=True), load_default=tuple)
    consent = Yes("同意以后复用", load_default=False)
    code = Text("以前办件的查询码", 30, load_default="")
    visit = Part("体验办件", VisitSchema, load_default=None, allow_none=True)
    homes = Several("业务属地", Word("业务属地", 40, required=True), 20, load_default=tuple)
    pickup = Choice("领取方式", PICKUPS, load_default=Pickup.TOGETHER.value)

    @ma.post_load
    def application(self, read: dict[str, Any], **_: Any) -> Application:
        listed = {
            name: tuple(read[name]) for name in ("members", "materials", "reuse", "unverified", "homes")
        }
        street = read["street"] or None
        chosen = {"channel": Channel(read["channel"]), "pickup": Pickup(read["pickup"])}
        return Application(**{**read, **listed, **chosen, "street": street})


class Renewing(Form):
    """Which licence is to be renewed, and until when it is valid."""

    licence_until = Day("原证照有效期至", load_default=None, allow_none=True)
    licence = Text("原证照编号", 60, load_default="")


#: How materials or results go from one place to another.
WAYS = {"electronic": "电子推送", "mail": "邮寄"}


class SendResult(Form):
    """How a result goes back to the place of intake (结果回寄)."""

    method = Choice("转送方式", WAYS, load_default="electronic")
    waybill = Text("运单号", 60, load_default="")


class HandOver(SendResult):
    """How what was taken in goes to its home, and that the applicant's identity was checked (异地代收)."""

    identified = Yes("已核验身份", load_default=False)


class SendBack(Form):
    """Why what arrived goes back to the place of intake, material by material."""

    reason = Text("退回理由", 500, load_default="")
    remarks = Pairs("材料问题", Text("材料问题", 500), load_default=dict)


class ReportUp(Form):
    """The outcome and opinion of an initial review that goes up (转报)."""

    outcome = Word("初审结论", 30, required=True)
    opinion = Text("初审意见", 2000, load_default="")


class Place(Form):
    """A place that is added: a street, community, point or kiosk, or a hall or authority of another region."""

    code = Word("机构代码", 40, required=True)
    name = Text("机构名称", 100, required=True)
    kind = Choice("机构类型", KINDS_OF_PLACE, required=True)
    parent = Word("上级机构", 40, load_default=DISTRICT)
    region = Text("行政区划代码", 6, load_default="")
    short = Text("机关代字", 10, load_default="")


class Entrust(Form):
    """Who entrusts whom with which matter, how far, by which public notice, until when (委托、下放)."""

    principal = Word("委托机关", 40, required=True)
    agent = Word("受委托机关", 40, required=True)
    matter = Word("事项", 60, required=True)
    scope = Choice("委托方式", {str(k): v for k, v in SCOPE_NAMES.items()}, required=True)
    notice_no = Text("公告文号", 60, load_default="")
    until = Day("委托期限", load_default=None, allow_none=True)

    @ma.post_load
    def read(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        until = read["until"]
        return {**read, "scope": Scope(read["scope"]), "until": end_of(until) if until else None}


class LayDown(Form):
    """What a place does about matters (受理、代办、帮办、不办)."""

    place = Word("机构", 40, required=True)
    matters = Several("事项", Word("事项", 60, required=True), 200, load_default=tuple)
    level = Choice("办理方式", {str(k): v for k, v in LEVEL_NAMES.items()}, required=True)

    @ma.post_load
    def read(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "level": Level(read["level"])}


class Empower(Form):
    """Whom one gives the decisions of one's post to, of which matter, how far, until when (授权)."""

    to = Word("被授权人", 60, required=True)
    role = Choice("岗位", {str(r): ROLE_NAMES[r] for r in GIVEN}, required=True)
    org = Word("机构", 40, required=True)
    matter = Text("事项", 60, load_default="")
    reach = Choice("授权范围", {str(k): v for k, v in REACH_NAMES.items()}, load_default="all")
    until = Day("截止日期", required=True)
    document_no = Text("授权书文号", 60, load_default="")

    @ma.post_load
    def read(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {
            **read,
            "role": Role(read["role"]),
            "reach": Reach(read["reach"]),
            "until": end_of(read["until"]),
        }


class Project(Form):
    """A key project (重点项目) and its champion."""

    name = Text("项目名称", 100, load_default="")
    champion = Text("包抓人", 60, load_default="")


class Champion(Form):
    """Who champions a project from now on."""

    champion = Text("包抓人", 60, load_default="")


class Join(Form):
    """Which case becomes part of a project."""

    case = Word("办件编号", 60, required=True)


class Prereview(Form):
    """Whether an online application passes its pre-review (预审)."""

    passed = Yes("预审结论", required=True)
    reason = Text("理由", 500, load_default="")


class Correct(Form):
    """What is wanting (补正告知): a remark for each material found wrong; what is missing is added by itself."""

    remarks = Pairs("补正意见", Text("补正意见", 500), load_default=dict)
    override = Text("再次告知的理由", 500, load_default="")


class Tolerate(Form):
    """Which secondary materials may come later (容缺), and by which day."""

    codes = Several("容缺材料", Word("材料代码", 60, required=True), required=True)
    by = Day("补齐日期", load_default=None, allow_none=True)
    consent = Yes("申请人自愿承诺", load_default=False)


class PromiseAfterGrant(Form):
    """Which secondary materials the applicant promises to bring after the grant (容缺办结)."""

    codes = Several("后补材料", Word("材料代码", 60, required=True), required=True)
    consent = Yes("申请人自愿承诺", load_default=False)


class PostponePromise(Form):
    """Until when a promise is moved on for an act of God (不可抗力), and why."""

    reason = Text("不可抗力事由", 500, required=True)
    until = Day("顺延至", required=True)


REFUSALS = {State.NOT_ACCEPTED.value: "不予受理", State.NOT_REQUIRED.value: "无需受理"}


class Refuse(Form):
    """Why a case is not accepted; loads ``state`` as a `State`."""

    state = Choice("处理结果", REFUSALS, required=True)
    reason = Text("理由", 500, load_default="")

    @ma.post_load
    def state_of(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "state": State(read["state"])}


class Reached(Form):
    """When and where what was promised reached the department (R-TOL-4)."""

    reached = Day("送达部门日期", load_default=None, allow_none=True)
    place = Text("送达地点", 60, load_default="")


class Supplement(Reached):
    """Materials that were asked for or promised."""

    materials = Several(
        "补交材料",
        Part("补交材料", HandedSchema),
        required=True,
        validate=[validate.Length(min=1, error="请至少补交一份材料。"), each_once],
    )
    consent = Yes("同意以后复用", load_default=False)


class Verify(Form):
    """Which uploaded materials were compared with their originals (核验原件), and until when these are valid."""

    codes = Several("核验的材料", Word("材料代码", 60, required=True), required=True)
    valid_until = Day("原件有效期至", load_default=None, allow_none=True)


class EndLicence(Form):
    """Why a licence is revoked (撤销) or cancelled (注销): the ground the law knows, and the facts."""

    ground = Word("法定情形", 20, required=True)
    reason = Text("事实和理由", 500, load_default="")


class Licences(Form):
    """A page of e-licences, by how they stand; ``q`` is in a number, a name, a kind or the holder's name."""

    state = Choice(
        "证照状态", {"": "全部", **{str(s): name for s, name in licence.STATE_NAMES.items()}}, load_default=""
    )
    q = Text("查找内容", 60, load_default="")
    limit = Whole("每页条数", 1, 200, load_default=50)
    cursor = Whole("翻页位置", load_default=None)


class Suspend(Form):
    """The legal ground of a special procedure (特别程序) and the notice that told the applicant."""

    ground = Text("中止事由", 40, load_default="")
    notice = Text("告知内容", 500, load_default="")
    planned = Text("所需时间", 30, load_default="")


class Resume(Form):
    """Which special procedure has ended, where there are several, and with what result."""

    stop = Whole("特别程序", 0, load_default=None, allow_none=True)
    result = Text("结果", 500, load_default="")


class Reason(Form):
    """Why: the reason an act must give."""

    reason = Text("理由", 500, load_default="")


class Available(Reason):
    """Whether a matter is offered, and why not."""

    state = Choice("状态", {str(state): name for state, name in AVAILABILITY_NAMES.items()}, required=True)


class Withdraw(Form):
    """Why it is taken back; of a member, whether those that wait for it are taken back too."""

    reason = Text("撤回原因", 500, load_default="")
    followers = Yes("一并撤回等待它的事项", load_default=False)


class ChoosePickup(Form):
    """How the results of a bundle are to be handed out."""

    pickup = Choice("领取方式", PICKUPS, required=True)


class InspectCommitment(Form):
    """What the check of an informed commitment found, and the facts."""

    result = Choice("核查结果", {str(each): name for each, name in RESULT_NAMES.items()}, required=True)
    words = Text("事实和理由", 500, load_default="")


class Urge(Form):
    """What the manager says to whoever holds the case."""

    words = Text("催办意见", 500, load_default="")


class Supervise(Form):
    """What an order to hurry (督办单) asks, and within which limit it is to be answered ("3 workday")."""

    words = Text("督办事项和要求", 500, load_default="")
    limit = Text("答复时限", 20, load_default="")


class Method(StrEnum):
    """How a decision reaches the applicant (送达方式)."""

    WINDOW = "window"
    MAIL = "mail"
    ELECTRONIC = "electronic"


METHODS = {Method.WINDOW.value: "窗口领取", Method.MAIL.value: "邮寄", Method.ELECTRONIC.value: "电子送达"}


class Deliver(Form):
    """How the result was handed out, to whom, and the waybill if it was mailed."""

    method = Choice("送达方式", METHODS, load_default=Method.WINDOW.value)
    receiver = Text("领取人", 100, load_default="")
    waybill = Text("运单号", 60, load_default="")


class Complete(Form):
    """The outcome and opinion of a step, who took part, and the revision of the task the form was made from."""

    outcome = Word("办理结论", 30, required=True)
    opinion = Text("办理意见", 2000, load_default="")
    officers = Several("同行人员", Text("同行人员", 60, required=True), 20, load_default=tuple)
    rev = Whole("任务版本", 0, load_default=None, allow_none=True)


class Return(Form):
    """Which earlier step a case goes back to (退回), and why."""

    to = Word("退回到", 100, required=True)
    reason = Text("退回理由", 500, load_default="")


class Jump(Form):
    """On which steps a case is put (调整环节), and why; with *task* only the branch of that task moves."""

    to = Several("调整到", Word("调整到", 100, required=True), 20, required=True)
    reason = Text("调整理由", 500, load_default="")
    task = Whole("任务编号", load_default=None, allow_none=True, data_key="task", attribute="task_id")


class Migrate(Form):
    """Which running cases move to a version (迁移), and what is called otherwise there."""

    source = Whole("原版本", load_default=None, allow_none=True, data_key="from")
    names = Pairs(
        "环节对应", Word("环节对应", 100, required=True), longest=100, load_default=dict, data_key="map"
    )
    dry_run = Yes("只试算", load_default=True)


class Transfer(Form):
    """Who gets a task (转办), and why."""

    user = Whole("接收人", required=True)
    reason = Text("理由", 500, load_default="")


class Delegate(Form):
    """Who is entrusted with a task (委派), and what he is asked."""

    user = Whole("受委派人", required=True)
    words = Text("委派说明", 500, load_default="")


class AddSigner(Form):
    """Who signs too (加签), and why."""

    user = Whole("加签人", required=True)
    reason = Text("理由", 500, load_default="")


class RemoveSigner(Form):
    """Who signs no more (减签): whose task it is, or *user* beside it."""

    user = Whole("减签人", load_default=None, allow_none=True)
    reason = Text("理由", 500, load_default="")


class Remind(Form):
    """What a colleague says to whoever holds a task (催办)."""

    words = Text("催办意见", 500, load_default="")


class Copy(Form):
    """Who is shown a case for information (抄送), with what words."""

    users = Several("抄送人", Whole("抄送人", required=True), 50, required=True)
    words = Text("抄送说明", 500, load_default="")


# -- what one may ask for --------------------------------------------------------------------------------------

STATES = {state.value: name for state, name in STATE_NAMES.items()}
VIEWS = {
    "mine": "我的待办",
    "claimable": "可认领",
    "waiting": "等待申请人",
    "done": "我已办结",
    "copied": "抄送我的",
}


class Register(Form):
    """A page of the register of cases."""

    state = Choice("办件状态", STATES, load_default=None)
    q = Text("查找内容", 60, load_default="")
    limit = Whole("每页条数", 1, 200, load_default=50)
    cursor = Whole("翻页位置", load_default=None)


class Inbox(Form):
    """A page of a task list."""

    view = Choice("视图", VIEWS, load_default="mine")
    sort = Choice("排序", {"due": "按到期"}, load_default="due")
    q = Text("查找内容", 60, load_default="")
    matter = Text("事项", 60, load_default="")
    whole = Yes("含他人当班的任务", load_default=False)
    limit = Whole("每页条数", 1, 200, load_default=50)
    cursor = Text("翻页位置", 40, load_default="", validate=validate.Regexp(
        r"^$|^[0-9]{1,12}(\.[0-9]{1,6})?-[0-9]{1,18}\Z", error="翻页的位置读不出来，请从第一页看起。"
    ))  # fmt: skip


CARD_STANDINGS = {"standing": "已发", "appealed": "申诉中", "confirmed": "已确认", "revoked": "已撤销"}
CARD_LEVELS = {"notice": "预警", "yellow": "黄牌", "red": "红牌"}


class Cards(Form):
    """A page of cards, by what became of them and by level."""

    standing = Choice("牌的状态", CARD_STANDINGS, load_default="")
    level = Choice("牌的等级", CARD_LEVELS, load_default="")
    cursor = Whole("翻页位置", load_default=None)


class AskHuman(Form):
    """What a person is to look at where a rule alone would decide (人工复核)."""

    reason = Text("希望人工核对什么", 500, load_default="")


PUSH_STANDINGS = {"": "全部", **linked.STANDINGS}


class Pushes(Form):
    """A page of what a department was told of grants (审管联动), by how it stands."""

    standing = Choice("签收状态", PUSH_STANDINGS, load_default="")
    cursor = Whole("翻页位置", load_default=None)


class FeedBack(Form):
    """What supervision found (监管反馈)."""

    finding = Choice("监管情况", {str(each): name for each, name in FINDING_NAMES.items()}, required=True)
    words = Text("说明", 1000, load_default="")

    @ma.post_load
    def found(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "finding": Finding(read["finding"])}


class Penalise(Form):
    """A penalty told back (监管处罚信息回传)."""

    document_no = Text("处罚决定书文号", 60, required=True)
    words = Text("违法事实和处罚", 1000, required=True)


class ReviewLicence(Form):
    """What the review of a licence after a penalty came to (许可复核)."""

    outcome = Choice("复核结论", {str(each): name for each, name in REVIEW_NAMES.items()}, required=True)
    opinion = Text("事实和理由", 1000, load_default="")

    @ma.post_load
    def reviewed(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "outcome": Review(read["outcome"])}


class After(Form):
    """Where a page begins."""

    after = Whole("翻页位置", load_default=None)


class EntrySchema(Form):
    """One person of a list, and what is known of him."""

    id_number = Text("证件号码", 30, required=True)
    name = Text("姓名", 100, required=True)
    facts = Pairs("情况", Scalar("情况"), load_default=dict)

    @ma.post_load
    def checked(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            return {**read, "id_number": id_number(read["id_number"], "证件号码")}
        except ma.ValidationError as error:
            raise ma.ValidationError({"id_number": error.messages}) from None


class ListOfPeople(Form):
    """A list of people a benefit may be for (免申即享名单)."""

    matter = Word("事项", 60, required=True)
    title = Text("名单名称", 100, load_default="")
    policy = Text("依据的政策文件", 200, load_default="")
    entries = Several("名单", Part("名单", EntrySchema), required=True)

    @ma.post_load
    def listed(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        numbered = tuple(Entry(line, **each) for line, each in enumerate(read["entries"], start=1))
        if len({each.id_number for each in numbered}) < len(numbered):
            raise ma.ValidationError({"entries": ["名单里有同一个人写了两次，请只留一次。"]})
        return {**read, "entries": numbered}


class Strike(Form):
    """An objection that holds (异议成立), and how it was verified."""

    words = Text("异议和核实情况", 500, load_default="")


class Message(Form):
    """A message (消息): to a case, to whoever waits for it, or, with an application, to begin one."""

    name = Text("消息名称", 200, required=True)
    case = Word("办件编号", 60, load_default=None, allow_none=True)
    vars = Pairs("随消息的变量", Scalar("变量", allow_none=True), load_default=dict)
    application = Part("申请", ApplicationSchema, load_default=None, allow_none=True)


TROUBLES = {"all": "全部", "open": "未结案", "settled": "已结案"}


class Incidents(Form):
    """A page of incidents (异常); ``q`` is the beginning of a case number or code, or an element."""

    state = Choice("状态", TROUBLES, load_default="all")
    source = Choice(
        "来源", {"": "全部", **{source.value: name for source, name in SOURCE_NAMES.items()}}, load_default=""
    )
    q = Text("查找内容", 60, load_default="")
    limit = Whole("每页条数", 1, 200, load_default=50)
    cursor = Text("翻页位置", 30, load_default="", validate=validate.Regexp(
        r"^$|^(open|settled)-[0-9]{1,18}\Z", error="翻页的位置读不出来，请从第一页看起。"
    ))  # fmt: skip

    @ma.post_load
    def source_of(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "source": Source(read["source"]) if read["source"] else None}


GROUPED = {"department": "部门", "matter": "事项", "channel": "渠道", "month": "到期月份"}
PRECISIONS = {Precision.INSTANT.value: "晚一秒也算超期", Precision.DATE.value: "到期日的次日起算超期"}


class Overdue(Form):
    """As of which moment to count what is late, by what, and how finely; ``within`` adds what falls due soon."""

    as_of = Moment("时点", load_default=None)
    group_by = Choice("分组", GROUPED, load_default="department")
    precision = Choice("精度", PRECISIONS, load_default=Precision.INSTANT.value)
    within = Whole("此后几天", 0, 3650, load_default=None, allow_none=True)


class Changes(Form):
    """From which day to which to compare the catalogue."""

    since = Day("起", load_default=None)
    until = Day("止", load_default=None)

    @ma.validates_schema
    def _in_order(self, given: dict[str, Any], **_: Any) -> None:
        if given["since"] and given["until"] and given["since"] > given["until"]:
            raise wrong("起始日期晚于截止日期；请对调。", "changes.order", "since")


class CalendarFounding(Form):
    """A calendar of a region or hall."""

    code = Text("日历代码", 12, required=True)
    name = Text("名称", 60, required=True)
    parent = Text("上级日历", 12, load_default="CN")


class SeasonSchema(Form):
    """From a day of the year on, when a hall is open."""

    from_ = Text("起始日", 5, data_key="from", load_default="01-01")
    workday = Text("工作日", 100, required=True)
    saturday = Text("周六", 100, load_default="")
    sunday = Text("周日", 100, load_default="")
    holiday = Text("节假日", 100, load_default="")

    @ma.post_load
    def told(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Name the day it begins as the rules do."""
        return {"from": read.pop("from_"), **read}


class CalendarDraft(Form):
    """What a calendar is to become: a notice as JSON or as a table, other hours, other organisations."""

    notice = Document("放假通知", load_default=None)
    table = Text("通知内容", 256 * 1024, load_default="")
    document = Text("文号", 60, load_default="")
    note = Text("说明", 500, load_default="")
    hours = Several("作息", Part("一季作息", SeasonSchema), 12, load_default=None)
    orgs = Several("适用机构", Text("机构代码", 40), load_default=None)


class CalendarYear(Form):
    """Which year is asked for."""

    year = Whole("年份", 1900, 2100, load_default=None)


# -- around the case --------------------------------------------------------------------------------------------

GROUPS = {group.value: name for group, name in SPECIAL_NAMES.items()}


class Prefer(Form):
    """Who goes first, and for what he is (老弱病残孕幼); none: nobody any longer."""

    groups = Several("特殊群体", Choice("特殊群体", GROUPS, required=True), 6, load_default=tuple)


class Words(Form):
    """What somebody says, in words."""

    words = Text("内容", 500, required=True)


class Guidance(Form):
    """What was advised before filing (申报辅导), with the application as it was prepared."""

    application = Part("申请", ApplicationSchema, required=True)
    words = Text("辅导意见", 2000, load_default="")


HANDOUTS = {"window": "窗口领取", "mail": "邮寄"}


class Handout(Form):
    """How the applicant wants his result: at which window, or posted to which address."""

    method = Choice("送达方式", HANDOUTS, required=True)
    hall = Word("取件窗口", 40, load_default="")
    receiver = Text("收件人", 100, load_default="")
    phone = Text("联系电话", 30, load_default="")
    address = Text("收件地址", 200, load_default="")


class Post(Form):
    """A posting: by whom, under which waybill; to whom and where, if not as he wished it."""

    carrier = Text("快递公司", 40, load_default="")
    waybill = Text("运单号", 60, load_default="")
    receiver = Text("收件人", 100, load_default="")
    phone = Text("联系电话", 30, load_default="")
    address = Text("收件地址", 200, load_default="")


class Sign(Form):
    """Who signed for it."""

    receiver = Text("签收人", 100, load_default="")


class MandateGiven(Form):
    """A letter of authority shown at a window: by whom, for whom."""

    principal = Part("委托人", PersonSchema, required=True)
    agent = Part("代办人", PersonSchema, required=True)
    mandate = Part("授权书", MandateSchema, required=True)
    hall = Word("大厅", 40, load_default=HALL)


class Authorise(Form):
    """Whom somebody authorises online, for which matters, until when."""

    agent = Part("代办人", PersonSchema, required=True)
    matters = Several("授权事项", Word("事项", 60, required=True), 50, load_default=tuple)
    until = Day("授权截止日期", required=True)


KINDS_OF_APPOINTMENT = {kind.value: name for kind, name in KIND_NAMES.items()}


class Booking(Form):
    """An appointment somebody asks for; loads into a `Wish`."""

    hall = Word("大厅", 40, load_default=HALL)
    at = Moment("预约时间", required=True)
    kind = Choice("预约方式", KINDS_OF_APPOINTMENT, load_default=Kind.WINDOW.value)
    matter = Word("事项", 60, load_default="")
    name = Text("姓名", 100, required=True)
    phone = Text("手机号", 30, required=True, validate=validate.Regexp(
        r"[0-9+ -]{6,30}\Z", error="手机号只由数字组成，请核对后重填。"
    ))  # fmt: skip
    address = Text("上门地址", 200, load_default="")
    first = Yes("特殊群体优先", load_default=False)

    @ma.post_load
    def wish(self, read: dict[str, Any], **_: Any) -> Wish:
        return Wish(**{**read, "kind": Kind(read["kind"])})


class Rebook(Form):
    """To which time an appointment moves, and the phone it was made with."""

    at = Moment("预约时间", required=True)
    phone = Text("手机号", 30, load_default="")


class Phone(Form):
    """The phone an appointment was made with."""

    phone = Text("手机号", 30, load_default="")


class Officer(Form):
    """Who is sent (上门服务)."""

    user = Whole("上门人员", required=True)


class DayOf(Form):
    """Which hall's day is asked for."""

    hall = Word("大厅", 40, load_default=HALL)
    day = Day("日期", load_default=None, allow_none=True)


class Month(Form):
    """Which month is asked for."""

    month = Text("月份", 7, load_default="")
