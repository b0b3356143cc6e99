"""The registrar's calendars (工作日历): versions, the year on one page, a notice weighed and put in force by two."""

import calendar as months
import io
import json
from collections.abc import Iterator, Mapping
from csv import writer
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain import notice as rules
from engine.domain.almanac import CHINA
from engine.domain.calendar import Calendar
from engine.domain.day import is_weekend
from engine.domain.errors import Incomplete, NotFound
from engine.domain.hours import KIND_NAMES, OfficeHours
from engine.domain.identity import Role, must_hold
from engine.queries import behind, calendars, impact
from engine.queries.impact import Impact
from engine.services import holidays, registrar
from engine.services.act import Act
from web import auth, page, schemas

bp = Blueprint("calendars", __name__, url_prefix="/admin/calendars")

#: How many seasons the form for office hours has room for: summer and winter.
SEASONS = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the year's grid: what it is, the sign that says so, and its holiday."""

    day: date
    kind: str
    mark: str
    name: str
    provisional: bool
    today: bool


@bp.get("")
def shelf() -> str:
    """Every calendar, how far the nation's reaches, and the form for a new one."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        shown = calendars.standing(look.db)
        reach = calendars.coverage(look.calendar, look.at)
        left = behind.how_many(look.db, look.versions)
    parents = [(each.code, f"{each.code} {each.name}") for each in shown]
    return render_template(
        "registrar/calendars.html", calendars=shown, reach=reach, parents=parents, behind=left
    )


@bp.post("")
@page.or_again(shelf)
def found() -> ResponseReturnValue:
    """Add the calendar of a region or hall."""
    given = schemas.load(schemas.CalendarFounding(), _form("code", "name", "parent"))
    with auth.act() as act:
        registrar.found_calendar(act, given["code"], given["name"], given["parent"])
        return page.go(act, page.done(f"/admin/calendars/{given['code']}", "saved"))


@bp.get("/<code>")
def one(code: str) -> str:
    """A calendar: its year on one page, its versions, and the form for the next one."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        own = holidays.present(look, code).own
        years = {str(year): year for year in range(own.first.year, own.horizon.year + 1)}
        year = years.get(request.args.get("year", ""), look.today.year)
        return render_template(
            "registrar/calendar.html",
            standing=next(each for each in calendars.standing(look.db) if each.code == code),
            versions=calendars.versions(look.db, code),
            places=calendars.places(look.db),
            reach=calendars.coverage(look.calendar, look.at),
            own=own,
            year=year,
            grid=list(grid(own, year, look.today)),
            working=sum(own.is_working(day) for day in _year(own, year)),
            seasons=_seasons(own.hours),
            kinds=KIND_NAMES,
            behind=behind.how_many(look.db, look.versions),
        )


def grid(own: Calendar, year: int, today: date) -> Iterator[tuple[int, list[list[Cell | None]]]]:
    """Yield the months of a year as weeks from Monday; days of other months are left blank."""
    plan = months.Calendar()
    for month in range(1, 13):
        weeks = plan.monthdatescalendar(year, month)
        yield (
            month,
            [[_cell(own, day, today) if day.month == month else None for day in week] for week in weeks],
        )


def _cell(own: Calendar, day: date, today: date) -> Cell | None:
    if not own.first <= day <= own.horizon:
        return None
    name, working = own.name(day), own.is_working(day)
    kind = ("makeup" if is_weekend(day) else "work") if working else "off" if name else "rest"
    mark = {"makeup": "班", "off": "休"}.get(kind, "")
    return Cell(day, kind, mark, name, own.provisional(day), day == today)


def _year(own: Calendar, year: int) -> Iterator[date]:
    days = (
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    )
    return (day for day in days if own.first <= day <= own.horizon)


def _seasons(hours: OfficeHours) -> list[Mapping[str, str]]:
    told: list[Mapping[str, str]] = list(hours.told())
    return [*told, *({} for _ in range(SEASONS - len(told)))]


@bp.post("/<code>")
@page.or_again(one)
def draft(code: str) -> ResponseReturnValue:
    """Keep what was pasted or uploaded as a draft, and show what it would move."""
    must_hold(auth.me(), Role.REGISTRAR)
    given = schemas.load(schemas.CalendarDraft(), _drafted())
    source = _uploaded() or given["table"].encode()
    with auth.act() as act:
        proposal = holidays.propose(
            act,
            code,
            rules.read(source) if source else None,
            hours=_other_hours(given["hours"], holidays.present(act, code).own.hours),
            orgs=given["orgs"],
            document=given["document"],
            note=given["note"],
        )
        row = registrar.draft_calendar(act, proposal)
        return page.go(act, page.done(f"/admin/calendars/versions/{row.id}", "drafted"))


