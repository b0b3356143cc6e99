"""What every page has around it: navigation, today's line, a fresh key for each form, a form shown again."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from engine.domain import licence
from engine.domain.case import DECIDED, FINAL, State
from engine.domain.clock import Clock, Consequence, Party
from engine.domain.deadline import Light, day_of
from engine.domain.errors import AlreadyDone, NotFound, Refused
from engine.domain.explain import Square
from engine.domain.identity import ROLE_NAMES, Actor, Role
from engine.domain.licence import STATE_NAMES
from engine.domain.linkage import ANSWERING
from engine.domain.material import THERE, Line, Standing
from engine.services.act import Act
from web import auth, words
from web.i18n import gettext, language

#: What the house offers to whom, in order; an address no room answers is left out. No posts named: all staff.
NAV: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("/inbox", "待办", frozenset()),
    ("/desk", "综合窗口", frozenset({Role.WINDOW})),
    ("/inspections", "勘验", frozenset({Role.INSPECTOR, Role.WINDOW, Role.CHIEF})),
    ("/commitments", "承诺核查", frozenset({Role.INSPECTOR, Role.APPROVER})),
    ("/tickets", "工单", frozenset({Role.WINDOW, Role.MANAGER, Role.LEADER, Role.CHIEF})),
    ("/crossing", "跨区通办", frozenset({Role.WINDOW})),
    ("/overdue", "督办", frozenset({Role.MANAGER, Role.LEADER, Role.CHIEF})),
    ("/rota", "排班", frozenset({Role.MANAGER, Role.CHIEF})),
    ("/reminders", "到期提醒", frozenset({Role.WINDOW, Role.MANAGER})),
    ("/projects", "重点项目", frozenset({Role.MANAGER})),
    ("/supervision", "审管联动", frozenset({Role.MANAGER, *ANSWERING})),
    ("/studio", "流程设计", frozenset({Role.DESIGNER})),
    ("/licences", "证照", frozenset({Role.APPROVER, Role.CHIEF, Role.LEADER, Role.REGISTRAR})),
    ("/admin", "管理", frozenset({Role.REGISTRAR})),
    ("/guide", "办事指南", frozenset()),
)
#: Where somebody without a post may go.
PUBLIC_NAV: tuple[tuple[str, str], ...] = (
    ("/guide", "办事指南"),
    ("/nearby", "就近办"),
    ("/book", "预约"),
    ("/t", "进度查询"),
)

#: What has just been done, said once after a redirect (``?done=word``, ``&n=`` how many).
DONE: dict[str, str] = {
    "claimed": "已认领。",
    "claimed-many": "已认领 %(n)s 件；其余已被他人认领或不归您办。",
    "released": "已退回任务池。",
    "completed": "已办结本环节。这是下一件最急的。",
    "completed-last": "已办结本环节。",
    "returned": "已退回，前一环节已重新打开。",
    "recalled": "已拿回，本环节重新打开，时限接着计算。",
    "jumped": "已调整环节；理由已载入台账。",
    "migrated": "已迁移 %(n)s 件。",
    "suspended": "已中止计时。",
    "resumed": "已恢复计时，到期日已顺延。",
    "applied": "已收件。",
    "accepted": "已受理。",
    "tolerated": "已容缺受理。",
    "promised": "已登记办结后补交的承诺。",
    "postponed": "补齐日期已顺延，告知书已出具。",
    "checked": "已登记核查结果。",
    "commitment-withdrawn": "告知承诺已撤回，按一般程序办理。",
    "repaired": "信用记录已修复。",
    "corrected": "已出具补正告知。",
    "refused": "已出具不予受理决定。",
    "prereviewed": "预审已办结。",
    "delivered": "已送达。",
    "supplemented": "已补交材料。",
    "withdrawn": "申请已撤回。",
    "verified": "已核验原件，材料上已加注水印。",
    "consented": "已授权，以后办事可以免交这份材料。",
    "consent-withdrawn": "已撤回授权，这份材料不再提供复用；已用它的办件依法存档。",
    "licence-revoked": "证照已撤销，决定书已出具。",
    "licence-cancelled": "证照已注销，决定书已出具。",
    "preferred": "已登记优先，各环节的待办中排在同样紧急的前面。",
    "unpreferred": "已取消优先。",
    "assisted": "帮办记录已登记。",
    "advised": "已存为申报辅导，不计时；材料齐了可一键转为正式收件。",
    "guidance-closed": "辅导已结束。",
    "handout-chosen": "送达方式已登记。",
    "posted": "已登记寄出；签收后登记签收，送达期限才停止计算。",
    "mail-returned": "已登记退回，请联系申请人后再寄或改为窗口领取。",
    "authorised": "授权已登记，请把代办码告诉代办人。",
    "mandate-revoked": "授权已撤销，代办人不能再办理；已经提出的申请继续办理。",
    "booked": "已预约，请记下预约码。",
    "rebooked": "已改期。",
    "unbooked": "已取消预约。",
    "arrived": "已登记到达。",
    "missed": "已登记未到。",
    "sent": "已指派上门人员。",
    "drawn": "已取号：%(n)s 号。",
    "called": "已叫号：%(n)s 号。",
    "pickup-chosen": "领取方式已登记。",
    "rated": "感谢您的评价。",
    "transferred": "已转办。",
    "delegated": "已委派；对方提出意见后，任务回到您的待办。",
    "copied": "已抄送。",
    "read": "已阅。",
    "signer-added": "已加签。",
    "signer-removed": "已减签。",
    "inspection-planned": "已排期，勘验告知书已出具。",
    "inspection-moved": "已改期，并告知申请人。",
    "inspection-cancelled": "已取消，并告知申请人。",
    "inspection-evidence": "影像已留存。",
    "inspection-confirmed": "已确认远程勘验。",
    "inspection-held": "勘验已结束；未填结果的部门记缺席，须另行勘验。",
    "inspection-reported": "勘验结果已填写。",
    "false-papers": "已登记认定；作出不予受理、不予许可决定时一并告知，并给予警告。",
    "finding-cancelled": "认定已撤销，撤销告知书已出具。",
    "hearing-announced": "听证权利告知书已出具。",
    "hearing-asked": "听证申请已收到，办理时限中止计算。",
    "hearing-waived": "已放弃听证。",
    "hearing-scheduled": "听证通知书已出具。",
    "hearing-held": "听证笔录已存，恢复计时。",
    "vote-convened": "已提请表决。",
    "vote-cast": "已投票。",
    "vote-recused": "已登记回避。",
    "vote-closed": "表决已结束，本环节已办结。",
    "officers-assigned": "已指派。",
    "agency-chosen": "已登记您选择的机构。",
    "agency-finished": "中介服务已登记办完。",
    "urged": "已催办。",
    "reassigned": "已改派。",
    "extended": "已延期。",
    "supervised": "督办单已发出。",
    "answered": "督办单已答复。",
    "supervision-closed": "督办单已办结。",
    "appealed": "申诉已提交。",
    "card-confirmed": "已确认。",
    "card-revoked": "已撤销，撤销的牌另行统计。",
    "acknowledged": "已签收。",
    "fed-back": "监管情况已反馈。",
    "penalised": "处罚信息已回传，作出许可的部门将复核。",
    "reviewed": "许可复核已登记。",
    "declined": "已放弃，本件终结；不影响信用和以后申请。",
    "agreed": "已确认，继续办理。",
    "human-asked": "已转由工作人员办理。",
    "roster-kept": "名单已存；核对后请开始公示。",
    "roster-published": "已开始公示。",
    "roster-withdrawn": "名单已撤下。",
    "roster-made": "已建件 %(n)s 件；没有建成的见名单。",
    "entry-struck": "已移出名单。",
    "published": "已发布。",
    "saved": "已保存。",
    "drafted": "已存为草案，尚未生效；请另一位登记管理岗人员复核。",
    "activated": "已生效；运行中的时限正在按新日历重算。",
    "discarded": "已作废。",
    "handed-over": "已转送属地；属地接收后开始计时。",
    "received": "已确认接收，受理告知期限开始计时。",
    "sent-back": "已退回收件地。",
    "result-sent": "结果已回寄收件地。",
    "reported": "已转报上级；办理时限由上级重新起算。",
    "founded": "机构已登记。",
    "entrusted": "委托已登记。",
    "entrustment-ended": "委托已终止；此前收的件由原机构办到底。",
    "laid-down": "办理方式已登记。",
    "empowered": "授权已登记。",
    "power-ended": "授权已收回。",
    "shift-drawn": "班次已排定。",
    "shift-changed": "班次已更改，即时生效；已认领的任务不变。",
    "shift-removed": "班次已撤下；这段时间本岗位任务由全体人员认领。",
    "week-copied": "已复制 %(n)s 个班次；时间已过、已有班次、遇休息日或人员已无岗位的没有复制。",
    "project-opened": "重点项目已建立。",
    "project-changed": "项目已更新。",
    "retried": "已重试；仍未成功的会留在列表里。",
    "settled": "异常已结案。",
    "reminder-answered": "已登记联系结果。",
    "reminder-undone": "已撤销登记，仍列为要联系的。",
    "reminders-declined": "这本证照到期不再提醒您。",
    "reminders-resumed": "已恢复提醒。",
    "spot-kept": "站点信息已保存，公众页面同时生效。",
    "availability": "事项状态已更新，办事指南同时生效。",
}

CLOCK_NAMES: dict[Clock, str] = {
    Clock.NOTICE: "受理告知",
    Clock.PREREVIEW: "预审",
    Clock.PROMISED: "承诺时限",
    Clock.LEGAL: "法定时限",
    Clock.STAGE: "本环节",
    Clock.CORRECTION: "补正期限",
    Clock.TOLERANCE: "容缺补齐",
    Clock.DELIVERY: "送达",
    Clock.TIMER: "流程计时",
    Clock.SPECIAL: "特别程序",
    Clock.RENEWAL: "延续决定",
    Clock.ASSIGN: "指派人员",
    Clock.HEARING: "听证",
    Clock.RECTIFY: "差评整改",
    Clock.CONTACT: "差评核实",
    Clock.SUPERVISION: "督办",
    Clock.FOLLOW: "事后核查",
    Clock.ACKNOWLEDGE: "签收",
    Clock.TRANSFER: "转送",
    Clock.AFTERGRANT: "办结后补",
    Clock.REMIND: "补交提醒",
    Clock.AMEND: "承诺整改",
    Clock.DECLINE: "放弃期",
}
#: Who owes it that a clock does not run out.
PARTY_NAMES: dict[Party, str] = {
    Party.AUTHORITY: "责任方：行政机关",
    Party.APPLICANT: "责任方：申请人",
    Party.OUTSIDE: "责任方：办理特别程序或负责签收的机构",
}
#: What follows when a clock runs out.
CONSEQUENCE_NAMES: dict[Consequence, str] = {
    Consequence.LATE: "超期，计入报表并亮灯",
    Consequence.DEEMED_ACCEPTANCE: "视为受理，自收到申请材料之日起算",
    Consequence.OVER_PROMISE: "超承诺，须说明理由",
    Consequence.OVER_LAW: "超法定，依法追责",
    Consequence.UNANSWERED: "按本地规定视为撤回或不予审批",
    Consequence.BROKEN_PROMISE: "按本地规定处理未补齐的容缺",
    Consequence.FLOW_GOES_ON: "流程按图继续",
    Consequence.COUNTS_AGAIN: "超出告知时间的部分不再停止计时",
    Consequence.DEEMED_RENEWAL: "视为准予延续",
    Consequence.BY_RULE: "本人未放弃的，按规则或由工作人员办理",
}
LIGHT_NAMES: dict[str, str] = {
    Light.GREEN: "正常",
    Light.YELLOW: "临期",
    Light.RED: "超期",
    Light.PAUSED: "中止计时",
}
SOURCES: dict[str, str] = {"self": "申请人提交", "shared": "共享核验", "department": "部门核发"}

#: How a square is marked where it carries no number.
_MARKS: dict[str, tuple[str, str]] = {
    "start": ("起", "0"),
    "rest": ("休", "off"),
    "paused": ("停", "II"),
    "due": ("到", "due"),
    "skipped": ("超", "late"),
    "makeup": ("班", "on"),
    "counted": ("·", "·"),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """One door in the header."""

    path: str
    label: str
    here: bool


def nav() -> list[NavItem]:
    """The doors open to whoever is asking."""
    actor = auth.who()
    if actor is None:
        offered = [(path, label) for path, label in PUBLIC_NAV]
    else:
        held = {post.role for post in actor.posts}
        offered = [(path, label) for path, label, roles in NAV if not roles or roles & held]
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [
        NavItem(path, gettext(label), request.path == path or request.path.startswith(f"{path}/"))
        for path, label in offered
        if path in known
    ]


def today_line() -> str:
    """Today and whether it is worked: 2026年11月23日 星期一 · 工作日."""
    office = auth.office()
    today = day_of(office.now())
    kind = ""
    if office.calendar is not None:
        name = office.calendar.name(today)
        working = office.calendar.is_working(today)
        kind = " · " + gettext("工作日" if working else "休息日") + (f"（{name}）" if name else "")
    return _long_day(today) + kind


def _long_day(day: date) -> str:
    if language() == "en":
        return f"{day:%A} {day.isoformat()}"
    return f"{day.year}年{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}"


def posts_line() -> str:
    """The posts of whoever is asking, by name."""
    actor = auth.who()
    held = sorted({post.role for post in actor.posts}) if actor else []
    names = [gettext(ROLE_NAMES[Role(role)]) for role in held if role in set(Role)]
    return (", " if language() == "en" else "、").join(names)


def here() -> str:
    """The address being shown, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else back()


