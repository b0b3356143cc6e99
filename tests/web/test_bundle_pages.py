"""A bundle on its pages: the choice of pick-up, one member taken back, what is handed out ahead, who is hurried."""

import pytest

from engine.office import Office
from tests import builders
from tests.builders import case_row, member, state, work
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor, at_field

SHOP, FOOD = "publication_shop", "food_operation_new"
SELLS_FOOD = {"flags": {"sells_food": True}}


@pytest.fixture
def lin(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "lin")


@pytest.fixture
def wang(office: Office, staff: Staff) -> Visitor:
    return Visitor(office)


def test_the_form_asks_how_the_results_are_collected(lin: Visitor, wang: Visitor) -> None:
    assert "分批领取" in lin.text(f"/desk/apply/{SHOP}")
    assert "分批领取" in wang.text(f"/apply/{SHOP}")
    assert "分批领取" not in wang.text(f"/apply/{FOOD}")


def test_a_result_is_handed_out_ahead_from_the_desk(office: Office, staff: Staff, lin: Visitor) -> None:
    """R-BUN-1, R-LIM-4."""
    no = builders.accepted(office, staff, SHOP, **SELLS_FOOD)
    food = member(office, no, FOOD)
    work(office, staff, food)
    assert "已有结果，随整件统一出件。" in lin.text(f"/desk/cases/{no}")
    done = lin.send(f"/desk/cases/{no}/pickup", pickup="apart")
    assert "先行出件：" in lin.text(done.location)
    back = lin.send(f"/desk/cases/{food}/deliver", method="window", receiver=" ")
    assert (back.status_code, "领取人" in at_field(back, "receiver")) == (422, True)
    done = lin.send(f"/desk/cases/{food}/deliver", method="window", receiver="王小满")
    assert "已领取" in lin.text(done.location)
    assert state(office, food) == "delivered"


def test_wang_chooses_by_his_code(office: Office, staff: Staff, wang: Visitor) -> None:
    no = builders.accepted(office, staff, SHOP)
    code = case_row(office, no).code
    done = wang.send(f"/t/{code}/pickup", pickup="apart")
    assert "领取方式：分批领取" in wang.text(done.location)
    assert wang.send(f"/t/{code}/pickup", pickup="never").status_code == 422


def test_wang_takes_one_back_with_those_that_wait_for_it(office: Office, staff: Staff, wang: Visitor) -> None:
    no = builders.accepted(office, staff, "newborn")
    code, household = case_row(office, no).code, member(office, no, "birth_household")
    assert "在等它的结果" in wang.text(f"/t/{code}")
    assert wang.send(f"/t/{code}/withdraw", no=household).status_code == 422
    wang.send(f"/t/{code}/withdraw", no=household, sure="yes", followers="yes")
    assert state(office, member(office, no, "social_card")) == "withdrawn"
    assert state(office, no) == "accepted"


def test_a_stranger_takes_no_member_back(office: Office, staff: Staff, wang: Visitor) -> None:
    one, other = (builders.accepted(office, staff, SHOP) for _ in range(2))
    code = case_row(office, one).code
    assert (
        wang.send(
            f"/t/{code}/withdraw", no=member(office, other, "publication_retail"), sure="yes"
        ).status_code
        == 404
    )


def test_what_has_to_be_brought_now_is_on_wangs_page(office: Office, staff: Staff, wang: Visitor) -> None:
    """R-BUN-3: the predecessor came to nothing."""
    builders.rearrange(office, "start_enterprise", seal_engraving={"company_setup": "data"})
    no = builders.accepted(office, staff, "start_enterprise")
    code = case_row(office, no).code
    wang.send(f"/t/{code}/withdraw", no=member(office, no, "company_setup"), sure="yes")
    assert "前置事项未办成，须自行提交" in wang.text(f"/t/{code}")


def test_a_department_hurries_from_the_page_of_the_bundle(office: Office, staff: Staff) -> None:
    """R-BUN-1."""
    no = builders.accepted(office, staff, "open_restaurant")
    scjg, sign = Visitor(office, "scjg.approver"), member(office, no, "shop_sign_filing")
    assert "部门催办" in scjg.text(f"/bundles/{no}")
    done = scjg.send(f"/bundles/{sign}/hurry")
    assert "部门催办 1 次" in scjg.text(done.location)


def test_machines_do_the_same(office: Office, staff: Staff) -> None:
    machine = Machine(office)
    no = builders.accepted(office, staff, SHOP, **SELLS_FOOD)
    assert machine.post(f"/cases/{no}/pickup", json={"pickup": "apart"}).status_code == 200
    food = member(office, no, FOOD)
    taken_back = machine.post(f"/cases/{food}/withdraw", json={"reason": "不卖了", "followers": True})
    assert taken_back.json["state"] == "withdrawn"
    assert case_row(office, no).flags["pickup_apart"] is True
    refused = machine.post(f"/cases/{food}/hurry", json={"words": "快"})
    assert (refused.status_code, refused.json["code"]) == (409, "hurry.over")
