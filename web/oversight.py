"""What only managers look at: visits of people who try the house out, and what was out of the ordinary."""

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.anomaly import DEFINITIONS, RULE_NAMES
from engine.domain.identity import Role, must_hold
from engine.domain.mystery import ASPECTS
from engine.queries import anomalies, filters, mysteries
from engine.queries.anomalies import Found
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import probing
from engine.services.act import Act
from web import auth, feedback, page, schemas, workbook

bp = Blueprint("oversight", __name__)


# -- visits (体验办件) -------------------------------------------------------------------------------------------


def _visits() -> str:
    actor = auth.me()
    with auth.look() as look:
        found = mysteries.all_(look.db, actor)
    return render_template("manager/visits.html", found=found, capacities=schemas.CAPACITIES, aspects=ASPECTS)


@bp.get("/visits")
def listed() -> str:
    """Every visit, and the form that marks a case as one."""
    return _visits()


@bp.post("/visits")
@page.or_again(_visits)
def mark(**_at: str) -> ResponseReturnValue:
    """Mark a case as a visit, before it is accepted."""
    sent = {k: request.form[k] for k in ("capacity", "visitor", "purpose") if request.form.get(k)}
    given = schemas.load(schemas.VisitSchema(), sent)
    with auth.act() as act:
        probing.mark(act, act.case(request.form.get("no", "").strip()), given)
        return page.go(act, page.done("/visits", "saved"))


def _visit(no: str) -> str:
    actor = auth.me()
    with auth.look() as look:
        found = mysteries.one(look.db, actor, no)
    return render_template("manager/visit.html", visit=found, aspects=ASPECTS)


@bp.get("/visits/<no>")
def one(no: str) -> str:
    """One visit, and its opinion sheet (意见单)."""
    return _visit(no)


@bp.post("/visits/<no>")
@page.or_again(_visit)
def opine(no: str) -> ResponseReturnValue:
    """Keep the opinion sheet."""
    scores = {name: request.form[f"score.{name}"] for name in ASPECTS if request.form.get(f"score.{name}")}
    given = schemas.load(feedback.Opinion(), {"scores": scores, "opinion": request.form.get("opinion", "")})
    with auth.act() as act:
        probing.opine(act, act.case(no), **given)
        return page.go(act, page.done(f"/visits/{no}", "saved"))


# -- out of the ordinary ---------------------------------------------------------------------------------------


def _found(look: Act) -> tuple[Found, ...]:
    must_hold(auth.me(), Role.MANAGER)
    asked = Filters(month=request.args.get("month", "").strip())
    return anomalies.found(Counting(look.db, look.calendar, look.at, asked))


@bp.get("/anomalies")
def unusual() -> str:
    """What is to be looked at; each row says by which rule."""
    with auth.look() as look:
        found = _found(look)
        months = filters.choices(look.db, look.at).months
    return render_template(
        "manager/anomalies.html", found=found, months=months, names=RULE_NAMES, definitions=DEFINITIONS
    )


@bp.get("/anomalies.xlsx")
def sheet() -> Response:
    """The same as a workbook."""
    with auth.look() as look:
        found = _found(look)
    rows = ((f.name, f.no, f.matter, f.department, f.seen) for f in found)
    headings = (("规则", 30), ("办件编号", 26), ("事项", 30), ("部门", 22), ("所见", 30))
    answer = Response(
        workbook.written((("提示核实", ("仅提示核实，不作定性。",), headings, rows),)),
        mimetype=workbook.MEDIA_TYPE,
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="anomalies.xlsx"'
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
