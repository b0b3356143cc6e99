"""Giving a task over to a colleague (转办)."""

import pytest

from engine.domain.errors import Malformed, NotYours, Taken
from engine.office import Office
from engine.services import approver, colleague
from tests import builders
from tests.builders import hired, step
from tests.people import Staff

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


def test_it_is_the_colleagues_from_then_on(office: Office, staff: Staff, no: str) -> None:
    task, to = step(office, no, "review"), hired(office, "钱同事")
    with office.act(staff["scjg.approver"]) as act:
        assert colleague.transfer(act, task.id, to.id or 0, "出差").assignee_id == to.id
    told = builders.entry(office, no, "transferred")
    assert (told["to"], told["reason"]) == ("钱同事", "出差")
    with pytest.raises(Taken), office.act(staff["scjg.approver"]) as act:
        approver.complete(act, task.id, "pass")
    with office.act(to) as act:
        approver.complete(act, task.id, "pass")


def test_a_manager_may_give_anybodys(office: Office, staff: Staff, no: str) -> None:
    task, to = step(office, no, "review"), hired(office, "钱同事")
    with office.act(staff["scjg.approver"]) as act:
        approver.claim(act, task.id)
    with office.act(staff["manager"]) as act:
        assert colleague.transfer(act, task.id, to.id or 0).assignee_id == to.id


@pytest.mark.parametrize(
    ("by", "to", "kind"),
    [("scjg.approver", "lin", NotYours), ("scjg.approver", "scjg.approver", Malformed),
     ("mzj.approver", "scjg.approver", NotYours)],
)  # fmt: skip
def test_not_to_whoever_may_not_have_it_nor_by_whoever_has_it_not(
    office: Office, staff: Staff, no: str, by: str, to: str, kind: type[Exception]
) -> None:
    before = builders.everything(office)
    with pytest.raises(kind), office.act(staff[by]) as act:
        colleague.transfer(act, step(office, no, "review").id, staff[to].id or 0)
    assert builders.everything(office) == before
