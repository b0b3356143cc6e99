"""The page of false papers (虚假材料认定): written down on a case, listed and exported, taken back by another."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.bar import STANDING_NAMES
from engine.queries import bars, sight
from engine.services import barring as acts
from web import auth, barring, page, schemas, workbook
from web.approver import case as case_page
from web.words import moment

bp = Blueprint("bars", __name__)

#: What the address may narrow the list by.
ASKED = ("standing", "q", "cursor")
_COLUMNS = (
    "办件编号",
    "事项",
    "申请人",
    "审批部门",
    "情形",
    "依据",
    "事实",
    "认定人",
    "认定时间",
    "决定文号",
    "限制自",
    "限制至",
    "状态",
)


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = schemas.load(
        barring.Findings(), {name: value for name, value in request.args.items() if name in ASKED and value}
    )
    return asked


@bp.get("/bars")
def listed() -> str:
    """The findings one may see, newest first."""
    actor, asked = auth.me(), _asked()
    with auth.look() as look:
        found = bars.page(look.db, actor, look.today, asked["q"], asked["standing"], asked["cursor"])
    return render_template("bars/index.html", found=found, asked=asked, standings=STANDING_NAMES)


@bp.get("/bars.csv")
def export() -> Response:
    """The list, whole, as a table for a spreadsheet."""
    actor, asked = auth.me(), _asked()
    with auth.look() as look:
        found = bars.page(look.db, actor, look.today, asked["q"], asked["standing"], most=bars.MOST)
    answer = Response(workbook.plain(_COLUMNS, map(_cells, found.items)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="bars.csv"'
    return answer


def _cells(one: bars.Finding) -> tuple[str, ...]:
    days = tuple(day.isoformat() if day else "" for day in (one.since, one.until))
    told = (one.no, one.matter, one.applicant, one.authority, one.ground, one.article, one.facts)
    return (*told, one.found_by, moment(one.found_at), one.document_no, *days, one.standing_name)


@bp.post("/cases/<no>/false-papers")
@page.or_again(case_page)
def find(no: str) -> ResponseReturnValue:
    """Write down that facts were hidden or false papers shown."""
    given = schemas.load(barring.Finding(), {"facts": request.form.get("facts", "")})
    with auth.act() as act:
        acts.find(act, act.take(sight.find(act.db, act.by, no)), **given)
        return page.go(act, page.done(f"/cases/{no}", "false-papers"))


@bp.post("/bars/<number:bar_id>/cancel")
@page.or_again(lambda **_: listed())
def cancel(bar_id: int) -> ResponseReturnValue:
    """Take a finding back that was a mistake."""
    given = schemas.load(schemas.Reason(), {"reason": request.form.get("reason", "")})
    with auth.act() as act:
        acts.cancel(act, bar_id, **given)
        return page.go(act, page.done("/bars", "finding-cancelled"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
