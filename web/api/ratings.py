"""Ratings (好差评): given with a tracking code, put right by the department, and how satisfied people are."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.identity import APPLICANT
from engine.domain.rating import Ground
from engine.queries import appraisals, filters, satisfaction, tracking
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import appraising, rectifying
from engine.services.appraising import Said
from web import auth, feedback
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("ratings", "好差评")

RATING = "/ratings/<number:rating_id>"


@room.post("/cases/<key:no>/rate", takes=feedback.RateByCode, gives=shown.RatedShown)
def rate(given: tuple[str, str, Said], no: str) -> ResponseReturnValue:
    """Rate how one was served, once for each occasion; the tracking code proves who is asked.

    Whoever carries the message is not told apart: the rating is the applicant's own (R-EV-1).
    """
    code, receipt, said = given
    with auth.act(by=APPLICANT, command={"no": no, "level": int(said.level), "code": code}) as act:
        tracking.belongs(act.db, code, no)
        kept = appraising.rate(act, act.case(no), said, receipt)
        told = {"case": no, "level": int(said.level), "occasion": str(said.occasion)}
        return answer(act, {**told, "receipt": kept.secret})


@room.get("/ratings", takes=feedback.Ratings, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through the bad ratings one may put right; none of a case one had a hand in."""
    with reading() as look:
        page = appraisals.page(look.db, look.by, look.at, look.calendar, given["view"], given["cursor"])
    following = None if page.next is None else str(page.next)
    return {"items": plain(page.lines), "counts": page.counts, "next": following}


@room.get(RATING, gives=shown.RecordShown)
def one(rating_id: int) -> ResponseReturnValue:
    """Show one bad rating whole; who rated, only where he gave his name."""
    with reading() as look:
        return dict(plain(appraisals.one(look.db, look.by, rating_id, look.at, look.calendar)))


def _step(row: Any) -> dict[str, Any]:
    return {"id": row.rating_id, "step": row.step, "satisfaction": row.satisfaction}


@room.post(f"{RATING}/verify", takes=feedback.Account, gives=shown.StepShown)
def verify(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Say what was found (核实)."""
    with auth.act() as act:
        rectifying.verify(act, rating_id, **given)
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.post(f"{RATING}/rectify", takes=feedback.Account, gives=shown.StepShown)
def rectify(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Say what was put right (整改)."""
    with auth.act() as act:
        rectifying.rectify(act, rating_id, **given)
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.post(f"{RATING}/call", takes=feedback.Called, gives=shown.StepShown)
def call(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Write down a call (回访)."""
    with auth.act() as act:
        rectifying.call(act, rating_id, **given)
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.post(f"{RATING}/survey", takes=feedback.Survey, gives=shown.StepShown)
def survey(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Write down how satisfied he is with it (测评)."""
    with auth.act() as act:
        rectifying.survey(act, rating_id, **given)
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.post(f"{RATING}/appeal", takes=feedback.Appeal, gives=shown.StepShown)
def appeal(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Say why it ought not to count (误评、恶意评价)."""
    with auth.act() as act:
        rectifying.appeal(act, rating_id, Ground(given["ground"]), given["words"])
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.post(f"{RATING}/review", takes=feedback.Review, gives=shown.StepShown)
def review(given: dict[str, Any], rating_id: int) -> ResponseReturnValue:
    """Review an appeal as a second person (复核)."""
    with auth.act() as act:
        rectifying.review(act, rating_id, **given)
        return answer(act, _step(rectifying.standing(act, rating_id)))


@room.get("/reports/satisfaction", takes=feedback.SatisfactionMonth, gives=shown.FiguresShown)
def figures(given: dict[str, Any]) -> ResponseReturnValue:
    """Count ratings of a month: 好评率、差评件、差评整改率、回访率, by department, matter or person."""
    with reading() as look:
        asked = Filters(reach=filters.reach(look.by), month=given["month"])
        counting = Counting(look.db, look.calendar, look.at, asked)
        total, lines = satisfaction.total(counting), satisfaction.table(counting, given["by"])
    return {"total": _told(total), "groups": [_told(line) for line in lines]}


def _told(line: satisfaction.Line) -> dict[str, Any]:
    rates = {rate.key: rate.of(line.counts) for rate in satisfaction.RATES}
    return {"key": line.key, "name": line.name, "counts": line.counts, "rates": rates}
