"""What happened to a case (经过), told from the journal: one sentence for each act, in Chinese or English."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.bundle import Pickup
from engine.domain.card import LEVEL_NAMES, Level
from engine.domain.case import STATE_NAMES, State
from engine.domain.deadline import Clock, last_day
from engine.domain.limit import Limit
from engine.domain.linkage import FINDING_NAMES, REVIEW_NAMES
from engine.domain.rating import HUSHED
from engine.spiff.parser import Node
from engine.store.db import Row

#: How each act is told, in Chinese and in English; an act that is not here is not for this page.
PHRASES: dict[str, tuple[str, str]] = {
    "applied": ("收到申请", "application received"),
    "begun unasked": ("免申建件，收到推送数据", "begun without an application"),
    "offered": ("已告知本人，可以放弃，{document_no}", "the person was told and may decline, {document_no}"),
    "offer agreed": ("本人确认办理", "the person said yes"),
    "human asked": ("转由工作人员办理", "handed to a person"),
    "followed": ("为申请人免申办理“{matter}”，办件号 {no}", "“{matter}” begun unasked: {no}"),
    "linked": (
        "许可信息已推送{to}，{limit} 内签收",
        "the grant was told to {to}, to be acknowledged within {limit}",
    ),
    "later permits": (
        "已告知后续审批事项，{document_no}",
        "told what further permits are needed, {document_no}",
    ),
    "acknowledgement late": ("{to}逾期未签收，已提醒", "{to} did not acknowledge in time and was reminded"),
    "acknowledged": ("{to}已签收", "acknowledged by {to}"),
    "supervision fed back": ("{to}反馈监管情况：{finding}", "{to} on supervision: {finding}"),
    "penalised": (
        "{to}回传处罚 {document_no}，许可待复核",
        "penalty {document_no} told back by {to}; to be reviewed",
    ),
    "licence reviewed": ("许可复核：{review}", "the licence was reviewed: {review}"),
    "not begun": ("按规则不为申请人免申办理“{matter}”", "“{matter}” not begun by the rule"),
    "left out": ("部分成员事项无需办理", "members that need not be done were left out"),
    "kept out": (
        "{n} 个成员事项在限制期内，未列入",
        "{n} members may not be applied for now and were left out",
    ),
    "false papers found": (
        "认定隐瞒有关情况或者提供虚假材料",
        "found that facts were hidden or false papers shown",
    ),
    "warned": ("给予警告，{document_no}", "warned, {document_no}"),
    "barred": (
        "至 {until} 不得再次申请该行政许可，{document_no}",
        "may not apply for the same until {until}, {document_no}",
    ),
    "finding taken back": ("撤销虚假材料的认定", "the finding of false papers was taken back"),
    "predecessor ended": ("前置事项未办成", "a predecessor came to nothing"),
    "handing out chosen": ("改变领取方式：{pickup}", "way of collecting results chosen: {pickup}"),
    "hurried": ("{by_org}催办：{tasks}", "hurried by {by_org}: {tasks}"),
    "halted": (
        "成员事项“{member}”{ground}，整件同时中止计时",
        "“{member}” is stopped for {ground}, and so is the whole",
    ),
    "halt moved": (
        "成员事项“{member}”{ground}所需时间改至 {until}，整件的中止随之改变",
        "“{member}” is now stopped for {ground} until {until}, and so is the whole",
    ),
    "left alone": (
        "整件已撤回，本事项的决定有效，单独领取",
        "the whole was withdrawn; what was decided stands",
    ),
    "prereviewed": ("预审通过", "pre-review passed"),
    "awaiting acceptance": ("轮到本事项，等待窗口受理", "its turn has come; waiting for the window"),
    "accepted": ("{state}", "{state}"),
    "tolerated": ("容缺 {n} 份，承诺 {due} 前补齐", "{n} materials promised by {due}"),
    "promised after grant": ("承诺办结后补交 {n} 份", "{n} materials promised after the grant"),
    "promise postponed": (
        "不可抗力，容缺补齐日期顺延至 {until}",
        "promise moved on to {until} for an act of God",
    ),
    "completed after grant": ("容缺材料已补齐", "what was promised has come"),
    "licence to be revoked": (
        "后补材料逾期未交，拟撤销准予决定",
        "materials not brought: the grant is to be revoked",
    ),
    "committed": ("签署告知承诺书", "informed commitment signed"),
    "commitment withdrawn": ("撤回告知承诺，按一般程序办理", "informed commitment taken back"),
    "commitment checked": ("核查告知承诺", "informed commitment checked"),
    "credit noted": ("记入信用记录", "recorded against the applicant's credit"),
    "credit repaired": ("信用记录已修复", "credit repaired"),
    "correction asked": ("一次性告知补正 {n} 份材料", "asked once for {n} corrections"),
    "reused": (
        "{n} 份材料免交：取自材料库或电子证照",
        "{n} materials taken from the library or from licences",
    ),
    "verified": ("核验原件 {n} 份", "{n} materials compared with their originals"),
    "consented": ("申请人同意“{name}”以后复用", "the applicant lets “{name}” be used again"),
    "consent withdrawn": ("申请人撤回“{name}”的复用授权", "the applicant withdrew “{name}” from further use"),
    "licence revoked": ("电子证照 {number} 撤销，{document_no}", "licence {number} revoked, {document_no}"),
    "licence cancelled": (
        "电子证照 {number} 注销，{document_no}",
        "licence {number} cancelled, {document_no}",
    ),
    "licence lost": (
        "电子证照失效，{n} 份材料须另行提交",
        "a licence ended: {n} materials are to be brought",
    ),
    "supplemented": ("申请人补交材料 {n} 份", "{n} materials handed in"),
    "filed after guidance": ("由申报辅导转为正式收件", "filed after guidance"),
    "visits exceeded": (
        "到场 {visits} 次，超过承诺的 {promised} 次",
        "{visits} visits, more than the {promised} promised",
    ),
    "goes first": ("登记优先办理", "goes first"),
    "goes first no longer": ("取消优先办理", "goes first no longer"),
    "assisted": ("帮办", "helped"),
    "authorised": ("授权{agent}代办至 {until}", "{agent} may act until {until}"),
    "mandate over": (
        "{agent}的代办授权已撤销，已告知申请人",
        "{agent} may act no more; the applicant was told",
    ),
    "mandate ending": (
        "{agent}的代办授权将于 {until} 到期，请申请人续授权或本人办理",
        "{agent} may act until {until} only; authorise again or act yourself",
    ),
    "mandate expired": (
        "{agent}的代办授权已到期，已告知申请人",
        "{agent} may act no more, the mandate has ended; the applicant was told",
    ),
    "pickup chosen": ("选择送达方式：{method}{place}", "delivery chosen: {method} {place}"),
    "posted": ("寄出：{carrier} {waybill}", "posted: {carrier} {waybill}"),
    "mail returned": ("邮件 {waybill} 退回", "{waybill} came back"),
    "claimed": ("认领“{task}”", "claimed “{task}”"),
    "released": ("把“{task}”退回任务池", "gave “{task}” back to the pool"),
    "reassigned": ("“{task}”改派给{to}", "“{task}” reassigned to {to}"),
    "completed": ("{task}：{outcome}", "{task}: {outcome}"),
    "transferred": ("“{task}”转办给{to}", "“{task}” passed on to {to}"),
    "delegated": ("“{task}”委派给{to}", "“{task}” entrusted to {to}"),
    "advised": ("受委派对“{task}”提出意见：{outcome}", "advice on “{task}”: {outcome}"),
    "reminded": ("催办“{task}”", "reminded: {task}"),
    "copied": ("抄送给{to}", "shown to {to}"),
    "copy read": ("已阅抄送", "has read it"),
    "signer added": ("“{task}”加签：{to}", "{to} added to sign “{task}”"),
    "signer removed": ("“{task}”减签：{to}", "{to} no longer signs “{task}”"),
    "returned": ("“{task}”退回到“{to}”", "“{task}” returned to “{to}”"),
    "recalled": ("拿回“{task}”", "took “{task}” back"),
    "jumped": ("调整到“{to}”", "put on “{to}”"),
    "migrated": (
        "流程由第 {from_version} 版迁移到第 {to_version} 版",
        "moved from version {from_version} of its diagram to version {to_version}",
    ),
    "urged": ("催办：{tasks}", "urged: {tasks}"),
    "suspended": (
        "{ground}，中止计时至 {until}，{document_no}",
        "clock stopped for {ground} until {until}, {document_no}",
    ),
    "resumed": ("{ground}结束，恢复计时", "{ground} over, the clock runs again"),
    "extended": ("延期 {by}，{document_no}", "extended by {by}, {document_no}"),
    "deemed renewed": ("有效期届满未决定，视为准予延续", "the licence ended undecided: renewed by law"),
    "renewal reminded": (
        "到期提醒（{kind}）：{number} 有效期至 {until}，最迟 {last} 申请",
        "reminded: {number} is valid until {until}; the last day to go on is {last}",
    ),
    "reminder answered": ("到期提醒，电话联系：{said}", "called about the reminder: {said}"),
    "reminder answer undone": ("撤销登记的联系结果：{said}", "what was noted of the call was undone: {said}"),
    "reminders declined": ("持证人不再要到期提醒", "the holder wants no more reminders"),
    "reminders resumed": ("恢复到期提醒", "the holder is reminded again"),
    "card": ("{level}：{clock}", "{level} card: {clock}"),
    "card appealed": ("对{level}提出申诉", "appealed against the {level} card"),
    "card confirmed": ("{level}经确认", "the {level} card was confirmed"),
    "card revoked": ("{level}已撤销", "the {level} card was taken back"),
    "supervised": ("督办单 {no}", "ordered to hurry: {no}"),
    "supervision answered": ("督办单 {no} 已答复", "{no} answered"),
    "supervision closed": ("督办单 {no} 办结", "{no} closed"),
    "brought forward": (
        "工作日历换版（{document}），{clock}由 {was} 提前到 {until}",
        "new calendar ({document}): {clock} brought forward from {was} to {until}",
    ),
    "calendar changed": (
        "工作日历换版（{document}），{clock}由 {was} 顺延到 {until}",
        "new calendar ({document}): {clock} put off from {was} to {until}",
    ),
    "collected": ("异地代收，将转送{to}", "taken in for {to}"),
    "under entrustment": ("按{scope}办理，{document_no}", "under entrustment {document_no}"),
    "handed over": ("材料转送属地", "sent to its home"),
    "received at home": ("属地收到材料", "received at its home"),
    "returned to intake": ("属地退回收件地", "returned to the place of intake"),
    "result sent back": ("结果回寄收件地", "the result was sent back"),
    "reported up": ("初审后转报{to}", "reviewed and passed up to {to}"),
    "joined project": ("纳入重点项目“{name}”", "made part of the key project “{name}”"),
    "left project": ("移出重点项目“{name}”", "taken out of the key project “{name}”"),
    "decided": ("作出决定：{state}，{document_no}", "decided: {state}, {document_no}"),
    "incident": ("流程出现异常，等待处理", "the process ran into trouble"),
    "incident retried": ("重试异常的步骤", "tried again what had failed"),
    "incident settled": ("异常已结案", "the trouble is over"),
    "told": ("收到外来消息“{name}”", "told from outside: {name}"),
    "heard": ("收到其他办件的“{name}”", "heard from another case: {name}"),
    "said": ("向其他办件发出“{name}”", "told other cases: {name}"),
    "raised": ("成员事项“{member}”抛出“{code}”", "member “{member}” raised {code}"),
    "inspection planned": (
        "勘验排期：{at}，{place}（{mode}），{matters}",
        "inspection planned: {at}, {place}; {matters}",
    ),
    "inspection moved": ("勘验改期：{at}，{place}（{mode}）", "inspection moved: {at}, {place}"),
    "inspection cancelled": ("勘验取消", "inspection cancelled"),
    "inspection evidence": ("留存勘验影像（第 {n} 份）", "picture {n} of the inspection kept"),
    "inspection confirmed": ("申请人确认远程勘验", "remote inspection confirmed by the applicant"),
    "inspection held": ("勘验结束，缺席部门 {absent} 个", "inspection over; departments absent: {absent}"),
    "inspection result": ("勘验结果：“{member}”{result}", "inspection of “{member}”: {result}"),
    "inspection arranged": ("安排勘验：{at}，{place}", "inspection arranged: {at}, {place}"),
    "inspection passed": ("勘验环节已经办结，不再参加", "the step is over: no part in the inspection"),
    "inspection left": ("本件终止，不再参加勘验", "the case has ended: no part in the inspection"),
    "inspection narrowed": ("勘验照常进行：{why}，不再参加", "the inspection goes on without: {why}"),
    "inspection missed": (
        "{org}未参加勘验，记缺席，另行单独勘验",
        "{org} did not come; it is to inspect by itself",
    ),
    "inspection remedy": ("{task}：整改后复查，{document_no}", "{task}: to be put right, {document_no}"),
    "officers assigned": ("指派检验检测人员", "officers assigned to test"),
    "hearing announced": (
        "告知听证权利，{until} 前可申请，{document_no}",
        "told of the right to be heard, until {until}, {document_no}",
    ),
    "hearing asked": ("申请人要求听证", "a hearing was asked for"),
    "hearing waived": ("申请人放弃听证", "the right to be heard was given up"),
    "hearing scheduled": (
        "听证定于 {at}，{place}，{chair}主持，{document_no}",
        "hearing on {at}, {place}, chaired by {chair}, {document_no}",
    ),
    "hearing held": ("举行听证，笔录已存", "the hearing was held; its record is kept"),
    "vote convened": ("提请委员会表决，{until} 前：{to}", "put to a committee until {until}: {to}"),
    "voted": ("{to}已投票", "{to} has voted"),
    "vote recused": ("{to}回避表决", "{to} takes no part in the vote"),
    "vote closed": ("委员会表决：{result}", "the committee's vote: {result}"),
    "agency chosen": (
        "申请人自主选择中介机构：{agency}（{service}）",
        "the applicant chose {agency} for {service}",
    ),
    "agency finished": ("{agency}完成{service}：{result}", "{agency} has done {service}: {result}"),
    "delivered": ("送达，{receiver} 签收", "delivered to {receiver}"),
    "deadline passed": ("{clock}已过（应于 {due}）", "{clock} passed (due {due})"),
    "member": ("成员事项“{member}”：{state}", "member “{member}”: {state}"),
    "result passed on": ("“{member}”的结果已转给后续事项", "the result of “{member}” was passed on"),
    **dict.fromkeys(
        (
            State.PREREVIEW_REJECTED,
            State.NOT_REQUIRED,
            State.NOT_ACCEPTED,
            State.WITHDRAWN,
            State.WITHDRAWN_DEEMED,
            State.ACCEPTANCE_REVOKED,
            State.RETURNED,
            State.VOID,
            State.DECLINED,
        ),
        ("{state}", "{state}"),
    ),
}

#: How results are handed out.
PICKUPS: dict[str, tuple[str, str]] = {
    Pickup.TOGETHER: ("统一出件", "all together"),
    Pickup.APART: ("分批领取", "each when it is there"),
}

#: What a passed clock is called.
CLOCKS: dict[Clock, tuple[str, str]] = {
    Clock.NOTICE: ("受理告知期限", "the notice limit"),
    Clock.PREREVIEW: ("预审期限", "the pre-review limit"),
    Clock.PROMISED: ("承诺时限", "the promised limit"),
    Clock.LEGAL: ("法定时限", "the legal limit"),
    Clock.STAGE: ("环节时限", "a step's limit"),
    Clock.CORRECTION: ("补正期限", "the correction limit"),
    Clock.TOLERANCE: ("容缺补齐期限", "the promise"),
    Clock.DELIVERY: ("送达期限", "the delivery limit"),
    Clock.TIMER: ("流程计时", "a timer"),
    Clock.SPECIAL: ("特别程序告知的时间", "the announced time of the special procedure"),
    Clock.RENEWAL: ("延续决定期限", "the end of the licence"),
    Clock.ASSIGN: ("指派期限", "the limit to assign officers"),
    Clock.HEARING: ("听证期限", "the limit of the hearing"),
    Clock.RECTIFY: ("整改期限", "the rectification limit"),
    Clock.CONTACT: ("差评核实期限", "the limit to contact the applicant"),
    Clock.SUPERVISION: ("督办期限", "the limit of the supervision order"),
    Clock.FOLLOW: ("事后核查期限", "the limit of the later check"),
    Clock.ACKNOWLEDGE: ("签收期限", "the limit to acknowledge"),
    Clock.TRANSFER: ("转送期限", "the transfer limit"),
    Clock.AFTERGRANT: ("后补期限", "the limit for the missing materials"),
    Clock.REMIND: ("补交提醒", "the reminder of the missing materials"),
    Clock.AMEND: ("承诺整改期限", "the limit to put a false commitment right"),
    Clock.DECLINE: ("放弃期", "the time to decline"),
}

#: Where the words somebody gave stand in an entry, the first that is there.
_SAID = ("opinion", "reason", "words", "facts", "notice", "override", "message")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; an open one is still going on."""

    at: datetime
    who: str
    sentence: str
    note: str
    open: bool = False


