"""Cases in any state in one line; everything is really done, by somebody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
import sqlalchemy as sa
import yaml

from engine.domain import matter as rules
from engine.domain import notice
from engine.domain.case import BY_HIMSELF, Channel
from engine.domain.deadline import day_of, last_day
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, CLOCK, Actor
from engine.domain.material import Handed, Requirement, Standing
from engine.domain.upload import Upload
from engine.domain.vote import Choice
from engine.office import Office
from engine.services import (
    applicant,
    approver,
    composing,
    designer,
    desk,
    drawings,
    holidays,
    keeping,
    registrar,
    voting,
)
from engine.services.act import Act
from engine.services.composing import Catalogue
from engine.services.receiving import Application, Person
from engine.store import cases, catalog, deadlines, documents, dues, journal, people
from engine.store import incidents as incident_rows
from engine.store.cases import Case, tasks
from engine.store.everything import metadata
from tests.people import Staff

P = ParamSpec("P")
T = TypeVar("T")
Service = Callable[Concatenate[Act, Case, P], T]
#: ``apply``, ``accepted`` or ``granted``: a case in the state a test begins with.
Make = Callable[..., str]

WANG = Person("person", "51070319900101080X", "王小满", "13800000001")
LI = Person("person", "510703198505050027", "李代办", "13800000002")

#: What every test may change; the catalogue and the calendar are looked at by their counts only.
_LOOKED_AT = (
    "cases",
    "tasks",
    "materials",
    "corrections",
    "commitments",
    "decisions",
    "deliveries",
    "deadlines",
    "pauses",
    "stops",
    "dues",
    "documents",
)


def application(office: Office, key: str, *, lacking: tuple[str, ...] = (), **more: Any) -> Application:
    """An application at the window with everything handed in but *lacking*."""
    with office.look() as look:
        record = catalog.current(look.db, key).record
        taken = (
            rules.chosen(record, more.get("flags", {}), more.get("members", ()))
            if "members" in record
            else ()
        )
        keys = [member.matter for member in taken] or [key]
        records = [catalog.current(look.db, matter).record for matter in keys]
    makers = [
        record
        for record in records
        if record["key"] not in {m.matter for m in taken if m.mode == "verify_only"}
    ]
    asked = {r.code: r for found in records for r in rules.requirements(found)}
    handed = tuple(
        Handed(code, Standing.SHARED if r.source == "shared" else Standing.RECEIVED)
        for code, r in sorted(asked.items())
        if code not in lacking and _is_brought(r, makers, keys)
    )
    # what is renewed ends in two months, in good time and not too early
    until = day_of(office.now()) + timedelta(days=60) if record.get("renewal") else None
    whole = Application(
        matter=key, applicant=WANG, channel=Channel.WINDOW, materials=handed, licence_until=until
    )
    return replace(whole, **more)


def _is_brought(requirement: Requirement, records: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> bool:
    """Everything is brought but what a member of the same bundle makes, under its own code or for somebody.

    A member that only verifies makes nothing: what it verifies is brought.
    """
    makers = {
        record["key"] for record in records if (record.get("result") or {}).get("code") == requirement.code
    }
    in_bundle = len(keys) > 1
    return not in_bundle or (requirement.produced_by not in keys and not makers)


def apply(office: Office, staff: Staff, key: str, **more: Any) -> str:
    """Apply at the window; return the case number."""
    asked = application(office, key, **more)
    by = APPLICANT if asked.channel in BY_HIMSELF else staff["lin"]
    with office.act(by) as act:
        return applicant.apply(act, asked).no


def accepted(office: Office, staff: Staff, key: str, **more: Any) -> str:
    """Apply and have it accepted; return the case number."""
    no = apply(office, staff, key, **more)
    do(office, staff["lin"], desk.accept, no)
    return no


def granted(office: Office, staff: Staff, key: str, **more: Any) -> str:
    """Apply, have it accepted and worked to its grant; return the case number."""
    no = accepted(office, staff, key, **more)
    work(office, staff, no)
    return no


def do(office: Office, by: Actor, service: Service[P, T], no: str, *words: P.args, **more: P.kwargs) -> T:
    """Let somebody do one act on the case of that number."""
    with office.act(by) as act:
        return service(act, act.case(no), *words, **more)


def refusal(
    office: Office, by: Actor, service: Service[P, T], no: str, *words: P.args, **more: P.kwargs
) -> Refused:
    """Let somebody try an act; it is refused and nothing has changed. Return the refusal."""
    before = everything(office)
    with pytest.raises(Refused) as refused:
        do(office, by, service, no, *words, **more)
    assert everything(office) == before
    return refused.value


def refused(
    office: Office, by: Actor, service: Callable[Concatenate[Act, P], T], *words: P.args, **more: P.kwargs
) -> Refused:
    """Let somebody try an act that names no case; it is refused and nothing has changed. Return the refusal."""
    before = everything(office)
    with pytest.raises(Refused) as refusal, office.act(by) as act:
        service(act, *words, **more)
    assert everything(office) == before
    return refusal.value


def everything(office: Office) -> dict[str, Any]:
    """What stands in the tables: the rows a case has, and how many rows there are in each other table."""
    with office.look() as look:
        counts = {
            t.name: look.db.scalar(sa.select(sa.func.count()).select_from(t)) for t in metadata.sorted_tables
        }
        rows = {name: look.db.execute(sa.select(metadata.tables[name])).all() for name in _LOOKED_AT}
    return counts | {name: sorted(map(repr, found)) for name, found in rows.items()}


def bring(office: Office, no: str, *codes: str) -> Case:
    """The applicant brings materials to a case."""
    handed = [Handed(code, Standing.RECEIVED) for code in codes]
    return do(office, APPLICANT, applicant.supplement, no, handed)


def org_code(office: Office, org_id: int) -> str:
    """The code of an organisation."""
    with office.look() as look:
        return str(
            look.db.execute(sa.text("SELECT code FROM orgs WHERE id = :id"), {"id": org_id}).scalar_one()
        )


def member(office: Office, no: str, key: str) -> str:
    """The number of a bundle's member."""
    with office.look() as look:
        return next(m.no for m in cases.members(look.db, cases.id_of(look.db, no)) if m.matter_key == key)


