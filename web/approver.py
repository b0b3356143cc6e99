"""The approver's rooms: the inbox, a task, a case, and the files on its shelf."""

import re
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.clock import Clock
from engine.domain.errors import Refused
from engine.domain.identity import Actor, Role
from engine.domain.linkage import FINDING_NAMES, REVIEW_NAMES
from engine.queries import (
    bars,
    belongings,
    casefile,
    clocks,
    company,
    endeavours,
    inbox,
    moves,
    proceedings,
    sight,
    visits,
    watchlist,
    worksheet,
)
from engine.queries.casefile import Casefile
from engine.queries.pools import Filter, View
from engine.services import approver, manager, subordinate
from engine.services.act import Act
from engine.services.barring import FINDERS
from web import auth, fields, filing, page, schemas
from web.i18n import language

bp = Blueprint("approver", __name__)

#: The views of the inbox, what each is called, and what is said when there is nothing in it.
VIEWS: dict[View, tuple[str, str]] = {
    View.MINE: ("我的", "您手上没有任务。可在“可认领”里认领。"),
    View.CLAIMABLE: ("可认领", "没有可认领的任务。"),
    View.WAITING: ("等申请人", "没有等待申请人补正的办件。"),
    View.DONE: ("已办结", "还没有办结过任务。"),
    View.COPIED: ("抄送我的", "没有抄送给您的未阅事项。"),
}
GROUPS = {
    "overdue": "已超期",
    "soon": "今明两日到期",
    "later": "还有时间",
    "paused": "中止计时",
    "done": "已办结",
    "copied": "抄送我的",
}
#: What is often said (常用语), by the way out it goes with; any other way out gets the first.
PHRASES: dict[str, tuple[str, ...]] = {
    "pass": ("经审查，申请材料齐全、符合法定形式，同意。", "经审查，符合要求，拟进入下一环节。"),
    "granted": ("符合法定条件、标准，准予许可。",),
    "denied": ("不符合法定条件，不予许可。理由：",),
    "return": ("请就以下问题补充说明：",),
    "fail": ("经核查，以下项目不符合要求：",),
}
#: Steps that are legal acts of the window, and where they are done.
AT_DESK = frozenset({"prereview", "accept", "deliver"})
_NAMES = re.compile(r"[,，、;；\n]+")


@bp.get("/")
def first() -> ResponseReturnValue:
    """Send staff to their inbox, everybody else to the door."""
    return redirect("/inbox" if auth.who() else "/sign-in")


# --- the inbox ----------------------------------------------------------------------------------------


@bp.get("/inbox")
def tasks() -> str:
    """Show the task list."""
    return _inbox()


def _inbox() -> str:
    actor, asked = auth.me(), request.args
    whole = asked.get("whole") == "yes"
    only = Filter(asked.get("q", "").strip()[:60], asked.get("matter", "")[:60], whole)
    view = View(asked["view"]) if asked.get("view") in set(View) else None
    with auth.look() as look:
        listed = inbox.items(look.db, actor, look.at, look.calendar, view, only, asked.get("cursor", ""))
        chosen = _chosen(listed, asked.get("task", ""))
        bound = chosen and clocks.binding(look.db, chosen.task_id, look.calendar, look.at, language())
        matters, revision = inbox.choices(look.db), inbox.revision(look.db, actor)
        told = endeavours.unread(look.db, actor.id or 0)
    return render_template(
        "approver/inbox.html", page=listed, only=only, chosen=chosen, bound=bound, matters=matters,
        revision=revision, views=_offered(), groups=GROUPS, at_desk=AT_DESK, pinned="task" in asked, told=told,
    )  # fmt: skip


def _chosen(listed: inbox.Page, task_id: str) -> inbox.Item | None:
    """The item beside the list: the one asked for, else the first."""
    named = (item for item in listed.items if str(item.task_id) == task_id)
    return next(named, next(iter(listed.items), None))


def _offered() -> dict[View, tuple[str, str]]:
    at_window = auth.me().holds(Role.WINDOW)
    return {view: words for view, words in VIEWS.items() if view is not View.WAITING or at_window}


@bp.get("/inbox/news")
def news() -> ResponseReturnValue:
    """Tell whether something new is there: 304 while nothing is."""
    actor = auth.me()
    with auth.look() as look:
        revision = inbox.revision(look.db, actor)
    answer = jsonify(revision=revision)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(revision)
    return answer.make_conditional(request)


@bp.post("/inbox/claim")
def claim_many() -> ResponseReturnValue:
    """Claim what was ticked, each in an act of its own: one that is taken does not cost the others."""
    claimed = sum(map(_claimed, request.form.getlist("task")))
    return redirect(page.done("/inbox?view=mine", "claimed-many", n=claimed), 303)


