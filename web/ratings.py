"""Ratings (好差评): the applicant's page, the department's list and loop, and the figures with their lists."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Malformed, NotYours
from engine.domain.rating import ABOUT_NAMES, GROUND_NAMES, LEVEL_NAMES, STEP_NAMES, Ground, Level, Occasion
from engine.queries import appraisals, filters, satisfaction, watchlist
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import appraising, rectifying
from engine.services.act import Act
from web import auth, feedback, page, schemas, workbook
from web.pace import Pace

bp = Blueprint("ratings", __name__)

#: What the address may narrow the figures by.
NARROWED = ("department", "matter", "month", "person")
GROUPED = {"department": "按部门", "matter": "按事项", "person": "按人员"}


# -- the applicant ---------------------------------------------------------------------------------------------


def _knock() -> None:
    pace: Pace = current_app.extensions["pace"]
    pace.knock()


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())


def _rate_page(code: str) -> str:
    asked = request.values.get("occasion") or request.args.get("at", Occasion.MATTER)
    occasion = Occasion(asked) if asked in set(Occasion) else Occasion.MATTER
    with auth.look() as look:
        found = appraisals.invitation(look.db, _plain(code), occasion, request.values.get("receipt", ""))
    return render_template("applicant/rate.html", asked=found, levels=LEVEL_NAMES, abouts=ABOUT_NAMES)


@bp.get("/t/<code>/rate")
def form(code: str) -> ResponseReturnValue:
    """Ask what he thinks, on his own phone or the window's device (``?at=handout``)."""
    _knock()
    return _rate_page(code)


@bp.post("/t/<code>/rate")
@page.or_again(_rate_page)
def rate(code: str) -> ResponseReturnValue:
    """Keep what he says."""
    _knock()
    sent = request.form
    scores = {name[6:]: value for name, value in sent.items() if name.startswith("score.") and value}
    given = {name: sent[name] for name in ("level", "occasion", "about", "words") if sent.get(name)}
    said = schemas.load(
        feedback.Rate(), {**given, "scores": scores, "named": sent.get("named", "yes") == "yes"}
    )
    _must_be_applicant()
    with auth.act_as_applicant() as act:
        given_for = appraising.rate(act, act.tracked(_plain(code)), said, sent.get("receipt", ""))
        return _back(act, code, given_for.secret)


def _must_be_applicant() -> None:
    """Whoever is signed in rates for nobody, though the window knows the tracking code (R-EV-1, R-EV-3)."""
    if auth.who() is not None:
        raise NotYours(
            "评价由申请人自己作出；请申请人用自己的手机或窗口评价器。", code="rating.not-applicant"
        )


