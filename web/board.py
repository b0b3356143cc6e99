"""The manager's board (督办看板) and statistics (统计报表): figures that are links, and the cases behind them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.case import STATE_NAMES, State
from engine.domain.errors import Malformed
from engine.domain.identity import Actor, Role, must_hold
from engine.domain.pause import BEIJING, last_day
from engine.domain.tolerance import ADVICE_NAMES
from engine.queries import (
    archive,
    figures,
    filters,
    listing,
    premises,
    reports,
    statistics,
    tolerances,
    waiting,
)
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.queries.listing import Line
from engine.services.act import Act
from web import auth, charts, fields, page, words, workbook
from web.i18n import gettext
from web.workbook import Cell, Sheet

bp = Blueprint("board", __name__)

#: What the address may narrow the figures by, and as of when it looks.
NARROWED = (
    *("department", "matter", "channel", "street", "month", "step", "day", "person", "kind", "origin"),
    *("clerk", "material"),
)
ASKED = (*NARROWED, "as_of")
#: By what the statistics may be grouped.
GROUPED = {
    "department": "按部门",
    "matter": "按事项",
    "channel": "按渠道",
    "person": "按人员",
    "month": "按月份",
}


def _filters(actor: Actor) -> Filters:
    given = {name: request.args.get(name, "").strip() for name in NARROWED}
    day = _day(given.pop("day"))
    return Filters(reach=filters.reach(actor), day=day, **given)


def _day(text: str) -> date | None:
    found: date | None = fields.read(fields.Day("日期"), "day", text, "filter.day")
    return found


def _at(look: Act) -> datetime:
    """As of when to look: the moment asked for, a mere day to its end; else now."""
    text = request.args.get("as_of", "").strip()
    found: datetime | None = fields.read(fields.Moment("时点"), "as_of", text, "filter.as-of")
    return found or look.at


def address(path: str, **more: str) -> str:
    """Return *path* with the filters of this request; *more* adds to them, an empty word takes one away."""
    asked = {name: request.args[name] for name in ASKED if request.args.get(name)}
    chosen = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


@bp.get("/overdue")
def overdue() -> ResponseReturnValue:
    """The board: tiles, departments, trend, what falls due, and the late cases."""
    actor = auth.me()
    with auth.look() as look:
        asked, at = _filters(actor), _at(look)
        board = reports.overdue(look.db, look.calendar, at, asked, look.at)
        late = listing.listing(look.db, look.calendar, at, asked, "red", most=20, now=look.at)
        offered = filters.choices(look.db, look.at)
    trend = charts.trend(
        board.trend,
        (gettext("受理"), gettext("办结"), gettext("到期未办结")),
        (gettext("近 30 个工作日：受理、办结与到期未办结"), _said(board)),
        words.day,
        lambda key, day: address(f"/overdue/{key}", day=day.isoformat()),
    )
    tools = _tools(actor, at, look.at)
    return render_template(
        "manager/overdue.html", board=board, late=late, filters=asked, offered=offered, trend=trend, **tools
    )


def _said(board: reports.Board) -> str:
    """The trend in a sentence, for who cannot see it."""
    sums = [sum(getattr(day, name) for day in board.trend) for name in ("accepted", "decided", "lapsed")]
    names = (gettext("受理"), gettext("办结"), gettext("到期未办结"))
    return "；".join(f"{name} {n}" for name, n in zip(names, sums, strict=True))


@bp.get("/overdue/<key>")
def behind(key: str) -> ResponseReturnValue:
    """The cases behind a figure, with the same filters."""
    actor = auth.me()
    with auth.look() as look:
        asked, at = _filters(actor), _at(look)
        after = request.args.get("after", "")
        found = listing.listing(look.db, look.calendar, at, asked, key, after, now=look.at)
        offered = filters.choices(look.db, look.at)
    return render_template(
        "manager/behind.html",
        found=found,
        figures=figures.FIGURES,
        filters=asked,
        offered=offered,
        **_tools(actor, at, look.at),
    )


def _tools(actor: Actor, at: datetime, now: datetime) -> dict[str, Any]:
    """What every list needs; in a look back nothing can be done about the cases."""
    is_back = at < now
    return {
        "address": address,
        "bar": charts.bar,
        "may_manage": actor.holds(Role.MANAGER) and not is_back,
        "may_extend": _extends,
        "as_of": at if is_back else None,
    }


def _extends(line: Line) -> bool:
    """Is the button worth showing? Whether it may be is the act's own question."""
    return line.extendable and auth.me().holds(Role.LEADER)