def _claimed(ticked: str) -> bool:
    try:
        task_id = fields.read(fields.Whole("任务编号", required=True), "task", ticked)
        with auth.office().act(auth.me()) as act:
            approver.claim(act, task_id)
    except Refused:
        return False
    return True


# --- a task -------------------------------------------------------------------------------------------


@bp.get("/tasks/<number:task_id>")
def task(task_id: int) -> str:
    """Show a task with everything needed to complete it."""
    actor = auth.me()
    with auth.look() as look:
        sheet = worksheet.task(look.db, look.library.definition, actor, task_id)
        sight.must_see(look.db, actor, sheet.case_id)
        case = _case(look, sheet.case_id)
        others = company.company(look.db, look.library.definition, actor, task_id)
        back = moves.recallable(look.db, look.library.definition, actor, sheet.case_id)
        visit = visits.mine(look.db, task_id) if sheet.stage == "inspect" else None
        unassigned = any(line.clock == Clock.ASSIGN for line in case.running)
        testers = visits.staff(look.db, case.authority_id) if unassigned and sheet.may else ()
    return render_template(
        "approver/task.html", task=sheet, case=case, at_desk=AT_DESK, phrases=_phrases(sheet), visit=visit,
        bound=clocks.most_binding(case.clocks, sheet.key), recallable=task_id in back, others=others,
        testers=testers,
    )  # fmt: skip


def _case(look: Act, case_id: int) -> Casefile:
    return casefile.show(look.db, look.calendar, look.library.definition, case_id, look.at, language())


def _phrases(sheet: worksheet.Worksheet) -> list[str]:
    offered = [phrase for way in sheet.ways for phrase in PHRASES.get(way.outcome, ())]
    return offered or list(PHRASES["pass"])


@bp.post("/tasks/<number:task_id>/claim")
@page.or_again(task)
def claim(task_id: int) -> ResponseReturnValue:
    """Take a task."""
    with auth.act() as act:
        approver.claim(act, task_id)
        return page.go(act, page.done(f"/tasks/{task_id}", "claimed"))


@bp.post("/tasks/<number:task_id>/release")
@page.or_again(task)
def release(task_id: int) -> ResponseReturnValue:
    """Give a task back."""
    with auth.act() as act:
        approver.release(act, task_id)
        return page.go(act, page.done("/inbox", "released"))


@bp.post("/tasks/<number:task_id>/complete")
@page.or_again(task)
def complete(task_id: int) -> ResponseReturnValue:
    """Complete a task and go on to the next most urgent one."""
    form = schemas.load(schemas.Complete(), _completion())
    with auth.act() as act:
        approver.complete(act, task_id, **form)
        return page.go(act, _next(act))


@bp.post("/tasks/<number:task_id>/report-up")
@page.or_again(task)
def report_up(task_id: int) -> ResponseReturnValue:
    """Complete an initial review and pass the case up (转报)."""
    form = schemas.load(
        schemas.ReportUp(), {key: request.form.get(key, "") for key in ("outcome", "opinion")}
    )
    with auth.act() as act:
        case = subordinate.report_up(act, task_id, **form)
        return page.go(act, page.done(f"/cases/{case.no}", "reported"))


def _completion() -> dict[str, Any]:
    """The form as the schema knows it; officers are typed in one line."""
    typed = {key: request.form[key] for key in ("outcome", "opinion", "rev") if request.form.get(key)}
    officers = [name.strip() for name in _NAMES.split(request.form.get("officers", "")) if name.strip()]
    return {**typed, "officers": officers}


def _next(act: Act) -> str:
    mine = inbox.items(act.db, act.by, act.at, act.calendar, View.MINE, limit=1).items
    return (
        page.done(f"/tasks/{mine[0].task_id}", "completed") if mine else page.done("/inbox", "completed-last")
    )


@bp.post("/tasks/<number:task_id>/return")
@page.or_again(task)
def return_(task_id: int) -> ResponseReturnValue:
    """Send the case back to an earlier step."""
    typed = {"to": request.form.get("to", ""), "reason": request.form.get("reason", "")}
    form = schemas.load(schemas.Return(), typed)
    with auth.act() as act:
        case = approver.return_(act, task_id, **form)
        return page.go(act, page.done(f"/cases/{case.no}", "returned"))


# --- a case -------------------------------------------------------------------------------------------


