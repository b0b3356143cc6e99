"""Showing a case for information (抄送): to read, not to work on, until one says that one has read it."""

import pytest

from engine.domain.errors import Malformed, NotFound, NotNow, NotYours
from engine.domain.identity import Actor
from engine.office import Office
from engine.queries import inbox, sight
from engine.queries.pools import View
from engine.services import approver, colleague
from tests import builders
from tests.builders import step
from tests.people import Staff

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


def shown(office: Office, who: Actor) -> list[tuple[str, str]]:
    with office.look() as look:
        page = inbox.items(look.db, who, look.at, look.calendar, View.COPIED)
    return [(item.case_no, item.reason) for item in page.items]


def copied(office: Office, by: Actor, task: int, *to: Actor) -> None:
    with office.act(by) as act:
        colleague.copy(act, task, [who.id or 0 for who in to], "请知悉")


def test_it_lies_in_the_others_list_until_he_has_read_it(office: Office, staff: Staff, no: str) -> None:
    other = staff["mzj.approver"]
    with office.look() as look, pytest.raises(NotFound):
        sight.find(look.db, other, no)
    copied(office, staff["scjg.approver"], step(office, no, "review").id, other)
    assert shown(office, other) == [(no, "SCJG审 抄送：请知悉")]
    builders.do(office, other, colleague.read, no)
    assert shown(office, other) == []
    with office.look() as look:
        assert sight.find(look.db, other, no)
    assert builders.acts(office, no)[-2:] == ["copied", "copy read"]
    with pytest.raises(NotNow):
        builders.do(office, other, colleague.read, no)


def test_it_is_for_reading_only(office: Office, staff: Staff, no: str) -> None:
    task = step(office, no, "review").id
    copied(office, staff["scjg.approver"], task, staff["mzj.approver"])
    with pytest.raises(NotYours), office.act(staff["mzj.approver"]) as act:
        approver.complete(act, task, "pass")


def test_whoever_has_done_the_step_may_still_show_it(office: Office, staff: Staff, no: str) -> None:
    task = step(office, no, "review")
    builders.complete(office, staff, task)
    copied(office, staff["scjg.approver"], task.id, staff["mzj.approver"], staff["lin"])
    assert builders.entry(office, no, "copied")["to"] == "MZJ审、林窗口"


def test_not_to_himself_nor_twice_nor_by_strangers(office: Office, staff: Staff, no: str) -> None:
    task, me, other = step(office, no, "review").id, staff["scjg.approver"], staff["mzj.approver"]
    copied(office, me, task, other)
    for to in ((me,), (other,), ()):
        with pytest.raises(Malformed):
            copied(office, me, task, *to)
    with pytest.raises(NotYours):
        copied(office, other, task, me)