def _other_hours(told: list[dict[str, str]] | None, kept: OfficeHours) -> OfficeHours | None:
    """The hours that were filled in, where they are not those that are kept anyway."""
    hours = OfficeHours.read(told) if told else kept
    return None if hours == kept else hours


def _drafted() -> dict[str, Any]:
    """What was filled in: hours and organisations only where their part of the form was sent."""
    seasons = [
        {key: request.form.get(f"{key}.{n}", "") for key in ("from", *map(str, KIND_NAMES))}
        for n in range(SEASONS)
    ]
    told = [season for season in seasons if any(season.values())]
    return {
        **_form("table", "document", "note"),
        **({"hours": told} if told else {}),
        **({"orgs": request.form.getlist("orgs")} if "with-orgs" in request.form else {}),
    }


def _form(*names: str) -> dict[str, str]:
    return {name: request.form[name] for name in names if name in request.form}


def _uploaded() -> bytes:
    sent = request.files.get("file")
    return sent.stream.read(rules.MOST_BYTES + 1) if sent is not None and sent.filename else b""


@bp.get("/versions/<number:version_id>")
def version(version_id: int) -> str:
    """A version: a draft with all it would move, or one in force with what is left to reckon."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        row = calendars.version(look.db, version_id)
        is_draft = row.status == "draft"
        return render_template(
            "registrar/calendar_version.html",
            version=row,
            impact=weighed(look, row) if is_draft else None,
            difference=() if is_draft else calendars.difference(look.db, row),
            behind=behind.how_many(look.db, look.versions),
            mine=row.imported_by is not None and row.imported_by == auth.me().id,
            seasons=row.hours or [],
            kinds=KIND_NAMES,
        )


def weighed(look: Act, row: Any) -> Impact:
    """What a draft would move, as things stand now."""
    proposal = holidays.drafted(look, row)
    return impact.impact(
        look.db, holidays.present(look, row.code), holidays.prospect(look, proposal), look.at
    )


@bp.post("/versions/<number:version_id>/activate")
@page.or_again(version)
def activate(version_id: int) -> ResponseReturnValue:
    """Put a colleague's draft in force."""
    if request.form.get("sure") != "yes":
        raise Incomplete(
            "请先核对差异和会改期的时限，勾选“已核对”后再生效。", code="calendar.unchecked", field="sure"
        )
    with auth.act() as act:
        registrar.activate_calendar(act, version_id)
        return page.go(act, page.done(f"/admin/calendars/versions/{version_id}", "activated"))


@bp.post("/versions/<number:version_id>/discard")
@page.or_again(version)
def discard(version_id: int) -> ResponseReturnValue:
    """Lay a draft aside."""
    with auth.act() as act:
        registrar.discard_calendar(act, version_id)
        return page.go(act, page.done(f"/admin/calendars/versions/{version_id}", "discarded"))


@bp.get("/<code>/<number:year>.<kind>")
def export(code: str, year: int, kind: str) -> Response:
    """A year as others read it: holiday-cn JSON, or a table."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        own = holidays.present(look, code).own
        if not own.first.year <= year <= own.horizon.year:
            raise NotFound(f"日历没有 {year} 年。", code="calendar.year")
        standing = next(each for each in calendars.standing(look.db) if each.code == code)
        named = [day for day in _year(own, year) if own.name(day) and not own.provisional(day)]
    if kind == "csv":
        sheet = io.StringIO()
        table = writer(sheet)
        table.writerow(("date", "off", "name"))
        table.writerows((day, str(not own.is_working(day)).lower(), own.name(day)) for day in named)
        body, media = f"\ufeff{sheet.getvalue()}", "text/csv"
    else:
        papers = [source for source in (standing.active.sources if standing.active else ()) if code == CHINA]
        days = [
            {"name": own.name(day), "date": str(day), "isOffDay": not own.is_working(day)} for day in named
        ]
        body = json.dumps({"year": year, "papers": papers, "days": days}, ensure_ascii=False, indent=1)
        media = "application/json"
    answer = Response(body, mimetype=media)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{code}-{year}.{"csv" if kind == "csv" else "json"}"'
    )
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
