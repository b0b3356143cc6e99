"""Drawing the rota (排班, 2主1备轮值): by whom, with whom, for when; what is changed stays known."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.domain.errors import Refused
from engine.domain.identity import CLOCK, Role
from engine.domain.rota import Span
from engine.office import Office
from engine.queries import integrity, rotas
from engine.services import approver, foreman
from engine.store import people
from engine.store.shifts import shifts
from tests import builders, rota
from tests.bench.counting import counting
from tests.conftest import Watch
from tests.people import Staff
from tests.rota import TODAY, TRIO, draw, now

APPROVER = ("SCJG", Role.APPROVER)


def _week(office: Office, day: date = TODAY) -> rotas.Week:
    with office.look() as look:
        return rotas.week(look.db, look.by, "SCJG", "approver", day, look.at, look.calendar)


def _drawn(office: Office, day: date = TODAY) -> list[tuple[int, str, list[str]]]:
    """The shifts of a week: day of the month, part of the day, names."""
    return [
        (line.day.day, slot.span, [each.name for each in (*slot.mains, slot.spare)])
        for line in _week(office, day).lines
        for slot in line.slots
    ]


def test_a_manager_draws_anywhere_and_a_chief_in_his_own_house(office: Office, staff: Staff) -> None:
    rota.hire(office)
    draw(office, staff["scjg.chief"], span=Span.MORNING)
    draw(office, staff["manager"], span=Span.AFTERNOON)
    assert [span for _, span, _ in _drawn(office)] == ["morning", "afternoon"]
    for other in ("wjw.chief", "scjg.approver", "registrar"):
        refused = builders.refused(
            office, staff[other], foreman.draw, *APPROVER, TODAY + timedelta(days=1), Span.DAY, TRIO
        )
        assert refused.code == "post.missing"


@pytest.mark.parametrize(
    ("day", "span", "trio", "code", "field"),
    [
        (TODAY, Span.DAY, replace(TRIO, second="钱主岗"), "rota.same-person", "second"),
        (TODAY, Span.DAY, replace(TRIO, spare="scjg.chief"), "rota.person", "spare"),
        (TODAY, Span.DAY, replace(TRIO, first="nobody"), "rota.person", "first"),
        (TODAY + timedelta(days=1), Span.MORNING, TRIO, "rota.overlap", "span"),
        (TODAY - timedelta(days=1), Span.DAY, TRIO, "rota.past", "day"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    office: Office, staff: Staff, day: date, span: Span, trio: foreman.Trio, code: str, field: str
) -> None:
    rota.hire(office)
    draw(office, staff["manager"], day=TODAY + timedelta(days=1))
    refused = builders.refused(office, staff["manager"], foreman.draw, *APPROVER, day, span, trio)
    assert (refused.code, refused.field) == (code, field)


def test_a_post_without_a_pool_has_no_rota(office: Office, staff: Staff) -> None:
    asked = ("DISTRICT", Role.DESIGNER, TODAY, Span.DAY, TRIO)
    assert builders.refused(office, staff["manager"], foreman.draw, *asked).field == "role"


def test_a_change_counts_at_once_and_what_stood_is_kept(office: Office, staff: Staff) -> None:
    rota.hire(office)
    shift = draw(office, staff["manager"])
    with office.act(staff["manager"]) as act:
        foreman.change(act, shift, Span.AFTERNOON, replace(TRIO, spare="scjg.approver"))
    assert _drawn(office) == [(23, "afternoon", ["钱主岗", "孙主岗", "SCJG审"])]
    told = [(each.span, each.ended, each.by) for each in _week(office).changes]
    assert told == [("afternoon", False, "毛督办"), ("day", True, "毛督办"), ("day", False, "毛督办")]
    again = builders.refused(office, staff["manager"], foreman.remove, shift)
    assert again.code == "shift.unknown"


def test_without_its_shift_the_post_is_everybodys_again(office: Office, staff: Staff) -> None:
    three = rota.hire(office)
    shift = draw(office, staff["manager"])
    rota.arrive(office, three.main)
    task = builders.step(office, builders.accepted(office, staff, "food_operation_new"), "review").id
    assert (
        builders.refused(office, now(office, staff["scjg.approver"]), approver.claim, task).code == "duty.off"
    )
    with office.act(staff["manager"]) as act:
        foreman.remove(act, shift)
    with office.act(now(office, staff["scjg.approver"])) as act:
        approver.claim(act, task)


def test_what_is_over_is_changed_no_more(office: Office, staff: Staff, watch: Watch) -> None:
    rota.hire(office)
    shift = draw(office, staff["manager"], span=Span.MORNING)
    watch.set("2026-11-23 12:00")
    assert builders.refused(office, staff["manager"], foreman.remove, shift).code == "rota.past"
    assert not _week(office).lines[0].slots[0].open


def test_last_week_is_copied_as_far_as_it_goes(office: Office, staff: Staff, watch: Watch) -> None:
    """A day that has a shift keeps it; a working day's shift is not put on a day of rest."""
    rota.hire(office)
    for day in (21, 22, 23, 24):  # Monday to Thursday; the Friday after is the first of January
        draw(office, staff["manager"], day=date(2026, 12, day), span=Span.MORNING)
    draw(office, staff["manager"], day=date(2026, 12, 25))
    draw(office, staff["manager"], day=date(2026, 12, 28))
    watch.set("2026-12-29 13:00")
    with office.act(staff["manager"]) as act:
        assert foreman.copy_week(act, *APPROVER, date(2026, 12, 31)) == 2
    assert [(day, span) for day, span, _ in _drawn(office, date(2026, 12, 28))] == [
        (28, "day"),
        (30, "morning"),
        (31, "morning"),
    ]