# -- statistics ------------------------------------------------------------------------------------------------


@bp.get("/figures")
def table() -> ResponseReturnValue:
    """Averages and rates by group, beside the month before and the year before; where time goes; the heat map."""
    actor = auth.me()
    by = request.args.get("by", "department")
    if by not in GROUPED:
        raise Malformed("没有这种分组。", code="filter.by", field="by")
    with auth.look() as look:
        counting = Counting(look.db, look.calendar, _at(look), _filters(actor), look.at)
        lines, total = statistics.table(counting, by), statistics.total(counting)
        compared = statistics.compared(counting)
        steps = waiting.steps(counting)
        heat = waiting.heat(counting, steps)
        offered = filters.choices(look.db, look.at)
        presence = premises.presence(look.db)
    return render_template(
        "manager/figures.html",
        presence=presence,
        lines=lines,
        total=total,
        compared=compared,
        steps=steps,
        heat=heat,
        by=by,
        groups=GROUPED,
        measures=statistics.MEASURES,
        opened=[figures.figure(key) for key in statistics.OPEN],
        offered=offered,
        number=number,
        **_tools(actor, counting.at, look.at),
    )


@bp.get("/figures/tolerance")
def tolerance() -> ResponseReturnValue:
    """Tolerance and correction (容缺与补正): by group, and which materials are missing most (R-TOL-8)."""
    actor = auth.me()
    by = _grouped()
    with auth.look() as look:
        counting = Counting(look.db, look.calendar, _at(look), _filters(actor), look.at)
        total, lines = tolerances.total(counting), tolerances.table(counting, by)
        missing = tolerances.missing(counting)
        offered = filters.choices(look.db, look.at)
    return render_template(
        "manager/tolerance.html",
        total=total,
        lines=lines,
        missing=missing,
        by=by,
        groups=tolerances.GROUPED,
        told=[figures.figure(key) for key in tolerances.KEYS],
        advised=ADVICE_NAMES,
        offered=offered,
        number=number,
        rate=RATE,
        **_tools(actor, counting.at, look.at),
    )


def _grouped() -> str:
    by = request.args.get("by", "department")
    if by not in tolerances.GROUPED:
        raise Malformed("没有这种分组。", code="filter.by", field="by")
    return by


#: The rate that is made of two of the figures: its name and definition.
RATE = ("按期补齐率", "按期补齐的件数 ÷ 应补齐的件数。")


