"""The manager's room (督办): figures that are links, the cases behind them, urging, reassigning, extending."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from xlsxwriter import Workbook

from engine.domain.case import CHANNEL_NAMES, STATE_NAMES, Channel, State
from engine.domain.deadline import BEIJING, last_day
from engine.domain.errors import Malformed
from engine.domain.identity import Actor, Role, must_hold
from engine.queries import figures, filters, handover, listing, register, reports
from engine.queries.filters import Filters
from engine.queries.listing import Line, Listing
from engine.services import manager
from web import auth, charts, page, words
from web.i18n import gettext

bp = Blueprint("manager", __name__)

#: What the address may narrow the figures by.
ASKED = ("department", "matter", "channel", "street", "month", "step", "day")


def _filters(actor: Actor) -> Filters:
    given = {name: request.args.get(name, "").strip() for name in ASKED}
    day = _day(given.pop("day"))
    return Filters(reach=filters.reach(actor), day=day, **given)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Malformed("日期应写作“2026-11-23”。", code="filter.day", field="day") from error


def _address(path: str, **more: str) -> str:
    """Return *path* with the filters of this request; *more* adds to them, an empty word takes one away."""
    asked = {name: request.args[name] for name in ASKED if request.args.get(name)}
    chosen = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


@bp.get("/overdue")
def overdue() -> ResponseReturnValue:
    """The board: tiles, departments, trend, what falls due, and the late cases."""
    actor = auth.me()
    with auth.look() as look:
        asked = _filters(actor)
        board = reports.overdue(look.db, look.calendar, look.at, asked)
        late = listing.listing(look.db, look.calendar, look.at, asked, "red", most=20)
        offered = filters.choices(look.db, look.at)
    trend = charts.trend(
        board.trend,
        (gettext("受理"), gettext("办结"), gettext("到期未办结")),
        gettext("近 30 个工作日：受理、办结与到期未办结"),
        words.day,
    )
    return render_template(
        "manager/overdue.html",
        board=board,
        late=late,
        filters=asked,
        offered=offered,
        trend=trend,
        **_tools(actor),
    )


@bp.get("/overdue/<key>")
def behind(key: str) -> ResponseReturnValue:
    """The cases behind a figure, with the same filters."""
    actor = auth.me()
    with auth.look() as look:
        asked = _filters(actor)
        after = request.args.get("after", "")
        found = listing.listing(look.db, look.calendar, look.at, asked, key, after)
        offered = filters.choices(look.db, look.at)
    return render_template(
        "manager/behind.html",
        found=found,
        figures=figures.FIGURES,
        filters=asked,
        offered=offered,
        **_tools(actor),
    )


def _tools(actor: Actor) -> dict[str, Any]:
    return {
        "address": _address,
        "bar": charts.bar,
        "may_manage": actor.holds(Role.MANAGER),
        "may_extend": _extends,
    }


def _extends(line: Line) -> bool:
    """Is the button worth showing? Whether it may be is the act's own question."""
    return line.extendable and auth.me().holds(Role.LEADER)


