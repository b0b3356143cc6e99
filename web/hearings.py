"""Hearings (听证) and agencies on a case's page: the right told, the day set, the record handed in."""

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.queries import sight
from engine.services import engaging, hearing
from web import applying, auth, page, proceedings, schemas
from web.approver import case as case_page

bp = Blueprint("hearings", __name__)


@bp.post("/cases/<no>/hearing/announce")
@page.or_again(case_page)
def announce(no: str) -> ResponseReturnValue:
    """Tell the applicant that he may be heard."""
    form = schemas.load(proceedings.HearingWords(), {"words": request.form.get("words", "")})
    with auth.act() as act:
        hearing.announce(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "hearing-announced"))


@bp.post("/cases/<no>/hearing/schedule")
@page.or_again(case_page)
def schedule(no: str) -> ResponseReturnValue:
    """Set day, place and chair."""
    day, time = request.form.get("day", ""), request.form.get("time", "")
    if not day or not time:
        raise Incomplete("请填写日期和时间。", code="at.missing", field="at")
    typed = {name: request.form[name] for name in ("place", "chair") if request.form.get(name)}
    form = schemas.load(proceedings.ScheduleHearing(), {**typed, "at": f"{day}T{time}"})
    with auth.act() as act:
        hearing.schedule(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "hearing-scheduled"))


@bp.post("/cases/<no>/hearing/hold")
@page.or_again(case_page)
def hold(no: str) -> ResponseReturnValue:
    """Hand the record in."""
    with auth.act() as act:
        typed = {"outcome": request.form.get("outcome", ""), "record": applying.keep(act, "file")}
        form = schemas.load(proceedings.HoldHearing(), typed)
        hearing.hold(act, act.take(sight.find(act.db, act.by, no)), **form)
        return page.go(act, page.done(f"/cases/{no}", "hearing-held"))


@bp.post("/cases/<no>/agencies/<number:engagement_id>/finish")
@page.or_again(lambda no, engagement_id: case_page(no))  # noqa: ARG005  the page is the case's
def finish(no: str, engagement_id: int) -> ResponseReturnValue:
    """Enter that an agency's service is done."""
    form = schemas.load(proceedings.FinishAgency(), {"result": request.form.get("result", "")})
    with auth.act() as act:
        engaging.finish(act, act.take(sight.find(act.db, act.by, no)), engagement_id, **form)
        return page.go(act, page.done(f"/cases/{no}", "agency-finished"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