def back() -> str:
    """The page of ours that sent the request, or the first."""
    sent = urlsplit(request.referrer or "")
    return inside(f"{sent.path}?{sent.query}".rstrip("?")) if sent.netloc == request.host else "/"


def inside(path: str) -> str:
    """Return *path* if it leads to a page of ours, else ``/``: nobody is sent elsewhere by a link."""
    parts = urlsplit(path)
    foreign = (
        parts.scheme or parts.netloc or "\\" in path or not path.startswith("/") or path.startswith("//")
    )
    return "/" if foreign else path


def done(path: str, word: str, **more: Any) -> str:
    """Return *path* with what has been done, for the page that follows."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'done': word, **more})}"


def go(act: Act, to: str) -> ResponseReturnValue:
    """Go on to *to* after the act, and there again when its form is sent twice."""
    act.answer = {"location": to}
    return redirect(to, code=303)


def done_line() -> str:
    """What has just been done, in words; "" for a word nobody knows."""
    sentence = DONE.get(request.args.get("done", ""))
    if sentence is None:
        return ""
    n = request.args.get("n", "")
    return gettext(sentence).replace("%(n)s", n if n.isascii() and n.isalnum() and len(n) <= 10 else "")


def or_again(show: Callable[..., str]) -> Callable[[Callable[..., Any]], Callable[..., ResponseReturnValue]]:
    """Let a refused form come back: *show* draws its page again, with the message and all that was typed."""

    def decorate(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def answer(**at: Any) -> ResponseReturnValue:
            try:
                answered: ResponseReturnValue = view(**at)
            except (AlreadyDone, NotFound):
                raise
            except Refused as refusal:
                if refusal.code in {"sign-in.needed", "origin.foreign"}:
                    raise
                g.refusal = refusal
                return show(**at), words.STATUS.get(type(refusal), 400)
            return answered

        return answer

    return decorate


def refusal() -> Refused | None:
    """The refusal that sent the form back, if one did."""
    found: Refused | None = g.get("refusal")
    return found


def typed(name: str, default: Any = "") -> Any:
    """What was typed into a field of a form that came back; else *default*."""
    return request.form.get(name, default) if refusal() else default


def typed_list(name: str, default: Sequence[Any] = ()) -> list[str]:
    """What was ticked in a form that came back; else *default*."""
    return request.form.getlist(name) if refusal() else [str(value) for value in default]


def wrong(name: str) -> str:
    """What is wrong with a field, if the refusal is about it."""
    refused = refusal()
    if refused is None or refused.field == name:
        return refused.message if refused else ""
    return next((f.message for f in refused.findings if getattr(f, "field", None) == name), "")


def square_mark(square: Square) -> str:
    """What stands in a day's square: its number, or one sign for why it has none."""
    if square.number is not None:
        return str(square.number)
    return _MARKS[square.kind][language() == "en"]


