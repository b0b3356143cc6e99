"""The licences' room (电子证照): a list to search and to export, one licence, and how it is ended."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import NotFound
from engine.domain.licence import GROUND_NAMES, STATE_NAMES, State
from engine.queries import licences
from engine.services import custodian
from web import auth, page, schemas, workbook
from web.words import moment

bp = Blueprint("licences", __name__)

#: What the address may narrow the list by.
ASKED = ("state", "q", "cursor")
#: What is done to a licence, by the word in its address.
ENDS = {"revoke": (State.REVOKED, "licence-revoked"), "cancel": (State.CANCELLED, "licence-cancelled")}
_COLUMNS = (
    "证照编号",
    "证照名称",
    "持证人",
    "发证机关",
    "办件编号",
    "发证时间",
    "有效期至",
    "状态",
    "情形",
    "决定书",
)


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = schemas.load(
        schemas.Licences(), {name: value for name, value in request.args.items() if name in ASKED and value}
    )
    return asked


@bp.get("/licences")
def listed() -> str:
    """The licences one may see, newest first."""
    actor, asked = auth.me(), _asked()
    with auth.look() as look:
        found = licences.page(look.db, actor, look.today, asked["q"], asked["state"], asked["cursor"])
    return render_template(
        "licences/index.html", found=found, asked=asked, states=STATE_NAMES, today=look.today
    )


@bp.get("/licences.csv")
def export() -> Response:
    """The list, whole, as a table for a spreadsheet."""
    actor, asked = auth.me(), _asked()
    with auth.look() as look:
        found = licences.page(look.db, actor, look.today, asked["q"], asked["state"], most=licences.MOST)
    answer = Response(workbook.plain(_COLUMNS, map(_cells, found.items)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="licences.csv"'
    return answer


def _cells(one: licences.Licence) -> tuple[str, ...]:
    until = one.valid_until.isoformat() if one.valid_until else "长期"
    told = (one.number, one.name, one.holder, one.authority, one.case_no, moment(one.issued_at), until)
    return (*told, STATE_NAMES[one.state], one.ground_name, one.document_no)


@bp.get("/licences/<number>")
def licence(number: str) -> str:
    """One licence: whose, until when, how it stands, and what may be done to it."""
    actor = auth.me()
    with auth.look() as look:
        found = licences.one(look.db, actor, look.today, number)
    return render_template("licences/licence.html", one=found, ends=found.ends(actor), grounds=GROUND_NAMES)


@bp.post("/licences/<number>/<end>")
@page.or_again(lambda number, **_: licence(number))
def end(number: str, end: str) -> ResponseReturnValue:
    """Revoke (撤销) or cancel (注销) it."""
    given = schemas.load(
        schemas.EndLicence(), {name: request.form.get(name, "") for name in ("ground", "reason")}
    )
    state, word = _way(end)
    with auth.act() as act:
        custodian.end(act, number, state, **given)
        return page.go(act, page.done(f"/licences/{number}", word))


def _way(end: str) -> tuple[State, str]:
    if end not in ENDS:
        raise NotFound("没有这个操作。", code="licence.end-unknown")
    return ENDS[end]


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
