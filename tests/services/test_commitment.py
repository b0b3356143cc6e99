"""Informed commitment (告知承诺, rulebook §4.3): chosen freely, decided on the spot, checked later, dear when false."""

import sqlalchemy as sa

from engine import worker
from engine.domain.clock import KINDS, Clock, Party
from engine.domain.commitment import VERSION, Result
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, approver
from engine.store import cards, credit_records, documents, informed
from tests import builders
from tests.builders import clocks, do, entry, last_days, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FIRE = "fire_check"
CHOSEN = {"inform_commit": True}


def _row(office: Office, no: str) -> sa.Row[tuple[object, ...]]:
    with office.look() as look:
        row = informed.get(look.db, look.case(no).id)
    assert row is not None
    return row


def _papers(office: Office, no: str) -> list[str]:
    with office.look() as look:
        return [row.kind for row in documents.of_case(look.db, look.case(no).id)]


def _granted(office: Office, staff: Staff) -> str:
    return builders.granted(office, staff, FIRE, flags=CHOSEN)


def _checked(office: Office, staff: Staff, no: str, result: Result, words: str = "") -> None:
    do(office, staff.of("inspector", "XFJY"), approver.inspect_commitment, no, result, words)


def test_what_was_signed_and_when_is_kept(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, FIRE, flags=CHOSEN)
    row = _row(office, no)
    assert (row.version, row.declined, row.signed_at) == (
        VERSION,
        False,
        builders.case_row(office, no).received_at,
    )
    assert _papers(office, no) == ["informed_commitment"]


def test_the_applicant_may_decline(office: Office, staff: Staff) -> None:
    """必须允许申请人不选承诺方式: the ordinary limit and the inspection hold."""
    no = builders.accepted(office, staff, FIRE, flags={"inform_commit": False})
    assert (_row(office, no).declined, steps(office, no)) == (True, ["inspect"])
    assert last_days(office, no)["promised"] == "2026-12-07"


def test_it_is_decided_on_the_spot_and_checked_within_sixty_days(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FIRE, flags=CHOSEN)
    assert (steps(office, no), last_days(office, no)["promised"]) == (["decide"], "2026-11-23")
    builders.work(office, staff, no)
    assert (state(office, no), clocks(office, no)["follow"].limit_text) == ("granted", "60 workday")


def test_a_matter_that_is_not_on_the_list_is_refused(office: Office, staff: Staff) -> None:
    """排除事项."""
    refused = builders.refused(
        office, staff["lin"], applicant.apply, builders.application(office, "social_card", flags=CHOSEN)
    )
    assert refused.code == "commitment.excluded"


def test_what_was_true_is_done_with(office: Office, staff: Staff) -> None:
    no = _granted(office, staff)
    _checked(office, staff, no, Result.TRUE)
    assert (_row(office, no).result, "follow" in clocks(office, no)) == ("true", False)


def test_what_was_false_is_to_be_put_right(office: Office, staff: Staff) -> None:
    """限期整改, in writing, on a clock of its own; then it is done with."""
    no = _granted(office, staff)
    _checked(office, staff, no, Result.FALSE, "未设消防栓")
    assert ("amend" in clocks(office, no), _papers(office, no)[-1]) == (True, "rectification_order")
    _checked(office, staff, no, Result.RECTIFIED)
    assert (_row(office, no).result, "amend" in clocks(office, no)) == ("rectified", False)


def test_whoever_said_it_owes_that_it_is_put_right(office: Office, staff: Staff, watch: Watch) -> None:
    """Rulebook §4.3: his clock, not a bad rating's; when it runs out somebody is told to act, without a red card."""
    no = _granted(office, staff)
    _checked(office, staff, no, Result.FALSE, "未设消防栓")
    assert KINDS[Clock.AMEND].party is Party.APPLICANT
    watch.pass_days(30)
    worker.drain(office)
    with office.look() as look:
        given = [card for card in cards.of_case(look.db, look.case(no).id) if card.kind == "promise"]
    assert [card.level for card in given] == ["notice", "yellow"]


def test_a_check_that_is_forgotten_earns_its_card(office: Office, staff: Staff, watch: Watch) -> None:
    no = _granted(office, staff)
    watch.pass_days(120)
    worker.drain(office)
    with office.look() as look:
        given = [card for card in cards.of_case(look.db, look.case(no).id) if card.kind == "check"]
    assert [card.level for card in given] == ["notice", "red"]


def test_what_is_not_put_right_is_revoked_and_recorded(office: Office, staff: Staff) -> None:
    """撤销许可，记入信用; and he may not commit himself again."""
    no = _granted(office, staff)
    _checked(office, staff, no, Result.FALSE, "未设消防栓")
    _checked(office, staff, no, Result.REVOKED, "逾期未整改")
    assert _papers(office, no)[-1] == "grant_revocation"
    with office.look() as look:
        (record,) = credit_records.of_applicant(look.db, look.case(no).applicant_id)
    assert record.kind == "false_commitment"
    again = builders.application(office, FIRE, flags=CHOSEN)
    assert builders.refused(office, staff["lin"], applicant.apply, again).code == "credit.disqualified"
    assert builders.apply(office, staff, FIRE, flags={"inform_commit": False})


def test_it_is_not_revoked_unheard(office: Office, staff: Staff) -> None:
    no = _granted(office, staff)
    inspector = staff.of("inspector", "XFJY")
    early = refusal(office, inspector, approver.inspect_commitment, no, Result.REVOKED, "不符")
    assert early.code == "commitment.order"
    silent = refusal(office, inspector, approver.inspect_commitment, no, Result.FALSE, " ")
    assert silent.code == "reason.missing"
    other = refusal(office, staff.of("inspector", "CGJ"), approver.inspect_commitment, no, Result.TRUE, "")
    assert other.code == "post.missing"


def test_the_step_of_the_diagram_checks_it_too(office: Office, staff: Staff) -> None:
    no = _granted(office, staff)
    do(office, staff["lin"], builders.desk.deliver, no, "窗口领取", "王小满")
    builders.complete(office, staff, builders.step(office, no, "follow_up"), "fail")
    assert (_row(office, no).result, "amend" in clocks(office, no)) == ("false", True)


def test_it_may_be_taken_back_before_the_decision(office: Office, staff: Staff) -> None:
    """安阳 26 条: the application goes on as any other, is looked at, and has the ordinary limit."""
    no = builders.accepted(office, staff, FIRE, flags=CHOSEN)
    do(office, APPLICANT, applicant.withdraw_commitment, no)
    assert (steps(office, no), last_days(office, no)["promised"]) == (["inspect"], "2026-12-07")
    assert entry(office, no, "commitment withdrawn")["version"] == VERSION
    assert builders.case_row(office, no).flags["inform_commit"] is False
    builders.work(office, staff, no)
    assert (state(office, no), "follow" in clocks(office, no)) == ("granted", False)


def test_it_may_be_taken_back_before_acceptance(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FIRE, flags=CHOSEN)
    do(office, APPLICANT, applicant.withdraw_commitment, no)
    do(office, staff["lin"], builders.desk.accept, no)
    assert steps(office, no) == ["inspect"]


def test_what_is_decided_is_not_taken_back(office: Office, staff: Staff) -> None:
    no = _granted(office, staff)
    assert refusal(office, APPLICANT, applicant.withdraw_commitment, no).code == "case.wrong-state"


def test_nobody_takes_back_what_he_did_not_sign(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FIRE, flags={"inform_commit": False})
    assert refusal(office, APPLICANT, applicant.withdraw_commitment, no).code == "commitment.none"
