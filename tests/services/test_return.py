"""Sending a case back to an earlier step (退回)."""

from typing import Any

import pytest

from engine.domain.errors import Refused
from engine.office import Office
from engine.services import approver
from tests import builders
from tests.builders import clocks, complete, entry, holder, last_days, step, steps
from tests.conftest import Watch
from tests.people import Staff

MATTER = "tobacco_retail"


def _at_decision(office: Office, staff: Staff) -> str:
    no = builders.accepted(office, staff, MATTER)
    builders.work(office, staff, no, until="decide")
    return no


def _back(office: Office, staff: Staff, task: Any, to: str, reason: str = "勘验记录不全") -> None:
    with office.act(holder(office, staff, task)) as act:
        approver.return_(act, task.id, to, reason)


def _refused(office: Office, staff: Staff, task: Any, to: str, reason: str = "勘验记录不全") -> Refused:
    before = builders.everything(office)
    with pytest.raises(Refused) as refused:
        _back(office, staff, task, to, reason)
    assert builders.everything(office) == before
    return refused.value


def test_the_leader_sends_it_back_to_the_inspection(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    _back(office, staff, step(office, no, "decide"), "inspect")
    assert steps(office, no) == ["inspect"]
    told = entry(office, no, "returned")
    assert (told["node"], told["to"], told["reason"]) == ("decide", "inspect", "勘验记录不全")


def test_it_goes_its_way_again_and_may_be_sent_back_again(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    for _ in range(2):
        _back(office, staff, step(office, no, "decide"), "inspect")
        builders.work(office, staff, no, until="decide")
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"


def test_the_cases_deadlines_stay_and_the_steps_begin_anew(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """Whoever sends it back is not given more time by law."""
    no = _at_decision(office, staff)
    before = last_days(office, no)
    watch.pass_days(1)
    _back(office, staff, step(office, no, "decide"), "inspect")
    after = last_days(office, no)
    assert (after["promised"], after["legal"]) == (before["promised"], before["legal"])
    assert after["stage"] == "2026-11-30"
    assert len([clock for clock in clocks(office, no) if clock == "stage"]) == 1


@pytest.mark.parametrize("to", ["deliver", "accept", "correct", "decide", "nowhere"])
def test_it_goes_back_only_to_approval_steps_it_has_passed(office: Office, staff: Staff, to: str) -> None:
    no = _at_decision(office, staff)
    assert _refused(office, staff, step(office, no, "decide"), to).code == "return.target"


def test_a_reason_is_needed(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    assert _refused(office, staff, step(office, no, "decide"), "inspect", " ").code == "reason.missing"


def test_a_jump_within_parallel_opinions_is_unsound(office: Office, staff: Staff) -> None:
    """One branch of three cannot go back alone: the join would wait for ever."""
    no = builders.accepted(office, staff, "film_projection")
    complete(office, staff, step(office, no, "inspect"))
    assert _refused(office, staff, step(office, no, "review"), "inspect").code == "jump.unsound"


def test_the_diagrams_own_way_back_leads_back_too(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, MATTER)
    complete(office, staff, step(office, no, "inspect"))
    complete(office, staff, step(office, no, "audit"), "return")
    assert steps(office, no) == ["inspect"]


def test_only_who_holds_the_step_sends_it_back(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    with pytest.raises(builders.Refused), office.act(staff["lin"]) as act:
        approver.return_(act, step(office, no, "decide").id, "inspect", "退")