@bp.get("/figures/tolerance.xlsx")
def tolerance_sheet() -> ResponseReturnValue:
    """The same tables as a workbook, with the definitions, with the same filters."""
    actor = auth.me()
    by = _grouped()
    with auth.look() as look:
        at = _at(look)
        counting = Counting(look.db, look.calendar, at, _filters(actor), look.at)
        lines = [*tolerances.table(counting, by), tolerances.total(counting)]
        missing = tolerances.missing(counting)
    above = _above(at)
    headings = (
        (tolerances.GROUPED[by][1:], 24),
        *((figures.figure(key).name, 14) for key in tolerances.KEYS),
    )
    told: Sheet = ("容缺与补正", above, (*headings, (RATE[0], 14)), map(_tolerance, lines))
    listed: Sheet = ("缺失的材料", above, _MATERIALS, map(_material, missing))
    meant = [(figures.figure(key).name, figures.figure(key).definition) for key in tolerances.KEYS]
    defined: Sheet = ("口径", above, (("指标", 22), ("口径", 90)), (*meant, RATE))
    answer = Response(workbook.written((told, listed, defined)), mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="tolerance.xlsx"'
    return answer


def _tolerance(line: tolerances.Line) -> tuple[Cell, ...]:
    rate = round(line.rate, 4) if line.rate is not None else "—"
    return (line.name or "合计", *(line.counts[key] for key in tolerances.KEYS), rate)


_MATERIALS = (
    ("材料", 40), ("材料代码", 24), ("缺材料的件数", 14), ("承诺后补", 12), ("告知补正", 12), ("要求它的收件数", 16),
    ("缺失率", 10), ("建议", 30),
)  # fmt: skip


def _material(row: tolerances.Missing) -> tuple[Cell, ...]:
    share = round(row.share, 4) if row.share is not None else "—"
    return (
        *(row.name, row.code, row.cases, row.promised, row.asked, row.applied),
        *(share, ADVICE_NAMES[row.advice]),
    )


def _above(at: datetime) -> tuple[str, str]:
    """As of when, and narrowed to what: the lines above every sheet."""
    narrowed = "；".join(f"{name}={value}" for name in ASKED if (value := request.args.get(name)))
    return f"截至 {at.astimezone(BEIJING):%Y-%m-%d %H:%M}", f"筛选：{narrowed or '无'}"


#: How a number is said, by its unit.
_SAID = {
    "rate": "{:.1%}".format,
    "days": "{:.1f}".format,
    "hours": "{:.1f}".format,
    "times": "{:.2f}".format,
}


def number(value: float | None, unit: str) -> str:
    """A number of the statistics as it is read; a dash where there is none."""
    return "—" if value is None else str(_SAID[unit](value))


# -- Excel -----------------------------------------------------------------------------------------------------


@bp.get("/overdue.xlsx")
def sheet() -> ResponseReturnValue:
    """Figures with their definitions, and the cases behind one of them, as a workbook with the same filters."""
    actor = auth.me()
    key = request.args.get("tile", "red")
    with auth.look() as look:
        asked, at = _filters(actor), _at(look)
        found = listing.listing(look.db, look.calendar, at, asked, key, most=listing.MOST, now=look.at)
        counting = Counting(look.db, look.calendar, at, asked, look.at)
        total = statistics.total(counting)
        tiles = [figures.tile(counting, figure.key) for figure in figures.FIGURES]
    above = _above(at)
    told: Sheet = ("指标", above, _FIGURES, _figures(tiles, total))
    about = f"{found.tile.name}：{found.tile.count} 件。{found.tile.definition}"
    listed: Sheet = ("办件", (*above, about), _HEADINGS, (tuple(_cells(line)) for line in found.lines))
    answer = Response(workbook.written((told, listed)), mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="overdue-{found.tile.key}.xlsx"'
    return answer


_FIGURES = (("指标", 22), ("数值", 14), ("口径", 90))


def _figures(tiles: Sequence[figures.Tile], total: statistics.Line) -> Iterator[tuple[Cell, ...]]:
    for tile in tiles:
        yield tile.name, tile.count, tile.definition
    for measure, value in zip(statistics.MEASURES, total.told(), strict=True):
        yield measure.name, round(value, 4) if value is not None else "—", measure.definition


#: The columns of the list: heading, width.
_HEADINGS = (
    ("办件编号", 26), ("事项", 30), ("部门", 20), ("申请人", 24), ("渠道", 10), ("状态", 14), ("环节", 20),
    ("责任人", 14), ("受理日", 12), ("承诺到期日", 12), ("法定到期日", 12), ("剩余工作日", 11), ("最近催办", 18),
    ("来源", 14),
)  # fmt: skip


def _cells(line: Line) -> Iterator[Cell]:
    yield from (line.no, line.matter, line.department, line.applicant)
    yield from (words.channel(line.channel), STATE_NAMES[State(line.state)])
    yield "、".join(step.name for step in line.waiting)
    yield "、".join(step.person for step in line.waiting if step.person)
    yield f"{line.accepted_at.astimezone(BEIJING):%Y-%m-%d}" if line.accepted_at else ""
    yield from (last_day(due).isoformat() if due else "" for due in (line.promised_due_at, line.legal_due_at))
    yield line.days if line.days is not None else ""
    yield f"{line.urged_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if line.urged_at else ""
    yield f"历史导入：{line.origin}" if line.origin else "本系统"


# -- cases of former systems -----------------------------------------------------------------------------------


@bp.get("/former/<number:case_id>")
def former(case_id: int) -> str:
    """A case of a former system, as far as it is known."""
    actor = auth.me()
    with auth.look() as look:
        found = archive.case(look.db, actor, case_id)
    return render_template("manager/former.html", case=found, back=page.back() or "/overdue")


@bp.get("/imports")
def imports() -> str:
    """What former systems brought, and what was set aside."""
    must_hold(auth.me(), Role.MANAGER)
    with auth.look() as look:
        found = archive.imported(look.db)
    return render_template("manager/imports.html", imports=found)


@bp.get("/imports/<number:import_id>/aside.csv")
def aside(import_id: int) -> Response:
    """The records an import set aside: where they stood, why, and what they say."""
    must_hold(auth.me(), Role.MANAGER)
    with auth.look() as look:
        rows = archive.asides(look.db, import_id)
    answer = Response(workbook.plain(archive.HEADINGS, map(archive.cells, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="aside-{import_id}.csv"'
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