def test_there_is_nothing_to_copy_of_an_empty_week(office: Office, staff: Staff) -> None:
    refused = builders.refused(office, staff["manager"], foreman.copy_week, *APPROVER, TODAY)
    assert (refused.code, refused.field) == ("rota.nothing", "week")


def test_who_no_longer_holds_the_post_is_shown_and_does_not_hold_it_up(office: Office, staff: Staff) -> None:
    """A main who left answers for nothing: the spare is called although the main is still signed in."""
    three = rota.drawn(office, staff)
    rota.arrive(office, three.main, three.spare)
    with office.act(CLOCK) as act:
        act.db.execute(sa.delete(people.posts).where(people.posts.c.user_id == three.main.id))
    (slot,) = _week(office).lines[0].slots
    assert [each.fit for each in slot.mains] == [False, True]
    assert now(office, three.spare).duties[0].stand == "called"


def test_the_post_is_told_who_is_there(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff)
    rota.arrive(office, three.spare)
    with office.act(CLOCK) as act:
        people.add_cover(act.db, three.main.id or 0, staff["lin"].id or 0, act.at, act.at + timedelta(days=1))
    told = [(each.name, each.there, each.covered_by) for each in _week(office).now]
    assert told == [("钱主岗", False, ("林窗口",)), ("孙主岗", False, ()), ("李备岗", True, ())]


def test_two_shifts_at_once_are_found_by_verify(office: Office, staff: Staff) -> None:
    """What the acts refuse, written past them, is found."""
    three = rota.drawn(office, staff)
    with office.act(CLOCK) as act:
        row = act.db.execute(sa.select(shifts)).one()._asdict()
        act.db.execute(sa.insert(shifts).values(**row | {"id": row["id"] + 1, "span": "morning"}))
    with office.look() as look:
        found = [each for each in integrity.faults(look.db, look.almanac) if each.code == "rota.overlap"]
    assert len(found) == 1
    assert three.main.holds("approver")


def test_a_post_without_a_shift_costs_nothing_and_a_main_no_more(office: Office, staff: Staff) -> None:
    """Who somebody is takes two questions; who is there is asked only for whoever is no main."""

    def questions(login: str) -> int:
        with counting(office.database) as count:
            now(office, people_of[login])
        return len(count.statements)

    three = rota.hire(office)
    people_of = {"main": three.main, "spare": three.spare, "lin": staff["lin"]}
    before = {login: questions(login) for login in people_of}
    draw(office, staff["manager"])
    assert questions("lin") == before["lin"] == 2
    assert questions("main") == before["main"] == 2
    assert questions("spare") == 6


def test_nobody_draws_the_same_hour_twice(office: Office, staff: Staff) -> None:
    rota.hire(office)
    draw(office, staff["manager"])
    with pytest.raises(Refused):
        draw(office, staff["scjg.chief"])
    assert len(_drawn(office)) == 1


def test_an_act_under_a_rota_asks_no_more_than_one_without(office: Office, staff: Staff) -> None:
    """Beside `test_cost`: who is on duty was known before the act began."""

    def asked(login: str) -> list[str]:
        task = builders.step(office, builders.accepted(office, staff, "food_operation_new"), "review")
        who = now(office, people_of[login])
        with counting(office.database) as count:
            builders.complete_as(office, who, task, "pass")
        return count.statements

    three = rota.hire(office)
    people_of = {"approver": staff["scjg.approver"], "main": three.main}
    asked("approver")  # the first case reads diagram and matter into the library
    without = asked("approver")
    draw(office, staff["manager"])
    assert len(asked("main")) == len(without)