def members(office: Office, no: str) -> dict[str, str]:
    """The numbers of a bundle's members by matter."""
    with office.look() as look:
        return {m.matter_key: m.no for m in cases.members(look.db, cases.id_of(look.db, no))}


def matter_of(office: Office, case_id: int) -> str:
    """The matter of a case, by its id."""
    with office.look() as look:
        return str(look.db.scalar(sa.select(cases.cases.c.matter_key).where(cases.cases.c.id == case_id)))


def name_of(office: Office, key: str) -> str:
    """What a matter is called."""
    with office.look() as look:
        return str(catalog.current(look.db, key).name)


def case_row(office: Office, no: str) -> Any:
    """The case's row as it stands."""
    with office.look() as look:
        return look.db.execute(sa.select(cases.cases).where(cases.cases.c.no == no)).one()


def authority(office: Office, no: str) -> str:
    """The code of the department that decides a case."""
    return org_code(office, case_row(office, no).authority_id)


def state(office: Office, no: str) -> str:
    """The state of a case."""
    return str(case_row(office, no).state)


def acts(office: Office, no: str) -> list[str]:
    """What the journal says was done to a case, in order."""
    with office.look() as look:
        return [entry.act for entry in journal.of_case(look.db, cases.id_of(look.db, no))]


def entry(office: Office, no: str, act: str) -> Mapping[str, Any]:
    """The data of the last entry that says *act* was done."""
    with office.look() as look:
        found = [e for e in journal.of_case(look.db, cases.id_of(look.db, no)) if e.act == act]
    data: Mapping[str, Any] = found[-1].data
    return data


