"""Inspections (勘验): planned, moved, held; each department's result; who is assigned to test."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import sight, visits
from engine.services import inspecting
from engine.services.act import Act
from web import auth, proceedings, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("inspections", "勘验")

CASE, VISIT = "/cases/<key:no>", "/inspections/<number:inspection_id>"


@room.get("/inspections", takes=proceedings.InspectionDays, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """List the inspections of some days that concern one's posts."""
    with reading() as look:
        found = visits.listed(look.db, look.by, given["first"] or look.today, given["days"])
    return {"items": plain(found)}


@room.get("/inspections/absences", gives=shown.ListShown)
def absences() -> ResponseReturnValue:
    """Tell how often each department was to come in the last ninety days, and did not (缺席)."""
    with reading() as look:
        return {"items": plain(visits.absences(look.db, look.at))}


@room.get(VISIT, gives=shown.InspectionShown)
def show(inspection_id: int) -> ResponseReturnValue:
    """Show an appointment with each department's part."""
    with reading() as look:
        return _told(look, inspection_id)


@room.post(f"{CASE}/inspections", takes=proceedings.PlanInspection, gives=shown.InspectionShown, status=201)
def plan(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Make one appointment for everything named (多勘合一): ``officers`` are user ids by case number."""
    with auth.act() as act:
        inspection_id = inspecting.plan(act, act.take(sight.find(act.db, act.by, no)), **given)
        return answer(act, _told(act, inspection_id)), 201


@room.post(f"{VISIT}/move", takes=proceedings.MoveInspection, gives=shown.InspectionShown)
def move(given: dict[str, Any], inspection_id: int) -> ResponseReturnValue:
    """Put an appointment on another time or place (改期)."""
    with auth.act() as act:
        inspecting.move(act, _head(act, inspection_id), inspection_id, **given)
        return answer(act, _told(act, inspection_id))


@room.post(f"{VISIT}/cancel", takes=schemas.Reason, gives=shown.InspectionShown)
def cancel(given: dict[str, Any], inspection_id: int) -> ResponseReturnValue:
    """Call an appointment off (取消)."""
    with auth.act() as act:
        inspecting.cancel(act, _head(act, inspection_id), inspection_id, **given)
        return answer(act, _told(act, inspection_id))


@room.post(f"{VISIT}/evidence", takes=proceedings.Attach, gives=shown.InspectionShown)
def evidence(given: dict[str, Any], inspection_id: int) -> ResponseReturnValue:
    """Keep a picture of a remote look (影像), handed in at ``/files`` before."""
    with auth.act() as act:
        inspecting.attach(act, _head(act, inspection_id), inspection_id, **given)
        return answer(act, _told(act, inspection_id))


@room.post(f"{VISIT}/confirm", gives=shown.InspectionShown)
def confirm(_given: dict[str, Any], inspection_id: int) -> ResponseReturnValue:
    """Enter that the applicant stands by a remote look (双方确认)."""
    with auth.act() as act:
        inspecting.confirm(act, _head(act, inspection_id), inspection_id)
        return answer(act, _told(act, inspection_id))


@room.post(f"{VISIT}/close", gives=shown.InspectionShown)
def close(_given: dict[str, Any], inspection_id: int) -> ResponseReturnValue:
    """End an appointment; who has not reported was absent (缺席)."""
    with auth.act() as act:
        inspecting.close(act, _head(act, inspection_id), inspection_id)
        return answer(act, _told(act, inspection_id))


@room.post("/tasks/<number:task_id>/inspection", takes=proceedings.ReportInspection, gives=shown.CaseShown)
def report(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Write down what one's own department found (勘验结果)."""
    with auth.act() as act:
        return answer(act, brief(inspecting.report(act, task_id, **given)))


@room.post(f"{CASE}/assign", takes=proceedings.Assign, gives=shown.CaseShown)
def assign(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Assign two or more who test what is tested (R-LIM-6)."""
    with auth.act() as act:
        return answer(act, brief(inspecting.assign(act, act.take(sight.find(act.db, act.by, no)), **given)))


def _head(act: Act, inspection_id: int) -> Any:
    return act.take(visits.one(act.db, act.by, inspection_id)[1])


def _told(act: Act, inspection_id: int) -> dict[str, Any]:
    told: dict[str, Any] = plain(visits.one(act.db, act.by, inspection_id)[0])
    return told
