"""Working-day calendars: what is in force, what a notice would move, a draft by one and its activation by another."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain import notice as rules
from engine.domain.almanac import Proposal
from engine.domain.errors import Incomplete
from engine.domain.hours import OfficeHours
from engine.domain.identity import Role, must_hold
from engine.queries import behind, calendars, impact
from engine.services import holidays, registrar
from engine.services.act import Act
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("calendars", "工作日历")

_SHOWN = (
    "id", "code", "no", "status", "document", "note", "sources", "hours", "orgs", "sha256", "imported_at",
    "imported_name", "activated_at", "activated_name", "superseded_at",
)  # fmt: skip


def _version(row: Any) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in _SHOWN}


@room.get("/calendars", gives=shown.CalendarsShown)
def shelf() -> ResponseReturnValue:
    """List the calendars: the nation's and those of regions and halls, and how far the notices reach."""
    with reading() as look:
        reach = calendars.coverage(look.calendar, look.at)
        found = [_standing(each) for each in calendars.standing(look.db)]
        left = behind.how_many(look.db, look.versions)
    told = {
        "items": found,
        "first": reach.first,
        "last": reach.last,
        "days_ahead": reach.ahead,
        "behind": left,
    }
    return dict(plain(told))


def _standing(each: calendars.Standing) -> dict[str, Any]:
    active = _version(each.active) if each.active else None
    return {
        "code": each.code,
        "name": each.name,
        "parent": each.parent,
        "active": active,
        "drafts": [_version(row) for row in each.drafts],
    }


@room.post("/calendars", takes=schemas.CalendarFounding, gives=shown.CalendarShown, status=201)
def found(given: dict[str, Any]) -> ResponseReturnValue:
    """Add the calendar of a region or hall."""
    with auth.act() as act:
        row = registrar.found_calendar(act, given["code"], given["name"], given["parent"])
        told = {"code": row.code, "name": row.name, "parent": row.parent, "active": None, "drafts": []}
        return answer(act, told), 201


@room.get("/calendars/<key:code>/days", takes=schemas.CalendarYear, gives=shown.CalendarDaysShown)
def days(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """List what each day of a year is, by the calendar in force."""
    with reading() as look:
        own = holidays.present(look, code).own
        listed = calendars.year(own, given["year"] or look.today.year)
    return dict(plain({"code": code, "version": own.version, "days": listed}))


@room.get("/calendars/<key:code>/versions", gives=shown.ListShown)
def versions(code: str) -> ResponseReturnValue:
    """List the versions of a calendar, newest first."""
    with reading() as look:
        return {"items": [_version(row) for row in calendars.versions(look.db, code)], "next": None}


@room.post("/calendars/<key:code>/preview", takes=schemas.CalendarDraft, gives=shown.ImpactShown)
def preview(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """Show what a notice would change and move; nothing is kept."""
    with reading() as look:
        must_hold(look.by, Role.REGISTRAR)
        return _impact(look, _proposed(look, code, given))


@room.post(
    "/calendars/<key:code>/versions",
    takes=schemas.CalendarDraft,
    gives=shown.CalendarVersionShown,
    status=201,
)
def draft(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """Keep a notice as a draft; it changes nothing until another registrar activates it."""
    with auth.act() as act:
        return answer(act, _version(registrar.draft_calendar(act, _proposed(act, code, given)))), 201


@room.get("/calendars/versions/<number:version_id>/impact", gives=shown.ImpactShown)
def weigh(version_id: int) -> ResponseReturnValue:
    """Show what a draft would change and move, as things stand now."""
    with reading() as look:
        must_hold(look.by, Role.REGISTRAR)
        return _impact(look, holidays.drafted(look, calendars.version(look.db, version_id)))


@room.post("/calendars/versions/<number:version_id>/activate", gives=shown.CalendarVersionShown)
def activate(_given: dict[str, Any], version_id: int) -> ResponseReturnValue:
    """Put a colleague's draft in force; running clocks are reckoned anew behind the scenes (R-CNT-7)."""
    with auth.act() as act:
        return answer(act, _version(registrar.activate_calendar(act, version_id)))


@room.post("/calendars/versions/<number:version_id>/discard", gives=shown.CalendarVersionShown)
def discard(_given: dict[str, Any], version_id: int) -> ResponseReturnValue:
    """Lay a draft aside."""
    with auth.act() as act:
        registrar.discard_calendar(act, version_id)
        return answer(act, _version(calendars.version(act.db, version_id)))


def _proposed(act: Act, code: str, given: dict[str, Any]) -> Proposal:
    source = _source(given)
    if not source and given["hours"] is None and given["orgs"] is None:
        raise Incomplete(
            "请给出通知（notice 或 table）、作息（hours）或机构（orgs）。",
            code="calendar.nothing",
            field="notice",
        )
    return holidays.propose(
        act,
        code,
        rules.read(source) if source else None,
        hours=OfficeHours.read(given["hours"]) if given["hours"] else None,
        orgs=given["orgs"],
        document=given["document"],
        note=given["note"],
    )


def _source(given: dict[str, Any]) -> bytes:
    return rules.written(given["notice"]) if given["notice"] else str(given["table"]).encode()


def _impact(look: Act, proposal: Proposal) -> dict[str, Any]:
    before, after = holidays.present(look, proposal.code), holidays.prospect(look, proposal)
    return dict(impact.plainly(impact.impact(look.db, before, after, look.at)))
