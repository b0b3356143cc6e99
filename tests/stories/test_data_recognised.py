"""数据互认: a material taken from another's result tells its source, its moment and its seal (rulebook §1.3)."""

from engine import worker
from engine.office import Office
from engine.queries import integrity, offered
from engine.store import offers
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_application_free import begun


def insured(office: Office, staff: Staff) -> tuple[str, str]:
    """A birth is registered at the household; the newborn's insurance follows from it."""
    household = builders.granted(office, staff, "birth_household")
    return household, begun(office, household)["newborn_medical"]


def test_every_material_tells_where_it_is_from(office: Office, staff: Staff, watch: Watch) -> None:
    """§1.3 数据互认: 材料来源=互认, 附数据源、时间戳、签名; nobody hands anything in."""
    household, no = insured(office, staff)
    with office.look() as look:
        found = {each.code: each for each in offered.data(look.db, builders.case_row(office, no).id)}
    assert set(found) == {"newborn-household-register", "birth-certificate"}
    register = found["newborn-household-register"]
    assert household in register.source
    assert register.document_no == builders.entry(office, household, "decided")["document_no"]
    assert (register.at, len(register.seal)) == (watch(), 64)


def test_a_seal_that_was_tampered_with_is_found(office: Office, staff: Staff) -> None:
    """§1.3: the seal hangs on the journal of the case that vouches; `lianban verify` tells."""
    _, no = insured(office, staff)
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []
    with office.database.transaction() as db:
        db.execute(offers.recognised.update().values(document_no="伪造〔2026〕1号"))
    with office.look() as look:
        found = {(fault.code, fault.case) for fault in integrity.faults(look.db)}
    assert found == {("recognised.seal", no)}


def test_what_is_recognised_is_enough_for_the_decision(office: Office, staff: Staff, watch: Watch) -> None:
    """§1.3 无材料清单: decided on recognised data alone, within the promise of one working day."""
    _, no = insured(office, staff)
    watch.set("2026-11-24 09:00")
    worker.drain(office)
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"
