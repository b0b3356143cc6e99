"""How people are served (窗口服务): a manager's figures of waiting, help and appointments, with their lists."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.appointment import STATE_NAMES as APPOINTMENT_NAMES
from engine.domain.case import STATE_NAMES, State
from engine.queries import filters, service
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services.act import Act
from web import auth, fields, words, workbook

bp = Blueprint("service", __name__)


def _counting(look: Act) -> Counting:
    asked = Filters(reach=filters.reach(auth.me()), month=request.args.get("month", "").strip())
    return Counting(look.db, look.calendar, look.at, asked, look.at)


def _person() -> int | None:
    found: int | None = fields.read(fields.Whole("人员"), "person", request.args.get("person", ""))
    return found


@bp.get("/service")
def overview() -> ResponseReturnValue:
    """The figures of a month."""
    with auth.look() as look:
        found = service.service(_counting(look))
        months = filters.choices(look.db, look.at).months
    return render_template("manager/service.html", found=found, months=months, states=APPOINTMENT_NAMES)


@bp.get("/service/<key>")
def behind(key: str) -> ResponseReturnValue:
    """The list behind a figure, as a page or (``format=csv``) as a table."""
    with auth.look() as look:
        found = service.behind(_counting(look), key, _person())
    rows = [tuple(map(_said, row)) for row in found.rows]
    if request.args.get("format") == "csv":
        answer = Response(workbook.plain(found.columns, rows), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{key}.csv"'
        return answer
    more = dict(_asked())
    return render_template(
        "manager/served.html",
        found=found,
        rows=rows,
        export=f"/service/{key}?{urlencode({**more, 'format': 'csv'})}",
    )


def _asked() -> Iterator[tuple[str, str]]:
    return ((name, value) for name in ("month", "person") if (value := request.args.get(name)))


def _said(value: Any) -> str:
    """A cell as it is read."""
    if isinstance(value, datetime):
        return words.moment(value)
    if value in set(State):
        return STATE_NAMES[State(value)]
    return "" if value is None else str(value)


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