def entries(
    journal: Iterable[Row],
    nodes: Mapping[str, Node],
    names: Mapping[str, str],
    open_tasks: Sequence[Row] = (),
    lang: str = "zh",
) -> tuple[Entry, ...]:
    """Return what happened, latest first; *names* are those of member matters by key."""
    told = [_entry(row, nodes, names, lang) for row in journal if _is_for_everybody(row)]
    going_on = [_open(row, lang) for row in open_tasks]
    return (*going_on, *reversed(told))


def _is_for_everybody(row: Row) -> bool:
    """What tells that the case was rated, or is a visit, is for other pages (R-EV-1)."""
    return row.act in PHRASES and row.data.get("clock") not in HUSHED


def _entry(row: Row, nodes: Mapping[str, Node], names: Mapping[str, str], lang: str) -> Entry:
    phrase = PHRASES[row.act][lang == "en"]
    note = "；".join(filter(None, (_note(row.data), _rulings(row.data, nodes), row.data.get("duty", ""))))
    return Entry(row.at, row.by_name, phrase.format_map(_words(row, nodes, names, lang)), note)


def _open(row: Row, lang: str) -> Entry:
    words = {
        "zh": ("正在办理", "等待认领", "等待申请人"),
        "en": ("in hand", "waiting to be claimed", "waiting for the applicant"),
    }
    word = words[lang][2 if row.role == "applicant" else row.assignee is None]
    return Entry(row.opened_at, row.assignee or "", f"{row.name} · {word}", "", open=True)


