"""Extending the limit (延期, R-LIM-1, R-LIM-2): once, by the head, with reason."""

from engine import worker
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, approver, manager
from tests import builders
from tests.builders import case_row, clocks, do, entry, last_days, refusal, step
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def test_the_head_extends_by_ten_working_days(office: Office, staff: Staff) -> None:
    """R-LIM-1."""
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    days = last_days(office, no)
    assert (days["promised"], days["legal"]) == ("2026-12-21", "2026-12-28")
    assert case_row(office, no).promised_due_at == clocks(office, no)["promised"].due_at
    assert entry(office, no, "extended")["reason"] == "需专家论证"


def test_it_is_done_once(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    assert refusal(office, staff.of("leader", "SCJG"), manager.extend, no, "还要").code == "extend.twice"


def test_the_applicant_is_told_in_writing(office: Office, staff: Staff) -> None:
    """R-LIM-1: 并告知理由; the number of the paper stands in the journal, in the ledger and in the explanation."""
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    paper = builders.paper(office, no, "extension_notice")
    assert paper.no == "510703市监延告〔2026〕000001号"
    assert ("需专家论证" in paper.text, paper.articles) == (True, ["《行政许可法》第四十二条"])
    assert entry(office, no, "extended")["document_no"] == paper.no
    assert [d.document for d in builders.known(office, no, "legal")] == ["", paper.no]


def test_the_limit_stays_what_it_was(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    assert {
        (row.limit_text, row.extension) for clock, row in clocks(office, no).items() if clock == "legal"
    } == {("15 workday", "10 workday")}


def test_a_matter_says_how_much_longer(office: Office, staff: Staff) -> None:
    """R-LIM-11: three working days, and three more for what is complicated (登记条例 19)."""
    no = builders.accepted(office, staff, "individual_business")
    do(office, staff.of("leader", builders.authority(office, no)), manager.extend, no, "情形复杂")
    assert clocks(office, no)["legal"].extension == "3 workday"
    assert last_days(office, no)["legal"] == "2026-12-01"


def test_after_the_legal_limit_nothing_is_extended(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-12-15 09:00")
    assert refusal(office, staff.of("leader", "SCJG"), manager.extend, no, "太晚").code == "extend.late"


def test_a_department_does_not_extend_what_is_joint(office: Office, staff: Staff) -> None:
    """R-LIM-2: 经本级人民政府负责人批准."""
    no = builders.accepted(office, staff, "publication_shop")
    assert refusal(office, staff.of("leader", "XZSP"), manager.extend, no, "情况复杂").code == "post.missing"


def test_it_needs_a_reason(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff.of("leader", "SCJG"), manager.extend, no, " ").code == "reason.missing"


def test_neither_the_manager_nor_another_head_extends(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    for nobody in (staff["manager"], staff.of("leader", "CGJ"), staff.of("chief", "SCJG")):
        assert refusal(office, nobody, manager.extend, no, "需专家论证").code == "post.missing"


def test_a_bundle_is_extended_by_fifteen(office: Office, staff: Staff) -> None:
    """R-LIM-2."""
    no = builders.accepted(office, staff, "publication_shop")
    before = last_days(office, no)["promised"]
    do(office, staff.of("leader", "DISTRICT"), manager.extend, no, "情况复杂")
    assert (before, last_days(office, no)["promised"]) == ("2026-12-07", "2026-12-28")


def test_before_acceptance_there_is_nothing_to_extend(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff.of("leader", "SCJG"), manager.extend, no, "早").code == "case.wrong-state"


def test_what_is_taken_back_is_not_extended(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, APPLICANT, applicant.withdraw, no, "不办了")
    assert refusal(office, staff.of("leader", "SCJG"), manager.extend, no, "晚").code == "case.wrong-state"


def test_a_pause_before_counts_on_top(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    by = staff.of("approver", "SCJG")
    do(office, by, approver.suspend, no, "检验", "须检验", "30 workday")
    watch.set("2026-11-25 10:00")
    do(office, by, approver.resume, no)
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    assert last_days(office, no)["promised"] == "2026-12-23"


def test_extending_while_the_clocks_stand_does_not_let_them_pass(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", "须检验", "90 workday")
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    watch.pass_days(90)
    assert worker.drain(office) == 0
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    assert {clocks(office, no)[clock].armed for clock in ("promised", "legal")} == {True}


def test_an_overdue_limit_runs_again_after_its_extension(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    assert clocks(office, no)["promised"].fired_at is not None
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    assert clocks(office, no)["promised"].fired_at is None


def test_a_step_without_a_limit_of_its_own_gets_the_time(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "outdoor_ad")
    do(office, staff.of("leader", "CGJ"), manager.extend, no, "需专家论证")
    assert step(office, no, "handle").due_at == clocks(office, no)["promised"].due_at
