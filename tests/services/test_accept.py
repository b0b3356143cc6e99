"""Acceptance (受理): only what is complete, by the window, with the legal clocks from that moment."""

from datetime import datetime

import pytest

from engine.domain.case import Channel, State
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import acts, case_row, clocks, do, last_days, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def test_lin_accepts_what_is_complete_and_the_legal_clocks_begin(office: Office, staff: Staff) -> None:
    """R-ACC-2, R-LIM-1, R-LIM-10: ten working days promised, fifteen by law."""
    no = builders.accepted(office, staff, FOOD)
    assert state(office, no) == "accepted"
    days = last_days(office, no)
    assert (days["promised"], days["legal"]) == ("2026-12-07", "2026-12-14")
    assert "notice" not in days


def test_the_moment_of_acceptance_is_exact(office: Office, staff: Staff, watch: Watch) -> None:
    """R-ACC-6: where a licence is limited in number, who came first is told by the second."""
    no = builders.apply(office, staff, FOOD)
    watch.set("2026-11-24 10:30:07")
    do(office, staff["lin"], desk.accept, no)
    assert case_row(office, no).accepted_at == watch()


def test_the_window_is_told_what_is_missing_and_the_way_out(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=("floor-plan",))
    refused = refusal(office, staff["lin"], desk.accept, no)
    assert refused.code == "materials.missing"
    assert "请出具补正告知" in refused.message


def test_where_only_secondary_materials_are_missing_tolerance_is_named(office: Office, staff: Staff) -> None:
    """R-TOL-1."""
    no = builders.apply(office, staff, FOOD, lacking=("food-safety-rules",))
    assert "可容缺受理" in refusal(office, staff["lin"], desk.accept, no).message


@pytest.mark.parametrize(("role", "org"), [("approver", "SCJG"), ("leader", "SCJG")])
def test_who_decides_does_not_accept(office: Office, staff: Staff, role: str, org: str) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff.of(role, org), desk.accept, no).code == "post.missing"


def test_a_case_is_accepted_once(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.accept, no).code == "case.wrong-state"


def test_an_online_case_may_be_accepted_without_a_separate_prereview(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"
    assert steps(office, no) == ["review", "inspect"]


def test_a_prereview_that_passes_goes_on_to_acceptance(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    do(office, staff["lin"], desk.prereview, no, passed=True)
    assert (state(office, no), steps(office, no)) == ("prereview_passed", ["accept"])
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"


def test_a_prereview_that_fails_needs_a_reason_and_ends_the_case(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    assert refusal(office, staff["lin"], desk.prereview, no, passed=False).code == "reason.missing"
    do(office, staff["lin"], desk.prereview, no, passed=False, reason="照片不清")
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("prereview_rejected", [], {})


def test_what_came_to_the_window_is_not_prereviewed(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.prereview, no, passed=True).code == "case.wrong-state"


def test_the_terms_are_those_of_the_day_of_application(office: Office, staff: Staff) -> None:
    """Rulebook §0-10: limits are a snapshot."""
    no = builders.accepted(office, staff, "individual_business")
    with office.look() as look:
        assert str(look.matter(look.case(no)).terms.promised) == clocks(office, no)["promised"].limit_text


def test_the_journal_names_the_act_its_author_and_the_moment(office: Office, staff: Staff) -> None:
    """R-ACC-3: the date of the decision is on the paper."""
    no = builders.accepted(office, staff, FOOD)
    assert acts(office, no) == ["applied", "accepted"]
    told = builders.entry(office, no, "accepted")
    assert told["state"] == str(State.ACCEPTED)
    assert datetime.fromisoformat(told["accepted_at"]) == case_row(office, no).accepted_at
