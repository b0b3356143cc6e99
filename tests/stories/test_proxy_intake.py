"""异地代收代办: the place of intake takes in and forwards, the home accepts and decides (rulebook §1.2)."""

import pytest

from engine import worker
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import applicant, desk, liaison
from tests import builders
from tests.builders import clocks, do, last_days, refusal, refused, state, steps, work
from tests.conftest import Watch
from tests.people import Staff
from tests.places import SUBSIDY, brought, found

FORM = "subsidy-application"


@pytest.fixture
def far(office: Office, staff: Staff) -> Actor:
    return found(office, staff, "GZ.HALL")["GZ.HALL"]


def collected(office: Office, far: Actor, **more: object) -> str:
    """An application handed in at another province's hall."""
    with office.act(far) as act:
        return applicant.apply(act, builders.application(office, SUBSIDY, hall="GZ.HALL", **more)).no


def on_its_way(office: Office, far: Actor) -> str:
    no = collected(office, far)
    do(office, far, liaison.hand_over, no, "mail", "SF100", identified=True)
    return no


def test_three_days_to_forward_and_the_limits_begin_at_home(
    office: Office, staff: Staff, far: Actor, watch: Watch
) -> None:
    """§1.2 残疾人补贴 3/10/3: the place of intake has a clock of its own; the home's begin with its acceptance."""
    no = collected(office, far)
    assert (state(office, no), last_days(office, no)) == ("collected", {"transfer": "2026-11-26"})
    watch.set("2026-11-25 10:00")
    do(office, far, liaison.hand_over, no, "mail", "SF100", identified=True)
    assert clocks(office, no) == {}
    watch.set("2026-11-27 10:00")
    do(office, staff["lin"], liaison.receive, no)
    assert last_days(office, no) == {"notice": "2026-12-04"}
    do(office, staff["lin"], desk.accept, no)
    assert last_days(office, no)["promised"] == "2026-12-25"


def test_who_takes_in_accepts_and_decides_are_three(office: Office, staff: Staff, far: Actor) -> None:
    """§1.1 收件机构、受理机构、审批机构三个字段分开存; the place of intake may not accept."""
    no = on_its_way(office, far)
    row = builders.case_row(office, no)
    three = (row.hall_id, row.acceptor_id, row.authority_id)
    assert [builders.org_code(office, org) for org in three] == ["GZ.HALL", "HALL", "MZJ"]
    do(office, staff["lin"], liaison.receive, no)
    assert refusal(office, far, desk.accept, no).code == "post.missing"


def test_nothing_is_accepted_before_it_has_arrived(office: Office, staff: Staff, far: Actor) -> None:
    no = on_its_way(office, far)
    assert steps(office, no) == ["accept"]
    assert builders.step(office, no, "accept").held
    assert refusal(office, staff["lin"], desk.accept, no).code == "case.wrong-state"
    do(office, staff["lin"], liaison.receive, no)
    assert not builders.step(office, no, "accept").held


def test_what_comes_in_bad_goes_back_and_is_mended_with_the_applicant(
    office: Office, staff: Staff, far: Actor, watch: Watch
) -> None:
    """The home says why; the place of intake has its three days again and sends what was mended."""
    no = on_its_way(office, far)
    watch.set("2026-11-27 10:00")
    do(office, staff["lin"], liaison.send_back, no, "申请表无法辨认", {FORM: "模糊"})
    assert (state(office, no), last_days(office, no)["transfer"]) == ("collected", "2026-12-02")
    bad = refusal(office, far, liaison.hand_over, no, "electronic", identified=True)
    assert bad.code == "materials.missing"
    do(office, far, applicant.supplement, no, brought(FORM))
    do(office, far, liaison.hand_over, no, "electronic", identified=True)
    do(office, staff["lin"], liaison.receive, no)
    assert state(office, no) == "received"


def test_the_result_comes_back_and_is_handed_out_where_it_was_taken_in(
    office: Office, staff: Staff, far: Actor
) -> None:
    """§1.2 结果回寄: three days for the way back, the ten of art. 44 for the whole (R-LIM-4)."""
    no = on_its_way(office, far)
    for act in (liaison.receive, desk.accept):
        do(office, staff["lin"], act, no)
    work(office, staff, no)
    assert last_days(office, no) == {"transfer": "2026-11-26", "delivery": "2026-12-07"}
    assert refusal(office, far, desk.deliver, no, "window", "王小满").code == "crossing.not-back"
    do(office, staff["lin"], liaison.send_result, no, "mail", "SF200")
    assert builders.org_code(office, builders.step(office, no, "deliver").org_id) == "GZ.HALL"
    do(office, far, desk.deliver, no, "window", "王小满")
    assert (state(office, no), clocks(office, no)) == ("delivered", {})


def test_a_slow_place_of_intake_is_late_and_the_home_is_not(office: Office, far: Actor, watch: Watch) -> None:
    no = collected(office, far)
    watch.set("2026-11-27 09:00")
    worker.drain(office)
    assert builders.entry(office, no, "deadline passed")["clock"] == "transfer"
    assert state(office, no) == "collected"


def test_identity_and_waybill_are_asked_for(office: Office, far: Actor) -> None:
    no = collected(office, far)
    unseen = refusal(office, far, liaison.hand_over, no, "electronic")
    assert (unseen.code, unseen.field) == ("crossing.identity", "identified")
    unnumbered = refusal(office, far, liaison.hand_over, no, "mail", identified=True)
    assert (unnumbered.code, unnumbered.field) == ("waybill.missing", "waybill")


def test_beyond_its_scope_a_matter_is_not_taken_in(office: Office, staff: Staff) -> None:
    """§1.1 收件权限按事项通办范围判定; R-ACC-2: it is said where to go."""
    near = found(office, staff, "NB.HALL")["NB.HALL"]
    asked = builders.application(office, "food_workshop", hall="NB.HALL")  # 全市
    refusal_ = refused(office, near, applicant.apply, asked)
    assert (refusal_.code, "请到属地的区政务服务中心综合窗口办理" in refusal_.message) == (
        "crossing.scope",
        True,
    )


def test_he_takes_it_back_while_it_is_on_its_way(office: Office, far: Actor) -> None:
    no = on_its_way(office, far)
    do(office, far, applicant.withdraw, no, "不办了")
    assert (state(office, no), clocks(office, no)) == ("withdrawn", {})
