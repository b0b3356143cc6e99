"""data: both run at once, and the decision waits for what the other produces (R-BUN-3, R-BUN-4)."""

from engine.office import Office
from tests import builders
from tests.builders import member, state, step, work
from tests.people import Staff


def test_both_run_and_only_the_decision_waits(office: Office, staff: Staff) -> None:
    builders.rearrange(office, "start_enterprise", seal_engraving={"company_setup": "data"})
    no = builders.accepted(office, staff, "start_enterprise")
    company, seal = member(office, no, "company_setup"), member(office, no, "seal_engraving")
    assert (state(office, company), state(office, seal)) == ("accepted", "accepted")  # at the unified moment
    assert builders.case_row(office, seal).accepted_at == builders.case_row(office, no).accepted_at
    work(office, staff, seal, until="decide")
    refused = builders.task_refusal(office, staff, step(office, seal, "decide"), "granted")
    assert (refused.code, "营业执照（待前置办结）" in refused.message) == ("decision.gate", True)
    work(office, staff, company)
    builders.complete(office, staff, step(office, seal, "decide"))
    assert state(office, seal) == "granted"
    builders.work_all(office, staff, no)
    assert (state(office, no), builders.incidents(office)) == ("granted", [])