def state_tone(value: str) -> str:
    """The colour of a state's chip; its word says the same."""
    tones: dict[State, str] = {
        State.CORRECTION: "violet",
        State.COLLECTED: "violet",
        State.ACCEPTED_TOLERANT: "yellow",
        State.DENIED: "red",
        State.NOT_ACCEPTED: "red",
        State.PREREVIEW_REJECTED: "red",
        State.ACCEPTANCE_REVOKED: "red",
        State.RETURNED: "red",
        State.VOID: "red",
        State.GRANTED_TOLERANT: "yellow",
        State.DELIVERED: "green",
    }
    found = State(value)
    return tones.get(found, "green" if found in DECIDED else "grey" if found in FINAL else "blue")


def standing_tone(value: str) -> str:
    """The colour of a material's chip."""
    found = Standing(value)
    missing = {Standing.MISSING: "red", Standing.REJECTED: "red", Standing.PROMISED: "yellow"}
    return "green" if found in THERE else missing.get(found, "violet")


def source_name(line: Line) -> str:
    """Where a material comes from."""
    if line.requirement.produced_by:
        return gettext("前置事项核发")
    return gettext(SOURCES.get(line.requirement.source, "申请人提交"))


def urlquery(values: Mapping[str, Any]) -> str:
    """Return *values* as the query of an address, without those that are empty."""
    return urlencode({name: value for name, value in values.items() if value not in {"", None}})