def clocks(office: Office, no: str) -> dict[str, Any]:
    """The running clocks of a case by name."""
    with office.look() as look:
        return {row.clock: row for row in deadlines.running(look.db, cases.id_of(look.db, no))}


def last_days(office: Office, no: str) -> dict[str, str]:
    """The last day of each running clock, ``2026-11-30``."""
    found = clocks(office, no)
    return {clock: str(last_day(row.due_at)) for clock, row in found.items()}


def papers(office: Office, no: str) -> list[Any]:
    """The papers a case gave rise to, in order."""
    with office.look() as look:
        return list(documents.of_case(look.db, cases.id_of(look.db, no)))


def paper(office: Office, no: str, kind: str) -> Any:
    """The one paper of its kind a case gave rise to."""
    (found,) = (each for each in papers(office, no) if each.kind == kind)
    return found


def known(office: Office, no: str, clock: str) -> list[Any]:
    """What was ever known of when a clock of the case is due, in order."""
    with office.look() as look:
        return [d for d in dues.of_case(look.db, cases.id_of(look.db, no)) if d.clock == clock]


def open_tasks(office: Office, no: str) -> list[Any]:
    """The open tasks that wait for a person."""
    with office.look() as look:
        query = sa.select(tasks).where(
            tasks.c.case_id == cases.id_of(look.db, no), tasks.c.closed_at.is_(None)
        )
        return [t for t in look.db.execute(query.order_by(tasks.c.id)).all() if t.stage != "call"]


def steps(office: Office, no: str) -> list[str]:
    """The nodes of the open tasks."""
    return [task.node for task in open_tasks(office, no)]


def step(office: Office, no: str, node: str) -> Any:
    """The open task at *node*."""
    return next(task for task in open_tasks(office, no) if task.node == node)


def hired(office: Office, name: str, org: str = "SCJG", role: str = "approver") -> Actor:
    """A new colleague with a post."""
    with office.act(CLOCK) as act:
        user = people.add_user(act.db, name, name, "!", [(role, people.org(act.db, org).id)])
        return people.actor(act.db, user, act.at)


def work(office: Office, staff: Staff, no: str, until: str = "deliver", **outcomes: str) -> None:
    """Complete approval steps (first outcome, or the one named for the node) until *until* is open or nothing is."""
    for _ in range(30):
        waiting = [t for t in open_tasks(office, no) if t.node != until and t.stage not in _AT_THE_WINDOW]
        if not waiting:
            return
        for task in waiting:
            complete(office, staff, task, outcomes.get(task.node))


_AT_THE_WINDOW = {"prereview", "accept", "correct", "supply", "deliver"}


def work_all(office: Office, staff: Staff, no: str) -> None:
    """Work every member of a bundle until none has anything left to do."""
    for _ in range(10):
        before = [state(office, number) for number in members(office, no).values()]
        for number in members(office, no).values():
            work(office, staff, number)
        if [state(office, number) for number in members(office, no).values()] == before:
            return


def holder(office: Office, staff: Staff, task: Any) -> Actor:
    """Who holds the post of a task."""
    with office.look() as look:
        org = look.db.execute(
            sa.text("SELECT code FROM orgs WHERE id = :id"), {"id": task.org_id}
        ).scalar_one()
    return staff.of(task.role, org)


def complete(office: Office, staff: Staff, task: Any, outcome: str | None = None) -> None:
    """Complete one task as whoever holds its post."""
    node = drawn(office, task)
    chosen = outcome or first(office, task)
    if node.vote is not None:
        by_vote(office, staff, task, chosen == next(iter(node.outcomes)))
        return
    complete_as(office, holder(office, staff, task), task, chosen)


def complete_as(office: Office, by: Actor, task: Any, outcome: str | None = None) -> None:
    """Complete one task as somebody, with its first outcome or the one named."""
    with office.act(by) as act:
        approver.complete(act, task.id, outcome or first(office, task), "同意", officers=["同行员"])


