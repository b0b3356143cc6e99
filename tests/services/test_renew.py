"""Renewing a licence (延续, R-LIM-8): asked for thirty days before its end, granted by silence at its end."""

from datetime import date

import pytest

from engine import worker
from engine.domain.errors import Refused
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import desk, manager
from engine.store import catalog
from tests import builders
from tests.builders import acts, clocks, do, entry, last_days, state, steps
from tests.conftest import Watch
from tests.people import Staff

ADVERT = "outdoor_ad"
PRIMARY = "outdoor-ad-application"


@pytest.fixture
def renewal(office: Office) -> str:
    """A matter that renews a licence: the advertisement permit's record, with the law's thirty days."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, ADVERT)
        answer = {"answer": {"value": 40, "unit": "workday"}}
        record = {**row.record, "renewal": {"before": {"value": 30, "unit": "day"}}, "correction": answer}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)
    return ADVERT


def _asked(office: Office, staff: Staff, key: str, until: date | None) -> str:
    return builders.apply(office, staff, key, licence_until=until)


def test_its_clock_ends_with_the_licence(office: Office, staff: Staff, renewal: str) -> None:
    """Monday 11-23 is thirty days before Wednesday 12-23."""
    no = _asked(office, staff, renewal, date(2026, 12, 23))
    assert last_days(office, no)["renewal"] == "2026-12-23"


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 12, 22), "renewal.late"),
        (date(2026, 11, 22), "renewal.expired"),
        (None, "renewal.until-missing"),
    ],
)
def test_too_late_is_an_application_for_a_new_licence(
    office: Office, staff: Staff, renewal: str, until: date | None, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        _asked(office, staff, renewal, until)
    assert refused.value.code == code
    assert until is None or "新办" in str(refused.value)


def test_undecided_when_the_licence_ends_it_is_granted(
    office: Office, staff: Staff, renewal: str, watch: Watch
) -> None:
    no = _asked(office, staff, renewal, date(2026, 12, 24))
    do(office, staff["lin"], desk.accept, no)
    watch.set("2026-12-24 23:59")
    worker.drain(office)
    assert state(office, no) == "accepted"
    watch.set("2026-12-25 00:00")
    worker.drain(office)
    paper = builders.paper(office, no, "deemed_renewal")
    assert (state(office, no), steps(office, no)) == ("granted", ["deliver"])
    assert paper.articles == ["《行政许可法》第五十条第二款"]
    assert entry(office, no, "decided")["document_no"] == paper.no
    assert "renewal" not in clocks(office, no)


def test_even_what_was_never_accepted_is(office: Office, staff: Staff, renewal: str, watch: Watch) -> None:
    """Deemed accepted after five days (R-ACC-1), deemed renewed at the end."""
    no = _asked(office, staff, renewal, date(2026, 12, 24))
    watch.set("2026-12-25 00:00")
    worker.drain(office)
    assert state(office, no) == "granted"
    assert [act for act in acts(office, no) if act in {"accepted", "deemed renewed"}] == [
        "accepted",
        "deemed renewed",
    ]


def test_the_applicant_who_owes_a_correction_is_not_renewed(
    office: Office, staff: Staff, renewal: str, watch: Watch
) -> None:
    """It is not the authority that is silent."""
    no = builders.apply(office, staff, renewal, lacking=(PRIMARY,), licence_until=date(2026, 12, 24))
    do(office, staff["lin"], desk.correct, no, {})
    watch.set("2026-12-25 00:00")
    worker.drain(office)
    assert state(office, no) == "correction"
    assert [paper.kind for paper in builders.papers(office, no)] == ["correction"]


def test_neither_a_stop_nor_an_extension_moves_it(office: Office, staff: Staff, renewal: str) -> None:
    no = _asked(office, staff, renewal, date(2026, 12, 24))
    do(office, staff["lin"], desk.accept, no)
    do(office, staff.of("leader", builders.authority(office, no)), manager.extend, no, "情况复杂")
    assert last_days(office, no)["renewal"] == "2026-12-24"


def test_decided_in_time_its_clock_ends(office: Office, staff: Staff, renewal: str, watch: Watch) -> None:
    no = _asked(office, staff, renewal, date(2026, 12, 24))
    do(office, staff["lin"], desk.accept, no)
    builders.work(office, staff, no)
    watch.set("2026-12-26 00:00")
    worker.drain(office)
    assert "deemed renewed" not in acts(office, no)
