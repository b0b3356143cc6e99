"""The inspector's room (勘验): the calendar of the next days, an appointment planned and held, a step's own part."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.domain.inspection import MODE_NAMES, RESULT_NAMES, STATE_NAMES
from engine.queries import sight, visits
from engine.services import inspecting
from engine.services.act import Act
from web import applying, auth, fields, page, proceedings, schemas
from web.approver import task as task_page

bp = Blueprint("inspector", __name__)

#: What every page calls the words of an appointment.
WORDS: dict[str, Mapping[Any, str]] = {
    "visit_modes": MODE_NAMES,
    "visit_results": RESULT_NAMES,
    "visit_states": STATE_NAMES,
}


@bp.get("/inspections")
def calendar() -> str:
    """Show the inspections of the next days, what waits to be planned, and who stayed away."""
    actor = auth.me()
    with auth.look() as look:
        first = fields.read(fields.Day("起始日"), "from", request.args.get("from", "")) or look.today
        listed = visits.by_day(visits.listed(look.db, actor, first))
        waiting, absences = visits.unplanned(look.db, actor), visits.absences(look.db, look.at)
    return render_template(
        "inspector/calendar.html", days=listed, first=first, last=first + timedelta(days=visits.DAYS - 1),
        before=first - timedelta(days=visits.DAYS), after=first + timedelta(days=visits.DAYS), waiting=waiting,
        absences=absences, counted=visits.COUNTED,
    )  # fmt: skip


@bp.get("/cases/<no>/inspection")
def plan_page(no: str) -> str:
    """Show what of a case waits for a look, to be planned in one appointment."""
    actor = auth.me()
    with auth.look() as look:
        waiting = visits.to_plan(look.db, sight.find(look.db, actor, no))
        soonest = look.calendar.add(look.today, 1)
    return render_template("inspector/plan.html", no=no, waiting=waiting, soonest=soonest)


@bp.post("/cases/<no>/inspection")
@page.or_again(plan_page)
def plan(no: str) -> ResponseReturnValue:
    """Make one appointment for everything that was ticked."""
    names = request.form.getlist("member")
    officers = {each: request.form.getlist(f"officers.{each}") for each in names}
    form = _form(proceedings.PlanInspection(), at=_moment(), officers=officers)
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        inspection_id = inspecting.plan(act, case, **form)
        return _on(act, inspection_id, "inspection-planned")


def _moment() -> str:
    """The day and the time of a form, as one; raises `Incomplete` where one is missing."""
    day, time = request.form.get("day", ""), request.form.get("time", "")
    if not day or not time:
        raise Incomplete("请填写日期和时间。", code="at.missing", field="at")
    return f"{day}T{time}"


def _form(schema: ma.Schema, **more: Any) -> Mapping[str, Any]:
    typed = {name: request.form[name] for name in schema.fields if request.form.get(name)}
    read: Mapping[str, Any] = schemas.load(schema, {**typed, **more})
    return read


def _on(act: Act, inspection_id: int, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/inspections/{inspection_id}", done))


# --- one appointment --------------------------------------------------------------------------------------


@bp.get("/inspections/<number:inspection_id>")
def show(inspection_id: int) -> str:
    """Show an appointment: when, where, who, what came of it."""
    actor = auth.me()
    with auth.look() as look:
        visit, _ = visits.one(look.db, actor, inspection_id)
        over = look.at >= visit.planned_at
    return render_template("inspector/appointment.html", visit=visit, over=over)


@bp.post("/inspections/<number:inspection_id>/move")
@page.or_again(show)
def move(inspection_id: int) -> ResponseReturnValue:
    """Put it on another time or place."""
    form = _form(proceedings.MoveInspection(), at=_moment())
    with auth.act() as act:
        inspecting.move(act, _head(act, inspection_id), inspection_id, **form)
        return _on(act, inspection_id, "inspection-moved")


@bp.post("/inspections/<number:inspection_id>/cancel")
@page.or_again(show)
def cancel(inspection_id: int) -> ResponseReturnValue:
    """Call it off."""
    form = schemas.load(schemas.Reason(), {"reason": request.form.get("why", "")})
    with auth.act() as act:
        inspecting.cancel(act, _head(act, inspection_id), inspection_id, **form)
        return _on(act, inspection_id, "inspection-cancelled")


@bp.post("/inspections/<number:inspection_id>/evidence")
@page.or_again(show)
def evidence(inspection_id: int) -> ResponseReturnValue:
    """Keep a picture of it."""
    with auth.act() as act:
        file_id = applying.keep(act, "file")
        if file_id is None:
            raise Incomplete("请选择影像文件（JPG、PNG 或 PDF）。", code="file.empty", field="file")
        inspecting.attach(act, _head(act, inspection_id), inspection_id, file_id)
        return _on(act, inspection_id, "inspection-evidence")


@bp.post("/inspections/<number:inspection_id>/confirm")
@page.or_again(show)
def confirm(inspection_id: int) -> ResponseReturnValue:
    """Enter that the applicant stands by what was seen."""
    with auth.act() as act:
        inspecting.confirm(act, _head(act, inspection_id), inspection_id)
        return _on(act, inspection_id, "inspection-confirmed")


@bp.post("/inspections/<number:inspection_id>/close")
@page.or_again(show)
def close(inspection_id: int) -> ResponseReturnValue:
    """End it; who has not reported was absent."""
    with auth.act() as act:
        inspecting.close(act, _head(act, inspection_id), inspection_id)
        return _on(act, inspection_id, "inspection-held")


def _head(act: Act, inspection_id: int) -> Any:
    """Take the case or bundle the appointment was made for."""
    return act.take(visits.one(act.db, act.by, inspection_id)[1])


# --- a department's part ----------------------------------------------------------------------------------


@bp.post("/tasks/<number:task_id>/inspection")
@page.or_again(task_page)
def report(task_id: int) -> ResponseReturnValue:
    """Write down what one's own department found."""
    officers = request.form.getlist("officers")
    form = _form(proceedings.ReportInspection(), officers=officers)
    with auth.act() as act:
        case = inspecting.report(act, task_id, **form)
        return page.go(act, page.done(f"/cases/{case.no}", "inspection-reported"))


@bp.post("/tasks/<number:task_id>/assign")
@page.or_again(task_page)
def assign(task_id: int) -> ResponseReturnValue:
    """Assign those who test what is tested."""
    form = _form(proceedings.Assign(), officers=request.form.getlist("officers"))
    with auth.act() as act:
        inspecting.assign(act, act.take_of(task_id), **form)
        return page.go(act, page.done(f"/tasks/{task_id}", "officers-assigned"))


def install(app: Flask) -> None:
    """Add the room, and let every page call things by their names."""
    app.jinja_env.globals.update(WORDS)
    app.register_blueprint(bp)
