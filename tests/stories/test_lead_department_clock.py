"""牵头部门的 45+15: the whole has its own legal clock; only the head of the government extends it (R-LIM-2)."""

from engine import worker
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, approver, manager, registrar
from tests import builders
from tests.builders import do, last_days, member, refusal, step
from tests.conftest import Watch
from tests.people import Staff

CINEMA = "open_cinema"


def test_forty_five_days_and_once_fifteen_more_by_the_government(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, CINEMA)
    assert last_days(office, no)["legal"] == "2027-01-26"
    lead = staff.of("leader", builders.authority(office, no))
    assert refusal(office, lead, manager.extend, no, "须会商").code == "post.missing"
    do(office, staff["leader"], manager.extend, no, "须会商")
    assert last_days(office, no)["legal"] == "2027-02-22"
    assert refusal(office, staff["leader"], manager.extend, no, "再会商").code == "extend.twice"


def test_the_members_have_clocks_of_their_own(office: Office, staff: Staff) -> None:
    """R-LIM-1: one department's twenty days are extended by its own head, and are nobody else's."""
    no = builders.accepted(office, staff, CINEMA)
    hygiene, before = member(office, no, "public_place_hygiene"), last_days(office, no)
    head = staff.of("leader", builders.authority(office, hygiene))
    do(office, head, manager.extend, hygiene, "须现场核实")
    assert builders.entry(office, hygiene, "extended")["by"] == "10 个工作日"
    assert last_days(office, no) == before


def test_what_is_not_counted_for_a_member_is_not_counted_for_the_whole(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-10: 评审、听证 stop both, and no longer than was announced."""
    no = builders.accepted(office, staff, CINEMA)
    fire = member(office, no, "fire_check")
    by = builders.holder(office, staff, step(office, fire, builders.steps(office, fire)[0]))
    do(office, by, approver.suspend, fire, "听证", "申请人要求听证", "5 workday")
    assert last_days(office, no)["legal"] == "2027-02-02"
    watch.pass_days(2)
    do(office, by, approver.resume, fire)
    assert last_days(office, no)["legal"] == "2027-01-28"


def test_a_member_that_ends_while_it_is_stopped_holds_the_whole_no_longer(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-10: two procedures at once, and the member is taken back."""
    no = builders.accepted(office, staff, CINEMA)
    fire = member(office, no, "fire_check")
    by = builders.holder(office, staff, step(office, fire, builders.steps(office, fire)[0]))
    for ground in ("听证", "鉴定"):
        do(office, by, approver.suspend, fire, ground, "所需时间已告知", "8 workday")
    watch.pass_days(2)
    do(office, APPLICANT, applicant.withdraw, fire, "不办了")
    assert last_days(office, no)["legal"] == "2027-01-28"
    assert builders.incidents(office) == []


def test_where_its_announced_end_moves_the_whole_stands_still_as_long(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-10, R-CNT-6, R-CNT-7: five working days, one of which the city gives its people off for a storm."""
    no = builders.accepted(office, staff, CINEMA)
    fire = member(office, no, "fire_check")
    by = builders.holder(office, staff, step(office, fire, builders.steps(office, fire)[0]))
    do(office, by, approver.suspend, fire, "听证", "申请人要求听证", "5 workday")
    assert (last_days(office, fire)["special"], last_days(office, no)["legal"]) == (
        "2026-11-30",
        "2027-02-02",
    )
    draft = builders.calendar_draft(office, staff, "2026-11-26,true,暴雨停办")
    with office.act(staff["deng"]) as act:
        registrar.activate_calendar(act, draft)
    worker.drain(office)
    assert (last_days(office, fire)["special"], last_days(office, no)["legal"]) == (
        "2026-12-01",
        "2027-02-03",
    )
    assert builders.entry(office, no, "halt moved")["until"] == "2026-12-01"
