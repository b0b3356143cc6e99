"""Licences that end (跟、管、帮): whom the hall calls, what he said; and what the holder may say on his own page."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.identity import Role
from engine.domain.reminder import KIND_NAMES, SAID_NAMES, STANDING_NAMES
from engine.queries import reminders, tracking
from engine.services import attendant
from engine.services.act import Act
from web import applicant, attending, auth, page, schemas, workbook
from web.words import moment

bp = Blueprint("reminders", __name__)

#: What the address may narrow the list by.
ASKED = ("state", "month")
#: The colour of how a reminder stands; its word says the same.
TONES = {
    "waiting": "yellow",
    "unreached": "yellow",
    "told": "blue",
    "applied": "green",
    "renewed": "green",
    "lapsed": "red",
}
_COLUMNS = (
    *("证照编号", "证照名称", "持证人", "联系电话", "有效期至", "最迟申请", "提醒", "提醒时间", "状态"),
    *("联系结果", "备注", "联系时间", "联系人", "延续办件"),
)


def _asked() -> dict[str, Any]:
    sent = {name: value for name, value in request.args.items() if name in ASKED}
    asked: dict[str, Any] = schemas.load(attending.Reminders(), sent)
    return asked


def _board(look: Act, asked: dict[str, Any]) -> reminders.Board:
    return reminders.board(look.db, auth.me(), look.today, asked["state"], asked["month"])


def _page(**_at: int) -> str:
    me, asked = auth.me(), _asked()
    with auth.look() as look:
        found = _board(look, asked)
    return render_template(
        "reminders/list.html",
        found=found,
        asked=asked,
        shown=attending.SHOWN,
        standings=STANDING_NAMES,
        kinds=KIND_NAMES,
        said=SAID_NAMES,
        tones=TONES,
        calls=me.holds(Role.WINDOW),
    )


@bp.get("/reminders")
def listed() -> str:
    """The licences that end, whose holders are to be called first; and how many went on."""
    return _page()


@bp.get("/reminders.csv")
def export() -> Response:
    """The list, whole, as a table for a spreadsheet."""
    with auth.look() as look:
        found = _board(look, _asked())
    answer = Response(workbook.plain(_COLUMNS, map(_cells, found.items)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="reminders.csv"'
    return answer


def _cells(one: reminders.Reminder) -> tuple[str, ...]:
    told = (one.number, one.name, one.holder, one.phone, one.until.isoformat(), one.last.isoformat())
    called = (one.words, moment(one.said_at) if one.said_at else "", one.said_by, one.applied)
    said = {str(key): name for key, name in SAID_NAMES.items()}.get(one.said, "")
    return (*told, KIND_NAMES[one.kind], moment(one.made_at), STANDING_NAMES[one.standing], said, *called)


@bp.post("/reminders/<number:reminder_id>/answer")
@page.or_again(_page)
def answer(reminder_id: int) -> ResponseReturnValue:
    """Write down what came of calling somebody."""
    sent = {name: request.form.get(name, "") for name in ("said", "words")}
    given = schemas.load(attending.Answered(), sent)
    with auth.act() as act:
        attendant.note(act, reminder_id, **given)
        return page.go(act, page.done("/reminders", "reminder-answered"))


@bp.post("/reminders/<number:reminder_id>/undo")
@page.or_again(_page)
def undo(reminder_id: int) -> ResponseReturnValue:
    """Take back what was written down."""
    with auth.act() as act:
        attendant.take_back(act, reminder_id)
        return page.go(act, page.done("/reminders", "reminder-undone"))


# -- on the page of a tracking code ------------------------------------------------------------------------------


def _his(act: Act, code: str) -> Any:
    no = request.form.get("no", "")
    tracking.belongs(act.db, applicant.plain(code), no)
    return act.case(no)


@bp.post("/t/<code>/reminders/decline")
@page.or_again(applicant.track_page)
def decline(code: str) -> ResponseReturnValue:
    """Be reminded of this licence no more."""
    applicant.knock()
    with auth.act_as_applicant() as act:
        attendant.decline(act, _his(act, code))
        return page.go(act, page.done(f"/t/{applicant.plain(code)}", "reminders-declined"))


@bp.post("/t/<code>/reminders/resume")
@page.or_again(applicant.track_page)
def resume(code: str) -> ResponseReturnValue:
    """Be reminded of it again."""
    applicant.knock()
    with auth.act_as_applicant() as act:
        attendant.resume(act, _his(act, code))
        return page.go(act, page.done(f"/t/{applicant.plain(code)}", "reminders-resumed"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