@bp.get("/cases/<no>")
def case(no: str) -> str:
    """Show a case whole, to any of the staff who may see it."""
    actor = auth.me()
    with auth.look() as look:
        found = _case(look, sight.find(look.db, actor, no))
        goals = moves.goals(look.db, look.library.definition, found.id) if _may_jump(actor) else ()
        back = moves.recallable(look.db, look.library.definition, actor, found.id)
        copied = company.copied(look.db, actor, found.id)
        appointments = visits.of_case(look.db, found.id)
        heard = proceedings.hearing_of(look.db, found.id, look.at)
        chairs = proceedings.chairs(look.db, found.id) if heard and heard.standing == "asked" else ()
        agencies = proceedings.agencies(look.db, found.id)
        false = bars.of_case(look.db, actor, found.id, look.today)
    mine = _works_on(found)
    return render_template(
        "approver/case.html",
        case=found,
        mine=mine,
        answers=mine
        or actor.holds(Role.LEADER, found.authority_id)
        or actor.holds(Role.CHIEF, found.authority_id),
        may_manage=actor.holds(Role.MANAGER),
        findings=FINDING_NAMES,
        reviews=REVIEW_NAMES,
        standings=watchlist.STANDINGS,
        goals=goals,
        back=back,
        copied=copied,
        appointments=appointments,
        heard=heard,
        chairs=chairs,
        agencies=agencies,
        findings_made=false,
        may_find=(found.accepted_at is None and actor.holds(Role.WINDOW))
        or any(actor.holds(role, found.authority_id) for role in FINDERS),
        of_authority=any(
            actor.holds(role, found.authority_id) for role in (Role.APPROVER, Role.CHIEF, Role.LEADER)
        ),
    )


def _may_jump(actor: Actor) -> bool:
    return any(actor.holds(role) for role in manager.MAY_JUMP)


def _works_on(found: Casefile) -> bool:
    actor = auth.me()
    return any(actor.holds(step.role, step.org_id) for step in found.open_steps)


@bp.post("/tasks/<number:task_id>/recall")
@page.or_again(task)
def recall(task_id: int) -> ResponseReturnValue:
    """Take one's own completed step back."""
    with auth.act() as act:
        approver.recall(act, task_id)
        return page.go(act, page.done(f"/tasks/{task_id}", "recalled"))


@bp.post("/cases/<no>/jump")
@page.or_again(case)
def jump(no: str) -> ResponseReturnValue:
    """Put the case, or the branch of one of its tasks, on another step."""
    task_id, node = _goal()
    typed = {"to": [node], "reason": request.form.get("reason", ""), "task": task_id}
    form = schemas.load(schemas.Jump(), typed)
    with auth.act() as act:
        manager.jump(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "jumped"))


def _goal() -> tuple[int | None, str]:
    """Where the form puts the case: the task whose branch moves, if not all of it, and the step."""
    task_id, _, node = request.form.get("to", "").partition(".")
    return fields.read(fields.Whole("任务编号", 0), "to", task_id) or None, node


@bp.post("/cases/<no>/suspend")
@page.or_again(case)
def suspend(no: str) -> ResponseReturnValue:
    """Stop the clocks on a legal ground."""
    typed = {name: request.form.get(name, "") for name in ("ground", "notice", "planned")}
    form = schemas.load(schemas.Suspend(), typed)
    with auth.act() as act:
        approver.suspend(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "suspended"))


@bp.post("/cases/<no>/resume")
@page.or_again(case)
def resume(no: str) -> ResponseReturnValue:
    """End a special procedure, and let the clocks run again."""
    typed = {"stop": request.form.get("stop") or None, "result": request.form.get("result", "")}
    form = schemas.load(schemas.Resume(), typed)
    with auth.act() as act:
        approver.resume(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "resumed"))


@bp.get("/files/<number:file_id>")
def file(file_id: int) -> Response:
    """Hand a file out as an attachment: whatever is in it, it never runs on our pages."""
    actor = auth.me()
    with auth.look() as look:
        kept = sight.file(look.db, actor, file_id)
    return filing.handed(kept.content, kept.name)


@bp.get("/files/<number:file_id>/shown")
def shown_file(file_id: int) -> Response:
    """Show a picture inside its copy; whatever is not a picture by its bytes is handed out instead."""
    actor = auth.me()
    with auth.look() as look:
        kept = sight.file(look.db, actor, file_id)
    return filing.shown(kept.content, kept.name)


@bp.get("/files/<number:file_id>/copy")
def file_copy(file_id: int) -> str:
    """A file as it is passed on to others: with its watermark (水印), its bytes untouched."""
    actor = auth.me()
    with auth.look() as look:
        found = belongings.copy(look.db, actor, file_id)
    return render_template("approver/copy.html", copy=found, picture=filing.is_picture(found.content))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
