"""The rota (排班, 2主1备轮值): a post's week as a grid, drawn, changed, copied, exported and printed."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.identity import ROLE_NAMES, Role
from engine.domain.rota import PLACE_NAMES, SPAN_NAMES, Place, Span
from engine.queries import rotas
from engine.services import foreman
from web import auth, page, schemas, shifts, workbook
from web.i18n import gettext

bp = Blueprint("rota", __name__)

_WEEK = timedelta(days=7)
_HEADINGS = ("日期", "星期", "时段", "主岗一", "主岗二", "备岗")


def _page(**at: int) -> str:
    """The week that was asked for, or the posts one may choose from."""
    auth.me()
    sent = {name: request.values[name] for name in ("org", "role", "week") if request.values.get(name)}
    if not sent.keys() >= {"org", "role"}:
        return _index()
    asked = schemas.load(shifts.AskWeek(), sent)
    found = _week(asked)
    return render_template(
        "manager/rota.html", week=found, at=f"/rota?{_address(found)}", form=_form(found, at.get("shift_id")),
        before=found.monday - _WEEK, after=found.monday + _WEEK, sunday=found.monday + timedelta(days=6),
        spans=_named(SPAN_NAMES), span_names=SPAN_NAMES, places=PLACE_NAMES, role=ROLE_NAMES[Role(found.role)],
    )  # fmt: skip


def _index() -> str:
    with auth.look() as look:
        found = rotas.posts_of(look.db, look.by, look.today)
    houses = [(name, list(each)) for name, each in groupby(found, attrgetter("org_name"))]
    return render_template("manager/rotas.html", houses=houses, roles=ROLE_NAMES)


def _week(asked: dict[str, Any]) -> rotas.Week:
    with auth.look() as look:
        return rotas.week(
            look.db, look.by, asked["org"], asked["role"], asked["week"] or look.today, look.at, look.calendar
        )


def _named(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), gettext(name)) for value, name in names.items()]


def _address(found: rotas.Week, **more: Any) -> str:
    return urlencode({"org": found.org, "role": found.role, "week": found.monday.isoformat(), **more})


def _form(found: rotas.Week, shift_id: int | None) -> dict[str, Any]:
    """What the form holds to begin with: a shift that is to be changed, or a day that has none."""
    wanted = str(shift_id or request.args.get("shift", ""))
    line, slot = next(
        ((line, slot) for line in found.lines for slot in line.slots if str(slot.id) == wanted and slot.open),
        (None, None),
    )
    if line is None or slot is None:
        return {"shift": None, "day": request.args.get("day", ""), "span": request.args.get("span", Span.DAY)}
    three = (*slot.mains, slot.spare)
    people = {str(place): person.login for place, person in zip(Place, three, strict=True)}
    return {"shift": slot.id, "day": line.day.isoformat(), "span": slot.span, **people}


@bp.get("/rota")
def week() -> str:
    """The rota of a post in a week; without a post, which posts have one."""
    return _page()


@bp.get("/rota.csv")
def export() -> Response:
    """The week as a table for a spreadsheet."""
    auth.me()
    sent = {name: request.args[name] for name in ("org", "role", "week") if request.args.get(name)}
    found = _week(schemas.load(shifts.AskWeek(), sent))
    answer = Response(workbook.plain(_HEADINGS, _rows(found)), mimetype="text/csv")
    name = f"rota-{found.org}-{found.role}-{found.monday.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(found: rotas.Week) -> Iterable[tuple[str, ...]]:
    for line in found.lines:
        weekday = f"周{'一二三四五六日'[line.day.weekday()]}"
        for slot in line.slots:
            names = (person.name for person in (*slot.mains, slot.spare))
            yield (line.day.isoformat(), weekday, SPAN_NAMES[slot.span], *names)


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form[name] for name in names if request.form.get(name)}


def _back(week: date | str) -> str:
    return f"/rota?{urlencode({**_typed('org', 'role'), 'week': str(week)})}"


@bp.post("/rota")
@page.or_again(_page)
def draw() -> ResponseReturnValue:
    """Draw a shift."""
    given = schemas.load(shifts.DrawShift(), _typed("org", "role", "day", "span", *Place))
    with auth.act() as act:
        foreman.draw(act, **given)
        return page.go(act, page.done(_back(given["day"]), "shift-drawn"))


@bp.post("/rota/shifts/<number:shift_id>")
@page.or_again(_page)
def change(shift_id: int) -> ResponseReturnValue:
    """Put others on a shift."""
    given = schemas.load(shifts.ChangeShift(), _typed("span", *Place))
    with auth.act() as act:
        foreman.change(act, shift_id, **given)
        return page.go(act, page.done(_back(request.form.get("week", "")), "shift-changed"))


@bp.post("/rota/shifts/<number:shift_id>/remove")
@page.or_again(_page)
def remove(shift_id: int) -> ResponseReturnValue:
    """Take a shift off the rota."""
    with auth.act() as act:
        foreman.remove(act, shift_id)
        return page.go(act, page.done(_back(request.form.get("week", "")), "shift-removed"))


@bp.post("/rota/copy")
@page.or_again(_page)
def copy() -> ResponseReturnValue:
    """Draw last week's shifts again."""
    given = schemas.load(shifts.CopyWeek(), _typed("org", "role", "week"))
    with auth.act() as act:
        copied = foreman.copy_week(act, **given)
        return page.go(act, page.done(_back(given["week"]), "week-copied", n=copied))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
