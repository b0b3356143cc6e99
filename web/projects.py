"""Key projects (重点项目包抓): the list, one project with what blocks, and what its champion was told."""

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.case import STATE_NAMES, State
from engine.domain.deadline import BEIJING, last_day
from engine.domain.identity import Role
from engine.queries import endeavours, premises
from engine.services import champion
from engine.services.act import Act
from web import auth, page, schemas, workbook
from web.workbook import Cell

bp = Blueprint("projects", __name__)


def _list() -> str:
    me = auth.me()
    manages = me.holds(Role.MANAGER)
    with auth.look() as look:
        found = endeavours.listed(look.db, look.at, None if manages else me.id)
        staff = premises.colleagues(look.db) if manages else ()
    return render_template("manager/projects.html", found=found, manages=manages, staff=staff)


@bp.get("/projects")
def projects() -> str:
    """Every project for the managers; one's own for a champion."""
    return _list()


@bp.post("/projects")
@page.or_again(_list)
def open_() -> ResponseReturnValue:
    """Open a project."""
    given = schemas.load(schemas.Project(), _sent("name", "champion"))
    with auth.act() as act:
        no = champion.open_(act, given["name"], given["champion"])
        return page.go(act, page.done(f"/projects/{no}", "project-opened"))


def _sent(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def _page(no: str) -> str:
    me = auth.me()
    with auth.look() as look:
        found = endeavours.project(look.db, no, look.calendar, look.at)
        endeavours.must_see(me, found)
        staff = premises.colleagues(look.db)
    return render_template(
        "manager/project.html", project=found, staff=staff, mine=me.id == found.champion_id
    )


@bp.get("/projects/<no>")
def project(no: str) -> str:
    """One project: all its cases, their dates, what each waits for, what was told."""
    return _page(no)


@bp.get("/projects/<no>.xlsx")
def export(no: str) -> Response:
    """The project's cases as a workbook."""
    with auth.look() as look:
        found = endeavours.project(look.db, no, look.calendar, look.at)
        endeavours.must_see(auth.me(), found)
        at = look.at
    above = (
        f"{found.name}（{found.no}），包抓人：{found.champion}",
        f"截至 {at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
    )
    book = workbook.written([("办件", above, _HEADINGS, map(tuple, map(_cells, found.lines)))])
    answer = Response(book, mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.no}.xlsx"'
    return answer


_HEADINGS = (
    ("办件编号", 26), ("事项", 30), ("所属一件事", 20), ("部门", 20), ("状态", 14), ("受理日", 12),
    ("承诺到期日", 12), ("剩余工作日", 11), ("等谁", 40),
)  # fmt: skip


def _cells(line: endeavours.Line) -> Iterator[Cell]:
    yield from (line.no, line.name, line.part_of, line.authority, STATE_NAMES[State(line.state)])
    yield f"{line.accepted_at.astimezone(BEIJING):%Y-%m-%d}" if line.accepted_at else ""
    yield last_day(line.due_at).isoformat() if line.due_at else ""
    yield line.days if line.days is not None else ""
    yield line.waits


@bp.post("/projects/<no>/join")
@page.or_again(_page)
def join(no: str) -> ResponseReturnValue:
    """Make a case part of the project."""
    given = schemas.load(schemas.Join(), _sent("case"))
    with auth.act() as act:
        champion.join(act, act.case(given["case"]), no)
        return _on(act, no)


@bp.post("/projects/<no>/leave")
@page.or_again(_page)
def leave(no: str) -> ResponseReturnValue:
    """Take a case out of the project."""
    given = schemas.load(schemas.Join(), _sent("case"))
    with auth.act() as act:
        champion.leave(act, act.case(given["case"]), no)
        return _on(act, no)


@bp.post("/projects/<no>/champion")
@page.or_again(_page)
def hand_to(no: str) -> ResponseReturnValue:
    """Give the project to another champion."""
    with auth.act() as act:
        champion.hand_to(act, no, _sent("champion")["champion"])
        return page.go(act, page.done("/projects", "project-changed"))


@bp.post("/projects/<no>/close")
@page.or_again(_page)
def close(no: str) -> ResponseReturnValue:
    """Be done with the project."""
    with auth.act() as act:
        champion.close(act, no)
        return _on(act, no)


@bp.post("/projects/<no>/read")
@page.or_again(_page)
def read(no: str) -> ResponseReturnValue:
    """Say that one has read what one was told."""
    with auth.act() as act:
        champion.read(act, no)
        return _on(act, no)


def _on(act: Act, no: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/projects/{no}", "project-changed"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