def drawn(office: Office, task: Any) -> Any:
    """The node of the diagram a task stands at."""
    with office.look() as look:
        case = look.db.execute(sa.select(cases.cases).where(cases.cases.c.id == task.case_id)).one()
        return look.library.definition(look.db, case.definition_id).nodes[task.node]


def first(office: Office, task: Any) -> str:
    """The first outcome a task may end with."""
    return next(iter(drawn(office, task).outcomes), "done")


def by_vote(office: Office, staff: Staff, task: Any, adopted: bool) -> None:  # noqa: FBT001  as the ballots go
    """Let a committee of three decide a step, all of one mind."""
    chair, until = holder(office, staff, task), office.now() + timedelta(days=1)
    members = [chair, *(staff.of(role, org_code(office, task.org_id)) for role in ("chief", "approver"))]
    with office.act(chair) as act:
        voting.convene(act, task.id, "是否同意", [each.id or 0 for each in members], until)
    for member in members:
        with office.act(member) as act:
            voting.cast(act, task.id, Choice.AGREE if adopted else Choice.OPPOSE, "见意见")
    with office.act(chair) as act:
        voting.close(
            act, task.id, keeping.keep(act, Upload("纪要.pdf", "application/pdf", b"%PDF-1.4 minutes"))
        )


def incidents(office: Office) -> list[str]:
    """What went wrong behind the desk: a letter that could not be read, a deadline that could not pass."""
    with office.look() as look:
        return [row.message for row in look.db.execute(sa.select(incident_rows.incidents))]


def task_refusal(
    office: Office, staff: Staff, task: Any, outcome: str, opinion: str = "同意", **more: Any
) -> Refused:
    """Let whoever holds the post try to complete a task; it is refused and nothing has changed."""
    before = everything(office)
    with pytest.raises(Refused) as refused, office.act(holder(office, staff, task)) as act:
        approver.complete(act, task.id, outcome, opinion, **({"officers": ["同行员"]} | more))
    assert everything(office) == before
    return refused.value


def calendar_draft(office: Office, staff: Staff, table: str, code: str = "CN") -> int:
    """A calendar drafted from a table of days; return its id. It waits for a second person."""
    with office.act(staff["registrar"]) as act:
        proposal = holidays.propose(act, code, notice.read(table.encode()))
        return int(registrar.draft_calendar(act, proposal).id)


def redraw(office: Office, staff: Staff, key: str, source: bytes) -> None:
    """Publish a diagram of a test's own for a matter, whose catalogue lists no steps: new cases run on it."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, key)
        record = {name: value for name, value in row.record.items() if name != "stages"}
        catalog.publish(act.db, row.kind, record, row.definition_id, act.at)
    with office.act(staff["designer"]) as act:
        designer.publish(act, designer.hand_in(act, source, key).id)


def rearrange(office: Office, key: str, **waits: dict[str, str]) -> None:
    """Publish a bundle anew, its members waiting for others as *waits* says: ``seal={"company": "data"}``."""
    record = yaml.safe_load(
        (office.settings.bpmn / "bundles" / key / "bundle.yaml").read_text(encoding="utf8")
    )
    for member in record["members"]:
        if member["matter"] in waits:
            member.pop("start")
            member["after"] = [{"matter": m, "on": on} for m, on in waits[member["matter"]].items()]
    composed = composing.compose(record, Catalogue.at(office.settings.bpmn))
    with office.act(CLOCK) as act:
        drawn = drawings.keep(act, composed.source, key, published=True)
        drawings.must_agree(act, composed.record, drawn.id)
        catalog.publish(act.db, "bundle", composed.record, drawn.id, act.at)


def troubles(office: Office) -> list[Any]:
    """The open incidents."""
    with office.look() as look:
        open_ = incident_rows.incidents.c.settled_at.is_(None)
        query = sa.select(incident_rows.incidents).where(open_).order_by(incident_rows.incidents.c.id)
        return list(look.db.execute(query))
