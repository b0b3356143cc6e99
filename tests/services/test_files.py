"""A file's number is no key to it: only who brought it, or a colleague of his, lays it on a case."""

from engine.domain.material import Handed, Standing
from engine.domain.upload import Upload
from engine.office import Office
from engine.services import applicant, keeping
from tests import builders
from tests.builders import refused
from tests.people import Staff

FOOD, PLAN = "food_operation_new", "floor-plan"


def _brought(office: Office, staff: Staff, who: str) -> int:
    with office.act(staff[who]) as act:
        return keeping.keep(act, Upload("图.pdf", "application/pdf", b"%PDF-1.4 " + who.encode()))


def test_a_colleague_of_the_same_hall_may_use_what_was_scanned(office: Office, staff: Staff) -> None:
    file_id = _brought(office, staff, "lin")
    asked = builders.application(office, FOOD)
    handed = (Handed(PLAN, Standing.RECEIVED, file_id),)
    with office.act(staff["lin"]) as act:
        assert applicant.apply(act, builders.replace(asked, materials=handed)).no


def test_who_did_not_bring_it_learns_nothing_by_its_number(office: Office, staff: Staff) -> None:
    """Least sight: the refusal is the one of a file that is not there."""
    asked = builders.application(office, FOOD)
    for file_id in (_brought(office, staff, "scjg.inspector"), 999_999):
        handed = (Handed(PLAN, Standing.RECEIVED, file_id),)
        refusal = refused(office, staff["lin"], applicant.apply, builders.replace(asked, materials=handed))
        assert (refusal.code, refusal.field) == ("file.unknown", "file_id")


def test_whoever_brings_the_same_content_has_it_himself(office: Office, staff: Staff) -> None:
    with office.act(staff["lin"]) as act:
        first = keeping.keep(act, Upload("a.pdf", "application/pdf", b"%PDF-1.4 same"))
    with office.act(staff["scjg.inspector"]) as act:
        assert keeping.keep(act, Upload("b.pdf", "application/pdf", b"%PDF-1.4 same")) == first
        keeping.must_be_brought(act, [first])