def key() -> str:
    """A fresh idempotency key: a form sent twice is one act."""
    return secrets.token_urlsafe(18)


def _me() -> Actor | None:
    return auth.who()


def install(app: Flask) -> None:
    """Give every template these words."""
    app.jinja_env.globals.update(
        me=_me,
        say=gettext,
        key=key,
        new_key=key,
        nav=nav,
        today_line=today_line,
        posts_line=posts_line,
        here=here,
        back=back,
        done_line=done_line,
        typed=typed,
        typed_list=typed_list,
        wrong=wrong,
        square_mark=square_mark,
        state_tone=state_tone,
        standing_tone=standing_tone,
        source_name=source_name,
        clock_name=lambda clock: gettext(CLOCK_NAMES[Clock(clock)]),
        consequence_name=lambda what: gettext(CONSEQUENCE_NAMES[Consequence(what)]),
        party_name=lambda party: gettext(PARTY_NAMES[Party(party)]),
        light_name=lambda light: gettext(LIGHT_NAMES[Light(light)]),
        licence_name=lambda state: gettext(STATE_NAMES[licence.State(state)]),
    )
    app.jinja_env.filters["urlquery"] = urlquery
    app.context_processor(lambda: {"refusal": refusal(), "care": request.cookies.get("care") == "on"})
