"""虚假材料 (R-ACC-8): found by one, told in the denial, barred for a year, mended by another."""

import pytest

from engine.domain.case import State
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.queries import integrity, tracking
from engine.services import applicant, barring, desk
from tests import builders
from tests.builders import do, entry, paper, refusal, refused, state
from tests.conftest import Watch
from tests.people import Staff

FOOD, AD, SHOP = "food_operation_new", "outdoor_ad", "publication_shop"
FACTS = "健康证明系伪造，经发证医院核对没有这份证明"


def denied(office: Office, staff: Staff, key: str = FOOD, org: str = "SCJG") -> str:
    """A case whose papers were found false, denied by its head."""
    no = builders.accepted(office, staff, key)
    do(office, staff.of("approver", org), barring.find, no, FACTS)
    builders.work(office, staff, no, until="decide")
    builders.complete(office, staff, builders.step(office, no, "decide"), "denied")
    return no


def cancel(office: Office, staff: Staff, by: str, no: str) -> None:
    with office.act(staff[by]) as act:
        (row,) = barring.bars.of_case(act.db, act.case(no).id)
        barring.cancel(act, row.id, "医院更正：证明属实")


def test_the_denial_warns_and_says_until_when_he_may_not_apply_again(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-8 (许可法 78): a day longer than a year later he may; for anything else he may at once."""
    no = denied(office, staff)
    said = paper(office, no, "denial")
    assert said.articles[-1] == "《行政许可法》第七十八条"
    assert FACTS in str(said.facts)
    assert "一年内（至2027年11月23日）不得再次申请" in str(said.facts)
    assert (entry(office, no, "barred")["until"], state(office, no)) == ("2027-11-23", "denied")
    again = refused(office, staff["lin"], applicant.apply, builders.application(office, FOOD))
    assert (again.code, again.field, "至 2027-11-23 不得" in again.message) == (
        "applicant.barred",
        "applicant",
        True,
    )
    builders.apply(office, staff, AD)
    watch.set("2027-11-24 09:00")
    builders.apply(office, staff, FOOD)


def test_what_concerns_nobodys_safety_is_warned_of_and_no_more(office: Office, staff: Staff) -> None:
    no = denied(office, staff, AD, "CGJ")
    said = str(paper(office, no, "denial").facts)
    assert ("给予警告" in said, "不得再次申请" in said) == (True, False)
    builders.apply(office, staff, AD)


def test_a_refusal_before_the_acceptance_does_it_too(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    do(office, staff["lin"], barring.find, no, FACTS)
    do(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "提供虚假健康证明")
    assert "隐瞒有关情况或者提供虚假材料，本机关决定不予受理" in paper(office, no, "not_accepted").text
    assert entry(office, no, "barred")["until"] == "2027-11-23"


def test_in_a_bundle_that_member_is_left_out_and_the_others_are_done(office: Office, staff: Staff) -> None:
    """R-ACC-8, R-BUN-6: 书店 without food; its applicant reads why and until when."""
    denied(office, staff)
    no = builders.accepted(office, staff, SHOP, flags={"sells_food": True})
    assert FOOD not in builders.members(office, no)
    with office.look(CLOCK) as look:
        seen = tracking.tracked(look.db, look.case(no).code, look.at, look.calendar)
        assert list(integrity.faults(look.db)) == []
    (out,) = (each for each in seen.left_out if each.key == FOOD)
    assert "至 2027-11-23 不得再次申请" in out.forbids
    builders.work_all(office, staff, no)
    assert state(office, no) == "granted"


def test_a_mistake_is_taken_back_by_another_and_told(office: Office, staff: Staff) -> None:
    """Two people: neither whoever found it, nor somebody of another department."""
    no = denied(office, staff)
    for by, code in (("scjg.approver", "post.missing"), ("cgj.leader", "post.missing")):
        with pytest.raises(builders.Refused) as said:
            cancel(office, staff, by, no)
        assert said.value.code == code
    cancel(office, staff, "scjg.leader", no)
    assert "现予撤销" in paper(office, no, "bar_lifted").text
    builders.apply(office, staff, FOOD)


def test_nobody_takes_back_what_he_found_himself(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("leader", "SCJG"), barring.find, no, FACTS)
    with pytest.raises(builders.Refused, match="另一人"):
        cancel(office, staff, "scjg.leader", no)
    twice = refusal(office, staff.of("chief", "SCJG"), barring.find, no, FACTS)
    assert twice.code == "bar.found"
    builders.work(office, staff, no)
    assert state(office, no) == "granted"
    builders.apply(office, staff, FOOD)  # no decision rests on it