def _back(act: Act, code: str, receipt: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/t/{_plain(code)}/rate?receipt={receipt}", "rated"))


@bp.post("/t/<code>/survey")
@page.or_again(_rate_page)
def own_survey(code: str) -> ResponseReturnValue:
    """Keep how satisfied he is with what was done about it."""
    _knock()
    given = schemas.load(feedback.OwnSurvey(), {"level": request.form.get("level", "")})
    receipt = request.form.get("receipt", "")
    _must_be_applicant()
    with auth.act_as_applicant() as act:
        appraising.survey(act, act.tracked(_plain(code)), receipt, Level(given["level"]))
        return _back(act, code, receipt)


# -- the department --------------------------------------------------------------------------------------------


@bp.get("/ratings")
def listed() -> str:
    """The bad ratings one may put right, with what each waits for and until when."""
    actor = auth.me()
    asked = schemas.load(
        feedback.Ratings(), {k: v for k, v in request.args.items() if k in {"view", "cursor"} and v}
    )
    with auth.look() as look:
        found = appraisals.page(look.db, actor, look.at, look.calendar, asked["view"], asked["cursor"])
    return render_template(
        "ratings/list.html", found=found, view=asked["view"], views=appraisals.VIEWS, steps=STEP_NAMES
    )


def _one(rating_id: int) -> str:
    actor = auth.me()
    with auth.look() as look:
        found = appraisals.one(look.db, actor, rating_id, look.at, look.calendar)
    return render_template(
        "ratings/one.html",
        rating=found,
        steps=STEP_NAMES,
        levels=LEVEL_NAMES,
        grounds=GROUND_NAMES,
        standings=watchlist.STANDINGS,
    )


@bp.get("/ratings/<number:rating_id>")
def one(rating_id: int) -> str:
    """One bad rating, with the form of the step it waits for."""
    return _one(rating_id)


def _given(schema: type[schemas.Form]) -> Any:
    sent = {name: request.form[name] for name in schema().fields if request.form.get(name)}
    return schemas.load(schema(), sent)


def _on(act: Act, rating_id: int) -> ResponseReturnValue:
    return page.go(act, page.done(f"/ratings/{rating_id}", "saved"))


@bp.post("/ratings/<number:rating_id>/verify")
@page.or_again(_one)
def verify(rating_id: int) -> ResponseReturnValue:
    """Say what was found (核实)."""
    with auth.act() as act:
        rectifying.verify(act, rating_id, **_given(feedback.Account))
        return _on(act, rating_id)


@bp.post("/ratings/<number:rating_id>/rectify")
@page.or_again(_one)
def rectify(rating_id: int) -> ResponseReturnValue:
    """Say what was put right (整改)."""
    with auth.act() as act:
        rectifying.rectify(act, rating_id, **_given(feedback.Account))
        return _on(act, rating_id)


@bp.post("/ratings/<number:rating_id>/call")
@page.or_again(_one)
def call(rating_id: int) -> ResponseReturnValue:
    """Write down the call (回访)."""
    with auth.act() as act:
        rectifying.call(act, rating_id, **_given(feedback.Called))
        return _on(act, rating_id)


@bp.post("/ratings/<number:rating_id>/survey")
@page.or_again(_one)
def survey(rating_id: int) -> ResponseReturnValue:
    """Write down how satisfied he is now (测评)."""
    with auth.act() as act:
        rectifying.survey(act, rating_id, **_given(feedback.Survey))
        return _on(act, rating_id)


@bp.post("/ratings/<number:rating_id>/appeal")
@page.or_again(_one)
def appeal(rating_id: int) -> ResponseReturnValue:
    """Say why it ought not to count (申诉)."""
    given = _given(feedback.Appeal)
    with auth.act() as act:
        rectifying.appeal(act, rating_id, Ground(given["ground"]), given["words"])
        return page.go(act, page.done(f"/ratings/{rating_id}", "appealed"))


@bp.post("/ratings/<number:rating_id>/review")
@page.or_again(_one)
def review(rating_id: int) -> ResponseReturnValue:
    """Uphold it or overturn it (复核)."""
    given = _given(feedback.Review)
    with auth.act() as act:
        rectifying.review(act, rating_id, given["words"], overturn=given["overturn"])
        return _on(act, rating_id)


# -- figures ---------------------------------------------------------------------------------------------------


def _counting(look: Act) -> Counting:
    department, matter, month, person = (request.args.get(name, "").strip() for name in NARROWED)
    asked = Filters(filters.reach(look.by), department, matter, month=month, person=person)
    return Counting(look.db, look.calendar, look.at, asked)


def address(path: str, **more: str) -> str:
    """Return *path* with the filters of this request; *more* adds to them."""
    asked = {name: request.args[name] for name in NARROWED if request.args.get(name)}
    chosen = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


@bp.get("/figures/satisfaction")
def figures() -> str:
    """How satisfied people are, by department, matter or person; mistakes, complaints and reports."""
    by = request.args.get("by", "department")
    if by not in GROUPED:
        raise Malformed("没有这种分组。", code="filter.by", field="by")
    with auth.office().look(auth.me()) as look:
        counting = _counting(look)
        lines, total = satisfaction.table(counting, by), satisfaction.total(counting)
        zeros, offered = satisfaction.zeros(counting), filters.choices(look.db, look.at)
    return render_template(
        "ratings/figures.html", lines=lines, total=total, zeros=zeros, by=by, groups=GROUPED, offered=offered,
        figures=satisfaction.FIGURES, rates=satisfaction.RATES, address=address,
    )  # fmt: skip


@bp.get("/figures/satisfaction/<key>")
def behind(key: str) -> str:
    """The ratings behind a figure."""
    with auth.office().look(auth.me()) as look:
        found = satisfaction.behind(_counting(look), key, look.by)
    figure = next(each for each in satisfaction.FIGURES if each.key == key)
    return render_template("ratings/behind.html", found=found, figure=figure, address=address)


@bp.get("/figures/satisfaction.xlsx")
def sheet() -> Response:
    """The figures and the ratings behind one of them, as a workbook; nothing in it tells who rated (R-EV-1)."""
    key = request.args.get("key", "bad")
    with auth.office().look(auth.me()) as look:
        counting = _counting(look)
        total, found = satisfaction.total(counting), satisfaction.behind(counting, key, look.by)
    told = ((each.name, total.counts[each.key], each.definition) for each in satisfaction.FIGURES)
    rows = ((g.month, g.department, g.person, g.matter, g.level, g.words) for g in found)
    headings = (("月份", 10), ("部门", 22), ("经办人", 12), ("事项", 30), ("等级", 12), ("意见", 60))
    book = (
        ("指标", (), (("指标", 18), ("数值", 10), ("口径", 80)), told),
        ("评价", (), headings, rows),
    )
    answer = Response(workbook.written(book), mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="satisfaction-{key}.xlsx"'
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
