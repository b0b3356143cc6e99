"""容缺办结 (R-TOL-7): decided first, the rest comes later on a clock of its own; what never comes is acted upon."""

import pytest

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import desk
from engine.store import cards, catalog
from tests import builders
from tests.builders import bring, do, last_days, papers, state, steps
from tests.conftest import Watch
from tests.people import Staff

AD, LICENCE = "outdoor_ad", "business-licence"


@pytest.fixture
def granted(office: Office, staff: Staff) -> str:
    """An advertisement whose diagram gates the decision, granted with its licence outstanding for ten days."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, AD)
        rule = {**row.record["tolerance"], "when": "decide", "after": {"value": 10, "unit": "workday"}}
        catalog.publish(act.db, "matter", {**row.record, "tolerance": rule}, row.definition_id, act.at)
    no = builders.apply(office, staff, AD, lacking=(LICENCE,))
    do(office, staff["lin"], desk.tolerate, no, [LICENCE], None, consent=True)
    builders.work(office, staff, no)
    assert steps(office, no) == ["supply"]
    do(office, staff["lin"], desk.promise_after_grant, no, [LICENCE], consent=True)
    builders.work(office, staff, no)
    return no


def test_the_gate_opens_for_a_later_promise_and_it_is_kept(office: Office, granted: str) -> None:
    """Its own state, its own clock; with the material it is whole."""
    assert (state(office, granted), last_days(office, granted)["aftergrant"]) == (
        "granted_tolerant",
        "2026-12-07",
    )
    bring(office, granted, LICENCE)
    assert state(office, granted) == "granted"


def test_what_never_comes_begins_a_revocation(office: Office, granted: str, watch: Watch) -> None:
    """R-DEC-2: told in writing, kept on record, and somebody is warned to act (rulebook §5)."""
    watch.set("2026-12-08 00:00")
    worker.drain(office)
    assert (state(office, granted), papers(office, granted)[-1].kind) == (
        "granted_tolerant",
        "revocation_notice",
    )
    with office.look() as look:
        given = [
            card.level for card in cards.of_case(look.db, look.case(granted).id) if card.kind == "promise"
        ]
    assert given == ["notice", "yellow"]
