"""Credit (信用, R-TOL-6): who broke his word is not trusted again until it is repaired or forgotten."""

from engine import worker
from engine.office import Office
from engine.services import desk, manager
from engine.store import credit_records
from tests import builders
from tests.builders import do, entry, refusal, refused, state
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"


def _broke_his_word(office: Office, staff: Staff, watch: Watch) -> str:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    return no


def _record(office: Office, no: str) -> int:
    with office.look() as look:
        return int(credit_records.of_applicant(look.db, look.case(no).applicant_id)[0].id)


def _again(office: Office, staff: Staff) -> str:
    return builders.apply(office, staff, FOOD, lacking=(RULES,))


def test_a_broken_promise_is_recorded(office: Office, staff: Staff, watch: Watch) -> None:
    no = _broke_his_word(office, staff, watch)
    assert entry(office, no, "credit noted")["kind"] == "broken_promise"


def test_he_is_not_tolerated_again(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-6: the refusal names the record and the way to repair it."""
    broken = _broke_his_word(office, staff, watch)
    no = _again(office, staff)
    said = refusal(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    assert said.code == "credit.disqualified"
    assert broken in said.message
    assert "信用修复" in said.message


def test_he_may_still_apply_with_everything(office: Office, staff: Staff, watch: Watch) -> None:
    _broke_his_word(office, staff, watch)
    assert state(office, builders.accepted(office, staff, FOOD)) == "accepted"


def test_what_is_repaired_is_forgotten(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-6: 信用修复, by a manager or registrar, with reason, once."""
    record = _record(office, _broke_his_word(office, staff, watch))
    assert refused(office, staff["manager"], manager.repair_credit, record, " ").code == "reason.missing"
    assert refused(office, staff["lin"], manager.repair_credit, record, "已补交").code == "post.missing"
    with office.act(staff["registrar"]) as act:
        manager.repair_credit(act, record, "材料已补交，承诺整改")
    assert refused(office, staff["manager"], manager.repair_credit, record, "再").code == "credit.repaired"
    no = _again(office, staff)
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    assert state(office, no) == "accepted_tolerant"


def test_it_expires(office: Office, staff: Staff, watch: Watch) -> None:
    _broke_his_word(office, staff, watch)
    watch.set("2027-12-02 09:00")
    no = _again(office, staff)
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    assert state(office, no) == "accepted_tolerant"


def test_a_promise_that_was_kept_leaves_nothing(office: Office, staff: Staff, watch: Watch) -> None:
    no = _again(office, staff)
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    builders.bring(office, no, RULES)
    watch.set("2026-12-02 09:00")
    worker.drain(office)
    with office.look() as look:
        assert not credit_records.of_applicant(look.db, look.case(no).applicant_id)
