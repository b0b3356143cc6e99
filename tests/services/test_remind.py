"""Reminding a colleague (催办): it stands in the journal and on his list."""

import pytest

from engine.domain.errors import NotNow, NotYours
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.queries import inbox
from engine.queries.pools import View
from engine.services import approver, colleague
from tests import builders
from tests.builders import step
from tests.people import Staff

FOOD = "food_operation_new"


def test_it_is_seen_on_the_others_list(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    with office.act(staff["lin"]) as act:
        colleague.remind(act, step(office, no, "review").id, "申请人在等")
    with office.look() as look:
        page = inbox.items(look.db, staff["scjg.approver"], look.at, look.calendar, View.CLAIMABLE)
    item = next(item for item in page.items if item.step == "材料审查")
    assert ("已催办" in {chip.text for chip in item.chips}, item.reason) == (True, "催办：申请人在等")
    assert builders.entry(office, no, "reminded")["node"] == "review"


def test_nobody_reminds_himself_and_no_stranger_does(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "review").id
    with office.act(staff["scjg.approver"]) as act:
        approver.claim(act, task)
    with pytest.raises(NotNow), office.act(staff["scjg.approver"]) as act:
        colleague.remind(act, task)
    with pytest.raises(NotYours), office.act(APPLICANT) as act:
        colleague.remind(act, task)
