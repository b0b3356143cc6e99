"""告知承诺 (rulebook §1.4, §4.3): decided on the spot on his word, checked later, dear when it was false."""

import pytest

from engine import worker
from engine.domain.commitment import Result
from engine.office import Office
from engine.queries import commitments, integrity
from engine.services import applicant, approver, desk
from tests import builders
from tests.builders import clocks, do, last_days, papers, state, steps
from tests.conftest import Watch
from tests.people import Staff

HYGIENE = "public_place_hygiene"
CHOSEN = {"inform_commit": True}


def _check(office: Office, staff: Staff, no: str, result: Result, words: str = "") -> None:
    do(office, staff.of("inspector", "WJW"), approver.inspect_commitment, no, result, words)


def test_his_word_is_taken_checked_and_true(office: Office, staff: Staff) -> None:
    """当场准予, 事后核查 within 60 working days: it stands in the inspector's list until it is done."""
    no = builders.granted(office, staff, HYGIENE, flags=CHOSEN)
    assert (state(office, no), clocks(office, no)["follow"].limit_text) == ("granted", "60 workday")
    inspector = staff.of("inspector", "WJW")
    with office.look() as look:
        assert [each.no for each in commitments.to_check(look.db, inspector, look.calendar, look.at)] == [no]
    _check(office, staff, no, Result.TRUE)
    with office.look() as look:
        assert commitments.to_check(look.db, inspector, look.calendar, look.at) == []


def test_what_was_false_is_put_right_in_his_own_time_or_revoked(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """限期整改 on the applicant's clock, then 撤销; and his word is not taken again (R-TOL-6)."""
    no = builders.granted(office, staff, HYGIENE, flags=CHOSEN)
    _check(office, staff, no, Result.FALSE, "未设消毒间")
    assert last_days(office, no)["amend"] == "2026-12-14"
    watch.set("2026-12-15 09:00")
    worker.drain(office)
    _check(office, staff, no, Result.REVOKED, "逾期未整改")
    assert papers(office, no)[-1].kind == "grant_revocation"
    again = builders.application(office, HYGIENE, flags=CHOSEN)
    assert builders.refused(office, staff["lin"], applicant.apply, again).code == "credit.disqualified"


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("result", [Result.TRUE, Result.FALSE])
def test_the_case_is_over_once_it_is_checked_and_handed_out(
    office: Office, staff: Staff, result: Result, *, early: bool
) -> None:
    """Before the result is handed out or after: the diagram's own step for the check is done with it."""
    no = builders.granted(office, staff, HYGIENE, flags=CHOSEN)
    if early:
        _check(office, staff, no, result, "未设消毒间")
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []
    if not early:
        assert steps(office, no) == ["follow_up"]
        _check(office, staff, no, result, "未设消毒间")
    assert (steps(office, no), builders.case_row(office, no).closed_at is None) == ([], False)


def test_what_was_revoked_is_not_handed_out_as_granted(office: Office, staff: Staff) -> None:
    """R-DEC-2: what is served is the paper that took the grant back."""
    no = builders.granted(office, staff, HYGIENE, flags=CHOSEN)
    _check(office, staff, no, Result.FALSE, "未设消毒间")
    _check(office, staff, no, Result.REVOKED, "逾期未整改")
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    listed = builders.paper(office, no, "delivery_receipt").facts["tables"][0]["rows"]
    assert [row[1].split()[0] for row in listed] == ["撤销决定书"]


def test_he_may_decline_and_take_it_back(office: Office, staff: Staff) -> None:
    """必须允许不选; 决定前可撤回: then it is looked at as any other."""
    declined = builders.accepted(office, staff, HYGIENE, flags={"inform_commit": False})
    no = builders.apply(office, staff, HYGIENE, flags=CHOSEN)
    do(office, staff["lin"], desk.accept, no)
    assert steps(office, no) == ["decide"]
    do(office, staff["lin"], applicant.withdraw_commitment, no)
    assert steps(office, no) == steps(office, declined) == ["inspect"]
