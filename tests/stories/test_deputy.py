"""AB岗 (rulebook §1.1): while A is away B stands in with A's posts; A comes back and takes nothing from B."""

from datetime import timedelta

import pytest

from engine.domain.errors import NotYours, Taken
from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.services import approver
from engine.store import people
from tests import builders
from tests.builders import step, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def _again(office: Office, who: Actor) -> Actor:
    """Somebody as he comes in now, with the posts he holds and those he covers."""
    with office.look() as look:
        return people.actor(look.db, who.id or 0, look.at)


def test_b_does_the_work_of_a_while_a_travels(office: Office, staff: Staff, watch: Watch) -> None:
    a, b = staff["scjg.approver"], staff["scjg.chief"]
    no = builders.accepted(office, staff, FOOD)
    review = step(office, no, "review").id
    with pytest.raises(NotYours), office.act(b) as act:
        approver.claim(act, review)
    with office.act(CLOCK) as act:
        people.add_cover(act.db, a.id or 0, b.id or 0, act.at, act.at + timedelta(days=3))
    with office.act(_again(office, b)) as act:
        approver.claim(act, review)
    watch.pass_days(3)
    with pytest.raises(Taken), office.act(_again(office, a)) as act:
        approver.complete(act, review, "pass", "同意")


def test_the_journal_names_who_really_did_it(office: Office, staff: Staff, watch: Watch) -> None:
    a, b = staff["scjg.approver"], staff["scjg.chief"]
    no = builders.accepted(office, staff, FOOD)
    with office.act(CLOCK) as act:
        people.add_cover(act.db, a.id or 0, b.id or 0, act.at, act.at + timedelta(days=3))
    with office.act(_again(office, b)) as act:
        approver.complete(act, step(office, no, "review").id, "pass", "同意")
    assert steps(office, no) == ["inspect"]
    with office.look() as look:
        told = builders.journal.of_case(look.db, look.case(no).id)
    assert [entry.by_name for entry in told if entry.act == "completed"][-1] == b.name


def test_when_a_is_back_b_stands_in_no_more(office: Office, staff: Staff, watch: Watch) -> None:
    a, b = staff["scjg.approver"], staff["scjg.chief"]
    with office.act(CLOCK) as act:
        people.add_cover(act.db, a.id or 0, b.id or 0, act.at, act.at + timedelta(days=3))
    assert _again(office, b).holds("approver", next(iter(a.posts)).org)
    watch.pass_days(3)
    assert not _again(office, b).holds("approver", next(iter(a.posts)).org)
