"""Refusing before acceptance (不予受理, 不受理): two different ends, each with a reason (R-ACC-2, R-ACC-3)."""

import pytest

from engine import worker
from engine.domain.case import Channel, State
from engine.domain.errors import Malformed
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import case_row, clocks, do, entry, member, members, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


@pytest.mark.parametrize("end", [State.NOT_ACCEPTED, State.NOT_REQUIRED])
@pytest.mark.parametrize("channel", [Channel.WINDOW, Channel.ONLINE])
def test_a_refusal_ends_the_case_with_its_reason(
    office: Office, staff: Staff, end: State, channel: Channel
) -> None:
    no = builders.apply(office, staff, FOOD, channel=channel)
    do(office, staff["lin"], desk.refuse, no, end, "不属于本机关职权，请向市级申请")
    assert (state(office, no), steps(office, no), clocks(office, no)) == (str(end), [], {})
    assert entry(office, no, str(end))["reason"].startswith("不属于")
    assert case_row(office, no).closed_at is not None


def test_a_refusal_without_a_reason_is_none(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "  ").code == "reason.missing"


def test_what_was_accepted_is_not_refused_any_more(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert (
        refusal(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "迟了").code == "case.wrong-state"
    )


@pytest.mark.parametrize("end", [State.GRANTED, State.WITHDRAWN, State.DELIVERED])
def test_refusing_leads_nowhere_but_to_a_refusal(office: Office, staff: Staff, end: State) -> None:
    no = builders.apply(office, staff, FOOD)
    with pytest.raises(Malformed):
        do(office, staff["lin"], desk.refuse, no, end, "试试")
    assert state(office, no) == "received"


def test_a_refused_case_is_never_deemed_accepted(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, FOOD)
    do(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "不属于本机关职权")
    watch.pass_days(9)
    assert worker.drain(office) == 0
    assert state(office, no) == "not_accepted"


def test_a_refused_bundle_takes_its_members_along(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    do(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "经营地址不在本区")
    assert state(office, no) == "not_accepted"
    assert {state(office, m) for m in members(office, no).values()} == {"withdrawn"}


def test_one_member_may_be_refused_and_the_others_go_on(office: Office, staff: Staff) -> None:
    """R-BUN-6: what is not needed leaves a trace."""
    no = builders.apply(office, staff, "publication_shop", flags={"sells_food": True})
    food = member(office, no, FOOD)
    do(office, staff["lin"], desk.refuse, food, State.NOT_REQUIRED, "仅销售预包装食品，备案即可")
    do(office, staff["lin"], desk.accept, no)
    builders.work_all(office, staff, no)
    assert (state(office, food), state(office, no)) == ("not_required", "granted_partly")