class _Words(dict[str, Any]):
    """The words of an entry; what an old entry does not say is left out, not an error."""

    def __missing__(self, _key: str) -> str:
        return "—"


def _words(row: Row, nodes: Mapping[str, Node], names: Mapping[str, str], lang: str) -> _Words:
    data: dict[str, Any] = row.data
    said = _Words({key: value for key, value in data.items() if isinstance(value, str | int)})
    state = data.get("state") or (data.get("outcome") if row.act == "decided" else None)
    said["state"] = _state(state or (row.act if row.act in set(State) else None), lang)
    said["n"] = len(data.get("codes") or data.get("items") or ())
    said["tasks"] = "、".join(data.get("tasks") or ())
    said["member"] = names.get(data.get("member", ""), data.get("member", ""))
    if "pickup" in data:
        said["pickup"] = PICKUPS[data["pickup"]][lang == "en"]
    if "due_at" in data:
        said["due"] = f"{last_day(datetime.fromisoformat(data['due_at'])):%Y-%m-%d}"
    if "level" in data:
        said["level"] = LEVEL_NAMES[Level(data["level"])] if lang == "zh" else data["level"]
    for name, words in (("finding", FINDING_NAMES), ("review", REVIEW_NAMES)):
        if name in data and lang == "zh":
            said[name] = words.get(data[name], data[name])
    if "limit" in data and row.act == "linked":
        said["limit"] = Limit.parse(data["limit"]).words() if lang == "zh" else data["limit"]
    if "clock" in data:
        said["clock"] = CLOCKS[Clock(data["clock"])][lang == "en"]
    if row.act in {"completed", "advised"} and (node := nodes.get(data.get("node", ""))):
        said["outcome"] = node.outcomes.get(data["outcome"], data["outcome"])
    if row.act == "returned" and (node := nodes.get(data.get("to", ""))):
        said["to"] = node.name
    return said


def _state(value: str | None, lang: str) -> str:
    if value is None or value not in set(State):
        return value or "—"
    return STATE_NAMES[State(value)] if lang == "zh" else value.replace("_", " ")


def _rulings(data: Mapping[str, Any], nodes: Mapping[str, Node]) -> str:
    """What decisions answered as the case went on: rows of their tables, by nobody's choice."""
    return "；".join(
        f"{nodes[each['node']].name if each['node'] in nodes else each['decision']}："
        + "、".join(str(value) for value in each["flags"].values())
        for each in data.get("ruled") or ()
    )


def _note(data: Mapping[str, Any]) -> str:
    """The words somebody gave with the act, who was with him, and what was asked for."""
    said = next((str(data[key]) for key in _SAID if data.get(key)), "")
    asked = "；".join(f"{item['name']}：{item['remark']}" for item in data.get("items") or ())
    officers = "同行：" + "、".join(data["officers"]) if data.get("officers") else ""
    ballots = "、".join(f"{name} {choice}" for name, choice in (data.get("ballots") or {}).items())
    return "；".join(part for part in (said, asked, officers, ballots) if part)
