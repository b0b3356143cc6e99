"""False papers on the pages and over the API: found on the case, listed and exported, taken back by another."""

import pytest

from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.stories.test_false_papers import FACTS, FOOD, SHOP, denied
from tests.web.machines import Machine
from tests.web.visitor import Visitor, at_field


@pytest.fixture
def approver(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "scjg.approver")


def test_the_approver_enters_it_on_the_case_and_must_say_what(
    office: Office, staff: Staff, approver: Visitor
) -> None:
    """R-ACC-8."""
    no = builders.accepted(office, staff, FOOD)
    empty = approver.send(f"/cases/{no}/false-papers", facts=" ")
    assert "怎样查实" in at_field(empty, "facts")
    done = approver.text(approver.send(f"/cases/{no}/false-papers", facts=FACTS).location)
    assert all(words in done for words in ("已登记认定", FACTS, "已认定，待决定", "第七十八条"))
    assert "登记认定" not in Visitor(office, "lin").text(f"/cases/{no}")


def test_the_list_is_narrowed_exported_and_another_takes_it_back(
    office: Office, staff: Staff, approver: Visitor
) -> None:
    no = denied(office, staff)
    assert "2026-11-23 至 2027-11-23 不得再次申请" in approver.text("/bars?standing=running")
    assert "没有这样的认定" in approver.text("/bars?standing=over")
    assert "没有这样的认定" in Visitor(office, "ga.leader").text("/bars")
    assert no in approver.get("/bars.csv").get_data(as_text=True)
    assert "撤销认定" not in approver.text("/bars")
    leader = Visitor(office, "scjg.leader")
    bar_id = Machine(office).get("/bars", "scjg.leader").json["items"][0]["id"]
    assert "撤销告知书已出具" in leader.text(
        leader.send(f"/bars/{bar_id}/cancel", reason="医院更正").location
    )


def test_over_the_api_it_is_the_same(office: Office, staff: Staff) -> None:
    machine, no = Machine(office), builders.accepted(office, staff, FOOD)
    made = machine.post(f"/cases/{no}/false-papers", "scjg.approver", json={"facts": FACTS})
    assert (made.status_code, made.json["standing"], made.json["may_cancel"]) == (201, "found", False)
    own = machine.post(f"/bars/{made.json['id']}/cancel", "scjg.approver", json={"reason": "误"})
    assert (own.status_code, own.json["code"]) == (403, "post.missing")
    back = machine.post(f"/bars/{made.json['id']}/cancel", "scjg.chief", json={"reason": "误"})
    assert (back.status_code, back.json["standing"], back.json["cancelled_by"]) == (
        200,
        "cancelled",
        "SCJG核",
    )


def test_the_applicant_of_a_bundle_reads_what_was_left_out(office: Office, staff: Staff) -> None:
    denied(office, staff)
    no = builders.accepted(office, staff, SHOP, flags={"sells_food": True})
    told = "至 2027-11-23 不得再次申请"
    assert told in Visitor(office).text(f"/t/{builders.case_row(office, no).code}")
    assert told in Visitor(office, "lin").text(f"/desk/cases/{no}")
    assert told in Visitor(office, "lin").text(f"/bundles/{no}")
