"""One member is taken back: who waited for it goes on with his own paper, or is taken back too (§1.3, R-BUN-7)."""

from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import bring, do, entry, member, members, state, work
from tests.people import Staff

RESTAURANT = {"members": ("tobacco_retail",)}


def test_what_the_withdrawn_one_would_have_made_is_brought_by_wang(office: Office, staff: Staff) -> None:
    """行政许可法 31, 32: a paper is asked for, not the way it comes."""
    no = builders.accepted(office, staff, "start_enterprise")
    company, seal = member(office, no, "company_setup"), member(office, no, "seal_engraving")
    do(office, APPLICANT, applicant.withdraw, company, "已另行登记")
    assert "须自行提交：" in entry(office, seal, "predecessor ended")["words"]
    assert state(office, seal) == "received"
    do(office, staff["lin"], desk.correct, seal, {})
    bring(office, seal, "business-licence")
    do(office, staff["lin"], desk.accept, seal)
    work(office, staff, seal)
    assert (state(office, seal), state(office, company)) == ("granted", "withdrawn")


def test_those_that_wait_may_be_taken_back_with_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "newborn")
    household = member(office, no, "birth_household")
    work(office, staff, member(office, no, "birth_certificate"))
    do(office, APPLICANT, applicant.withdraw, household, "暂不落户", followers=True)
    states = {key: state(office, number) for key, number in members(office, no).items()}
    assert {key for key, each in states.items() if each == "withdrawn"} == {
        "birth_household", "newborn_medical", "social_card",
    }  # fmt: skip
    assert entry(office, member(office, no, "social_card"), "withdrawn")["reason"].startswith("随“")
    builders.work_all(office, staff, no)
    assert state(office, no) == "granted_partly"


def test_the_last_one_taken_back_ends_the_whole_even_before_acceptance(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "publication_shop")
    for number in members(office, no).values():
        do(office, APPLICANT, applicant.withdraw, number, "不办了")
    assert (state(office, no), builders.steps(office, no), builders.clocks(office, no)) == (
        "withdrawn",
        [],
        {},
    )


def test_a_whole_that_is_taken_back_leaves_what_is_decided_to_be_fetched(
    office: Office, staff: Staff
) -> None:
    """R-LIM-4: from then on it has its own ten days."""
    no = builders.accepted(office, staff, "publication_shop")
    retail = member(office, no, "publication_retail")
    work(office, staff, retail)
    do(office, APPLICANT, applicant.withdraw, no, "不办了")
    assert builders.last_days(office, retail) == {"delivery": "2026-12-07"}
    do(office, staff["lin"], desk.deliver, retail, "窗口领取", "王小满")
    assert state(office, retail) == "delivered"
