"""信用承诺 (R-TOL-6, rulebook §1.4): who broke his word promises no more, in any matter, until that is repaired."""

from engine import worker
from engine.office import Office
from engine.services import desk, manager
from engine.store import credit_records
from tests import builders
from tests.builders import do, refusal, state
from tests.conftest import Watch
from tests.people import Staff

FOOD, RULES = "food_operation_new", "food-safety-rules"
CATERING, HEALTH = "small_catering", "health-certificate"


def _broken(office: Office, staff: Staff, watch: Watch) -> str:
    """One promise, broken on the first of December; the applicant comes again for another matter."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    return builders.apply(office, staff, CATERING, lacking=(HEALTH,))


def _tolerate(office: Office, staff: Staff, no: str) -> None:
    do(office, staff["lin"], desk.tolerate, no, [HEALTH], None, consent=True)


def test_a_broken_word_is_kept_until_it_is_repaired(office: Office, staff: Staff, watch: Watch) -> None:
    """信用修复前不适用: the ordinary way stays open, the repair has its reason."""
    no = _broken(office, staff, watch)
    refused = refusal(office, staff["lin"], desk.tolerate, no, [HEALTH], None, consent=True)
    assert (refused.code, "信用修复" in refused.message) == ("credit.disqualified", True)
    with office.look() as look:
        (record,) = credit_records.of_applicant(look.db, look.case(no).applicant_id)
    with office.act(staff["manager"]) as act:
        manager.repair_credit(act, record.id, "材料已补，作出守信承诺")
    _tolerate(office, staff, no)
    assert state(office, no) == "accepted_tolerant"


def test_a_record_lapses_by_itself(office: Office, staff: Staff, watch: Watch) -> None:
    _broken(office, staff, watch)
    watch.set("2027-12-02 09:00")
    again = builders.apply(office, staff, CATERING, lacking=(HEALTH,))
    _tolerate(office, staff, again)
    assert state(office, again) == "accepted_tolerant"
