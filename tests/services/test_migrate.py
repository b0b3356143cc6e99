"""Moving running cases to a new version of their diagram: what matches is the same before and after, row by row."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from engine import worker
from engine.domain.errors import Refused
from engine.office import Office
from engine.queries import casefile, integrity
from engine.services import approver, designer, moving
from engine.services.act import Act
from engine.services.moving import Line, Plan
from engine.spiff import runtime
from engine.store import cases, deadlines
from tests import builders
from tests.builders import acts, case_row, complete, entry, holder, open_tasks, step, steps
from tests.conftest import Watch
from tests.people import Staff
from tests.redrawn import Redrawn

FILM = "film_projection"


def running(office: Office, staff: Staff, watch: Watch) -> str:
    """A film case three days after acceptance: its review claimed, the inspection done, the opinion open."""
    no = builders.accepted(office, staff, FILM)
    complete(office, staff, step(office, no, "inspect"))
    task = step(office, no, "review")
    with office.act(holder(office, staff, task)) as act:
        approver.claim(act, task.id)
    watch.pass_days(3)
    return no


def plan(office: Office, staff: Staff, target: int, names: Mapping[str, str] | None = None) -> Plan:
    with office.look(staff["designer"]) as look:
        return designer.plans(look, target, names or {}, 1)[0]


def looked(office: Office, staff: Staff, target: int, names: Mapping[str, str] | None = None) -> list[Line]:
    with office.look(staff["designer"]) as look:
        return list(moving.look(look, plan(office, staff, target, names)))


def migrate(
    office: Office, staff: Staff, target: int, names: Mapping[str, str] | None = None
) -> dict[str, Line | Refused | None]:
    """Move every case there is; return what came of each, by number."""
    chosen = plan(office, staff, target, names)
    with office.look() as look:
        ids = {row.id: row.no for row in cases.running_on(look.db, chosen.source)}
    done = office.each(staff["designer"], ids, partial(designer.migrate, plan=chosen))
    return {ids[case_id]: came for case_id, came in done}


def rows(office: Office, no: str, *but: str) -> dict[str, Any]:
    """The open tasks and running deadlines of a case, each row whole; *but* are columns that may differ."""
    with office.look() as look:
        case_id = cases.id_of(look.db, no)
        found = {
            "tasks": cases.open_tasks(look.db, case_id),
            "deadlines": deadlines.running(look.db, case_id),
        }
    return {
        name: {row.id: {k: v for k, v in row._asdict().items() if k not in but} for row in each}
        for name, each in found.items()
    }


def test_a_step_is_put_in_and_every_task_clock_and_timer_stays_the_same_row(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = running(office, staff, watch)
    before = rows(office, no)
    target = Redrawn(FILM).put_in("recheck", "复核", after="review").publish(office, staff)
    migrate(office, staff, target)
    assert rows(office, no) == before
    assert case_row(office, no).definition_id == target
    complete(office, staff, step(office, no, "review"))
    assert steps(office, no) == ["fire_opinion", "recheck"]
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []


def test_a_step_called_otherwise_keeps_its_holder_its_clock_and_its_timer(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = running(office, staff, watch)
    before = rows(office, no, "node", "name", "rev")
    task = step(office, no, "review")
    redrawn = (
        Redrawn(FILM).rename("review", "examine").label("examine", "书面审查").rename("inspect", "visit")
    )
    names = {"review": "examine", "inspect": "visit"}
    migrate(office, staff, redrawn.publish(office, staff), names)
    assert rows(office, no, "node", "name", "rev") == before
    moved = step(office, no, "examine")
    assert (moved.id, moved.name, moved.assignee_id) == (task.id, "书面审查", task.assignee_id)
    watch.set("2026-12-08 00:00")
    assert worker.drain(office) > 0
    assert "urge" in steps(office, no)
    with office.look() as look:
        assert "visit" in cases.passed_nodes(look.db, moved.case_id)
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"


def test_a_step_taken_out_keeps_who_stands_there_until_it_is_said_where_he_goes(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = running(office, staff, watch)
    target = Redrawn(FILM).take_out("fire_opinion").publish(office, staff)
    before = builders.everything(office)
    (line,) = looked(office, staff, target)
    assert (line.no, line.moves, line.steps) == (no, False, ("审查", "核实消防检查意见"))
    assert [(each.code, each.element) for each in line.findings] == [("migrate.gone", "fire_opinion")]
    came = migrate(office, staff, target)[no]
    assert isinstance(came, Refused)
    assert came.code == "migrate.gone"
    assert builders.everything(office) == before
    complete(office, staff, step(office, no, "fire_opinion"))
    kept = rows(office, no)
    assert isinstance(migrate(office, staff, target)[no], Line)
    assert rows(office, no) == kept
    complete(office, staff, step(office, no, "review"))
    assert steps(office, no) == ["decide"]


def test_new_timers_begin_now_and_those_that_are_gone_end(office: Office, staff: Staff, watch: Watch) -> None:
    no = running(office, staff, watch)
    before = rows(office, no)["deadlines"]
    (late,) = [row for row in before.values() if row["clock"] == "timer"]
    redrawn = Redrawn(FILM).time("opinion_late", "fire_opinion").cut("review_late", "urge", "urged")
    (line,) = looked(office, staff, target := redrawn.publish(office, staff))
    assert (line.started, line.stopped) == (("opinion_late",), ("审查满六日",))
    migrate(office, staff, target)
    after = rows(office, no)["deadlines"]
    (fresh,) = after.keys() - before.keys()
    assert before.keys() - after.keys() == {late["id"]}
    assert (after[fresh]["clock"], after[fresh]["started_at"]) == ("timer", watch())


def test_a_step_of_another_post_goes_back_to_its_pool(office: Office, staff: Staff, watch: Watch) -> None:
    no = running(office, staff, watch)
    task = step(office, no, "review")
    migrate(office, staff, Redrawn(FILM).label("review", "审查", role="chief").publish(office, staff))
    moved = step(office, no, "review")
    assert (moved.id, moved.due_at, moved.role, moved.assignee_id) == (task.id, task.due_at, "chief", None)
    assert task.assignee_id is not None


def test_the_journal_tells_from_where_to_where(office: Office, staff: Staff, watch: Watch) -> None:
    no = running(office, staff, watch)
    names = {"review": "examine"}
    target = Redrawn(FILM).rename("review", "examine").publish(office, staff)
    migrate(office, staff, target, names)
    told = entry(office, no, "migrated")
    assert (told["from_version"], told["to_version"], told["names"]) == (1, 2, names)
    assert acts(office, no)[-1] == "migrated"
    with office.look() as look:
        found = casefile.show(
            look.db, look.calendar, look.library.definition, cases.id_of(look.db, no), look.at
        )
    assert "流程由第 1 版迁移到第 2 版" in [told.sentence for told in found.timeline]
    assert "<svg" in found.track


def test_one_that_cannot_move_does_not_stop_the_others_and_a_second_run_has_only_it_left(
    office: Office, staff: Staff, watch: Watch
) -> None:
    stays, moves = running(office, staff, watch), running(office, staff, watch)
    complete(office, staff, step(office, moves, "fire_opinion"))
    target = Redrawn(FILM).take_out("fire_opinion").publish(office, staff)
    came = migrate(office, staff, target)
    assert isinstance(came[stays], Refused)
    assert isinstance(came[moves], Line)
    again = migrate(office, staff, target)
    assert list(again) == [stays]
    assert builders.incidents(office) == []


def test_one_nobody_can_read_is_told_and_the_others_move(office: Office, staff: Staff, watch: Watch) -> None:
    bad, good = running(office, staff, watch), running(office, staff, watch)
    target = Redrawn(FILM).put_in("recheck", "复核", after="review").publish(office, staff)
    with office.database.transaction() as db:
        db.execute(sa.update(cases.cases).where(cases.cases.c.no == bad).values(flow=b"[9]"))
    came = migrate(office, staff, target)
    assert isinstance(came[good], Line)
    (line,) = looked(office, staff, target)
    assert (line.no, line.findings[0].code) == (bad, "state.unreadable")


def test_a_fault_with_one_is_its_incident_and_the_others_go_on(office: Office, staff: Staff) -> None:
    bad, good = (builders.accepted(office, staff, FILM) for _ in range(2))
    ids = {int(case_row(office, no).id): no for no in (bad, good)}

    def do(act: Act, case_id: int) -> str:
        act.record("urged", act.take(case_id), tasks=[])
        return {good: "done"}[ids[case_id]]

    (_, fault), (_, done) = office.each(staff["designer"], ids, do)
    assert (getattr(fault, "code", ""), done) == ("fault", "done")
    assert (acts(office, bad)[-1], acts(office, good)[-1]) == ("incident", "urged")
    assert len(builders.incidents(office)) == 1


def test_what_moved_or_ended_meanwhile_is_left_alone(office: Office, staff: Staff, watch: Watch) -> None:
    no = running(office, staff, watch)
    target = Redrawn(FILM).put_in("recheck", "复核", after="review").publish(office, staff)
    chosen = plan(office, staff, target)
    migrate(office, staff, target)
    before = rows(office, no), acts(office, no)
    with office.act(staff["designer"]) as act:
        assert designer.migrate(act, cases.id_of(act.db, no), chosen) is None
    assert (rows(office, no), acts(office, no)) == before


def test_a_legal_step_stays_that_legal_step(office: Office, staff: Staff) -> None:
    """What waits to be accepted does not become a step anybody completes (R-ACC-2)."""
    no = builders.apply(office, staff, FILM)
    (line,) = looked(office, staff, Redrawn(FILM).stage("accept", "review").publish(office, staff))
    assert (line.no, line.findings[0].code, line.findings[0].element) == (no, "migrate.stage", "accept")


@pytest.mark.parametrize("names", [{"nowhere": "review"}, {"review": "nowhere"}])
def test_a_map_that_names_nothing_is_refused(office: Office, staff: Staff, names: dict[str, str]) -> None:
    target = Redrawn(FILM).put_in("recheck", "复核", after="review").publish(office, staff)
    with pytest.raises(Refused) as refused:
        plan(office, staff, target, names)
    assert (refused.value.code, refused.value.field, refused.value.element) == (
        "migrate.map",
        "map",
        "nowhere",
    )


def test_only_a_designer_moves_cases_and_only_to_what_is_published(office: Office, staff: Staff) -> None:
    source = Redrawn(FILM).put_in("recheck", "复核", after="review").source()
    with office.act(staff["designer"]) as act:
        draft = designer.hand_in(act, source, FILM)
    for login, code in (("manager", "post.missing"), ("designer", "definition.draft")):
        with pytest.raises(Refused) as refused, office.look(staff[login]) as look:
            designer.plans(look, draft.id, {})
        assert refused.value.code == code


def test_what_is_looked_at_is_what_comes(office: Office, staff: Staff, watch: Watch) -> None:
    no = running(office, staff, watch)
    target = Redrawn(FILM).time("opinion_late", "fire_opinion").publish(office, staff)
    (line,) = looked(office, staff, target)
    assert migrate(office, staff, target)[no] == line
    row = case_row(office, no)
    with office.look() as look:
        stand = runtime.opened(look.library.definition(look.db, row.definition_id), row.flow)
    assert sorted(t.node for t in open_tasks(office, no)) == sorted(o.node for o in stand.open)
