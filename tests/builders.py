"""Cases in any state in one line; everything is really done, by somebody."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.domain.case import Channel
from engine.domain.identity import APPLICANT
from engine.domain.material import Handed, Standing
from engine.domain import matter as rules
from engine.office import Office
from engine.services import applicant, approver, desk
from engine.services.applicant import Application, Person
from engine.store import cases, catalog
from engine.store.cases import tasks
from tests.people import Staff

WANG = Person("person", "51070319900101001X", "王小满", "13800000001")


def application(office: Office, key: str, *, lacking: tuple[str, ...] = (), **more: Any) -> Application:
    """An application at the window with everything handed in but *lacking*."""
    with office.look() as look:
        record = catalog.current(look.db, key).record
        members = rules.chosen(record, more.get("flags", {}), more.get("members", ())) if "members" in record else ()
        records = [catalog.current(look.db, m.matter).record for m in members] or [record]
    codes = {r.code: r for found in records for r in rules.requirements(found) if r.produced_by is None}
    handed = tuple(
        Handed(code, Standing.SHARED if r.source == "shared" else Standing.RECEIVED)
        for code, r in sorted(codes.items())
        if code not in lacking
    )
    whole = Application(matter=key, applicant=WANG, channel=Channel.WINDOW, materials=handed)
    return replace(whole, **more)


def apply(office: Office, staff: Staff, key: str, **more: Any) -> str:
    """Apply at the window; return the case number."""
    asked = application(office, key, **more)
    by = APPLICANT if asked.channel is Channel.ONLINE else staff["lin"]
    with office.act(by) as act:
        return applicant.apply(act, asked).no


def accepted(office: Office, staff: Staff, key: str, **more: Any) -> str:
    """Apply and have it accepted; return the case number."""
    no = apply(office, staff, key, **more)
    with office.act(staff["lin"]) as act:
        desk.accept(act, act.take(cases.id_of(act.db, no)))
    return no


def member(office: Office, no: str, key: str) -> str:
    """The number of a bundle's member."""
    with office.look() as look:
        return next(m.no for m in cases.members(look.db, cases.id_of(look.db, no)) if m.matter_key == key)


def case_row(office: Office, no: str) -> Any:
    """The case's row as it stands."""
    with office.look() as look:
        return look.db.execute(sa.select(cases.cases).where(cases.cases.c.no == no)).one()


def state(office: Office, no: str) -> str:
    """The state of a case."""
    return str(case_row(office, no).state)


def open_tasks(office: Office, no: str) -> list[Any]:
    """The open tasks that wait for a person."""
    with office.look() as look:
        query = sa.select(tasks).where(tasks.c.case_id == cases.id_of(look.db, no), tasks.c.closed_at.is_(None))
        return [t for t in look.db.execute(query.order_by(tasks.c.id)).all() if t.stage != "call"]


def steps(office: Office, no: str) -> list[str]:
    """The nodes of the open tasks."""
    return [task.node for task in open_tasks(office, no)]


def work(office: Office, staff: Staff, no: str, until: str = "deliver", **outcomes: str) -> None:
    """Complete approval steps (first outcome, or the one named for the node) until *until* is open or nothing is."""
    for _ in range(30):
        waiting = [t for t in open_tasks(office, no) if t.node != until and t.stage not in {"accept", "correct", "deliver"}]
        if not waiting:
            return
        for task in waiting:
            complete(office, staff, task, outcomes.get(task.node))


def complete(office: Office, staff: Staff, task: Any, outcome: str | None = None) -> None:
    """Complete one task as whoever holds its post."""
    with office.look() as look:
        case = look.db.execute(sa.select(cases.cases).where(cases.cases.c.id == task.case_id)).one()
        node = look.library.definition(look.db, case.definition_id).nodes[task.node]
        org = look.db.execute(sa.text("SELECT code FROM orgs WHERE id = :id"), {"id": task.org_id}).scalar_one()
    chosen = outcome or next(iter(node.outcomes), "done")
    with office.act(staff.of(task.role, org)) as act:
        approver.complete(act, task.id, chosen, "同意", officers=["同行员"])
