"""The page of benefits without application (免申即享): import a list, show it in public, make its cases."""

import csv
import io
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Malformed
from engine.domain.offer import Way
from engine.queries import listed
from engine.services import almoner
from engine.services.almoner import Matched
from web import auth, page, rostering, schemas

bp = Blueprint("benefits", __name__)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A line of a list that was only looked at (政策匹配提醒)."""

    line: int
    name: str
    fits: bool
    why: str


def _index(matched: tuple[Matched, ...] | None = None) -> str:
    with auth.look() as look:
        seen = listed.reach(auth.me())
        rosters = listed.everything(look.db, seen, look.at)
        benefits = listed.benefits(look.db, seen)
    return render_template(
        "almoner/benefits.html",
        rosters=rosters,
        benefits=benefits,
        matched=None if matched is None else [_reminder(each) for each in matched],
    )


def _reminder(each: Matched) -> Reminder:
    return Reminder(each.entry.line, each.entry.name, each.ruled.way is not Way.NONE, each.ruled.why)


@bp.get("/benefits")
def benefits() -> str:
    """The lists of one's department."""
    return _index()


@bp.post("/benefits")
@page.or_again(_index)
def import_() -> ResponseReturnValue:
    """Match a list, and keep it if asked to."""
    key, sent = request.form.get("matter", ""), request.files.get("file")
    content = sent.read() if sent else b""
    if not content:
        raise Malformed("请选择名单文件。", code="roster.missing", field="file")
    if request.form.get("do") == "match":
        with auth.look() as look:
            matched = almoner.match(look, key, rostering.read(content, almoner.columns(look, key)))
        return _index(matched)
    with auth.act() as act:
        entries = rostering.read(content, almoner.columns(act, key))
        title, policy = (request.form.get(name, "") for name in ("title", "policy"))
        roster_id = almoner.keep(act, key, title, policy, entries)
        return page.go(act, page.done(f"/benefits/{roster_id}", "roster-kept"))


def _one(roster_id: int, **_: int) -> str:
    given = schemas.load(schemas.After(), request.args.to_dict())
    with auth.look() as look:
        seen = listed.reach(auth.me())
        found = listed.one(look.db, seen, roster_id, look.at)
        lines = listed.lines(look.db, roster_id, given["after"] or 0)
    runs = any(auth.me().holds(role, found.authority) for role in almoner.RUNNING)
    return render_template("almoner/benefit.html", roster=found, page=lines, may_run=runs)


@bp.get("/benefits/<number:roster_id>")
def benefit(roster_id: int) -> str:
    """One list, line by line."""
    return _one(roster_id)


@bp.get("/benefits/<number:roster_id>.csv")
def export(roster_id: int) -> Response:
    """What became of every line, to keep."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("行", "姓名", "证件号码", "结果", "理由", "异议", "办件号", "状态"))
    with auth.look() as look:
        listed.one(look.db, listed.reach(auth.me()), roster_id, look.at)
        after: int | None = 0
        while after is not None:
            found = listed.lines(look.db, roster_id, after)
            writer.writerows(
                [
                    each.line,
                    *(_cell(t) for t in (each.name, each.number, each.way, each.why, each.objection)),
                    each.no,
                    each.state,
                ]
                for each in found.lines
            )
            after = found.next
    name = f"attachment; filename=benefit-{roster_id}.csv"
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": name})


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


@bp.post("/benefits/<number:roster_id>/publish")
@page.or_again(_one)
def publish(roster_id: int) -> ResponseReturnValue:
    """Show a list in public."""
    with auth.act() as act:
        almoner.publish(act, roster_id)
        return page.go(act, page.done(f"/benefits/{roster_id}", "roster-published"))


@bp.post("/benefits/<number:roster_id>/withdraw")
@page.or_again(_one)
def withdraw(roster_id: int) -> ResponseReturnValue:
    """Give a list up."""
    with auth.act() as act:
        almoner.withdraw(act, roster_id, request.form.get("reason", "")[:500])
        return page.go(act, page.done(f"/benefits/{roster_id}", "roster-withdrawn"))


@bp.post("/benefits/<number:roster_id>/entries/<number:entry_id>/strike")
@page.or_again(_one)
def strike(roster_id: int, entry_id: int) -> ResponseReturnValue:
    """Take a line off a list."""
    with auth.act() as act:
        almoner.strike(act, entry_id, request.form.get("words", "")[:500])
        return page.go(act, page.done(f"/benefits/{roster_id}", "entry-struck"))


@bp.post("/benefits/<number:roster_id>/make")
@page.or_again(_one)
def make(roster_id: int) -> ResponseReturnValue:
    """Make the next cases of a list; sending it again goes on."""
    made = rostering.make(auth.office(), auth.me(), roster_id)
    with auth.act() as act:
        return page.go(act, page.done(f"/benefits/{roster_id}", "roster-made", n=made.made))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