@bp.get("/overdue.xlsx")
def sheet() -> ResponseReturnValue:
    """The cases behind a figure as a workbook, with the same filters."""
    actor = auth.me()
    key = request.args.get("tile", "red")
    with auth.look() as look:
        found = listing.listing(look.db, look.calendar, look.at, _filters(actor), key, most=listing.MOST)
    answer = Response(
        _workbook(found), mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="overdue-{found.tile.key}.xlsx"'
    return answer


#: The columns of the workbook: heading, width, what stands in the cell.
_HEADINGS = (
    ("办件编号", 26), ("事项", 30), ("部门", 20), ("申请人", 24), ("渠道", 10), ("状态", 14), ("环节", 20),
    ("责任人", 14), ("受理日", 12), ("承诺到期日", 12), ("法定到期日", 12), ("剩余工作日", 11), ("最近催办", 18),
)  # fmt: skip


def _workbook(found: Listing) -> bytes:
    """Cells are text or numbers, never formulas: what an applicant wrote is not run by a spreadsheet."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    paper = book.add_worksheet(found.tile.name.replace("/", "·")[:31])
    bold = book.add_format({"bold": True, "bg_color": "#E5EFFA"})
    paper.write_string(0, 0, f"{found.tile.name}：{found.tile.count} 件。{found.tile.definition}")
    for column, (heading, width) in enumerate(_HEADINGS):
        paper.set_column(column, column, width)
        paper.write_string(1, column, heading, bold)
    for row, line in enumerate(found.lines, 2):
        for column, value in enumerate(_cells(line)):
            if isinstance(value, int):
                paper.write_number(row, column, value)
            else:
                paper.write_string(row, column, guarded(value))
    paper.freeze_panes(2, 1)
    book.close()
    return file.getvalue()


def guarded(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula, also after it is saved as CSV."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _cells(line: Line) -> Iterator[str | int]:
    yield from (line.no, line.matter, line.department, line.applicant)
    yield from (CHANNEL_NAMES[Channel(line.channel)], STATE_NAMES[State(line.state)])
    yield "、".join(step.name for step in line.waiting)
    yield "、".join(step.person for step in line.waiting if step.person)
    yield f"{line.accepted_at.astimezone(BEIJING):%Y-%m-%d}" if line.accepted_at else ""
    yield from (last_day(due).isoformat() if due else "" for due in (line.promised_due_at, line.legal_due_at))
    yield line.days if line.days is not None else ""
    yield f"{line.urged_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if line.urged_at else ""


@bp.post("/cases/<no>/urge")
def urge(no: str) -> ResponseReturnValue:
    """Urge whoever holds the case."""
    with auth.act() as act:
        manager.urge(
            act, act.take(register.id_of(act.db, no)), request.form.get("words", "").strip() or "请尽快办理。"
        )
        return page.go(act, page.done(_back(), "urged"))


@bp.get("/tasks/<int:task_id>/reassign")
def choose(task_id: int) -> str:
    """Who may have the task instead."""
    must_hold(auth.me(), Role.MANAGER)
    with auth.look() as look:
        task = handover.handover(look.db, task_id)
    return render_template("manager/reassign.html", task=task, next=_back())


@bp.post("/tasks/<int:task_id>/reassign")
@page.or_again(choose)
def reassign(task_id: int) -> ResponseReturnValue:
    """Give the task to somebody else who holds its post."""
    with auth.act() as act:
        manager.reassign(act, task_id, _number("user"))
        return page.go(act, page.done(_back(), "reassigned"))


@bp.get("/cases/<no>/extend")
def ask_extension(no: str) -> str:
    """Why the limit must be longer."""
    must_hold(auth.me(), Role.LEADER)
    with auth.look() as look:
        line = listing.one(look.db, look.calendar, look.at, auth.me(), no)
    return render_template("manager/extend.html", line=line, next=_back())


@bp.post("/cases/<no>/extend")
@page.or_again(ask_extension)
def extend(no: str) -> ResponseReturnValue:
    """Extend the limits once, with reason."""
    with auth.act() as act:
        manager.extend(act, act.take(register.id_of(act.db, no)), request.form.get("reason", ""))
        return page.go(act, page.done(_back(), "extended"))


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isdigit():
        raise Malformed("请选择改派给谁。", code="user.missing", field=name)
    return int(text)


def _back() -> str:
    """Where the form said it came from, else the page before, else the board."""
    told = page.inside(request.values.get("next", "") or page.back())
    return told if told != "/" else "/overdue"


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Go to the case of this number, or to the list of those that fit."""
    asked = request.args.get("q", "").strip()
    with auth.look() as look:
        found = listing.search(look.db, look.calendar, look.at, auth.me(), asked)
    if len(found) == 1 and found[0].no == asked:
        return redirect(f"/cases/{found[0].no}", code=303)
    return redirect(f"/cases?{urlencode({'q': asked})}", code=303)


@bp.get("/cases")
def cases() -> str:
    """Cases by number or by the applicant's name."""
    asked = request.args.get("q", "").strip()
    with auth.look() as look:
        found = listing.search(look.db, look.calendar, look.at, auth.me(), asked)
    return render_template("manager/cases.html", q=asked, found=found)


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
