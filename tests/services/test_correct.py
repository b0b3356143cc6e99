"""Asking to correct (补正告知): once, all of it, in writing (R-ACC-1); the applicant's own clock (R-ACC-5)."""

from engine import worker
from engine.domain.case import Channel
from engine.domain.identity import APPLICANT, CLOCK
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, desk
from engine.store import catalog
from tests import builders
from tests.builders import bring, case_row, clocks, do, entry, last_days, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
LACKING = ("floor-plan", "food-safety-rules")


def _asked(office: Office, staff: Staff, **more: str) -> str:
    no = builders.apply(office, staff, FOOD, lacking=LACKING)
    do(office, staff["lin"], desk.correct, no, more)
    return no


def test_the_notice_names_everything_that_is_missing_or_wrong(office: Office, staff: Staff) -> None:
    """R-ACC-1: primary and secondary, missing and unfit, at once."""
    no = _asked(office, staff, **{"legal-person-id": "照片不清"})
    items = {item["code"]: item["remark"] for item in entry(office, no, "correction asked")["items"]}
    assert items == {**dict.fromkeys(LACKING, "缺少，请提交"), "legal-person-id": "照片不清"}
    assert (state(office, no), steps(office, no)) == ("correction", ["correct"])


def test_while_it_waits_the_notice_clock_stands_and_the_applicants_runs(office: Office, staff: Staff) -> None:
    no = _asked(office, staff)
    running = clocks(office, no)
    assert running["notice"].armed is False
    assert last_days(office, no)["correction"] == "2026-12-14"


def test_what_is_brought_completes_the_case_as_of_that_day(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-4."""
    no = _asked(office, staff)
    watch.pass_days(2)
    bring(office, no, *LACKING)
    assert (state(office, no), steps(office, no)) == ("corrected", ["accept"])
    assert case_row(office, no).complete_at == watch()
    watch.pass_days(1)
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"


def test_the_answer_is_all_or_nothing(office: Office, staff: Staff) -> None:
    no = _asked(office, staff)
    handed = [Handed("floor-plan", Standing.RECEIVED)]
    refused = refusal(office, APPLICANT, applicant.supplement, no, handed)
    assert (refused.code, "食品安全自查" in refused.message) == ("correction.incomplete", True)


def test_what_nobody_asked_for_is_not_taken(office: Office, staff: Staff) -> None:
    no = _asked(office, staff)
    handed = [Handed(code, Standing.RECEIVED) for code in (*LACKING, "health-certificate")]
    assert refusal(office, APPLICANT, applicant.supplement, no, handed).code == "material.not-wanted"


def test_only_the_guides_materials_may_be_found_wanting(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=LACKING)
    assert refusal(office, staff["lin"], desk.correct, no, {"diploma": "请补"}).code == "material.unknown"


def test_what_is_complete_must_be_accepted(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.correct, no, {}).code == "correction.nothing"


def test_nobody_asks_twice(office: Office, staff: Staff) -> None:
    """Rulebook §1.1, art. 72 (4)."""
    no = _asked(office, staff)
    bring(office, no, *LACKING)
    assert refusal(office, staff["lin"], desk.correct, no, {"floor-plan": "不清"}).code == "correction.twice"


def test_even_with_a_reason_it_takes_the_chief(office: Office, staff: Staff) -> None:
    no = _asked(office, staff)
    bring(office, no, *LACKING)
    again = {"floor-plan": "图纸缺比例尺"}
    assert (
        refusal(office, staff["lin"], desk.correct, no, again, override="图纸无法使用").code == "post.missing"
    )
    do(office, staff["he"], desk.correct, no, again, override="图纸无法使用")
    assert entry(office, no, "correction asked")["override"] == "图纸无法使用"
    bring(office, no, "floor-plan")
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"


def test_two_corrections_stop_the_notice_clock_twice(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5: the due day moves by the working days of both."""
    no = _asked(office, staff)
    watch.set("2026-11-25 09:00")
    bring(office, no, *LACKING)
    assert last_days(office, no)["notice"] == "2026-12-02"
    do(office, staff["he"], desk.correct, no, {"floor-plan": "不清"}, override="须看清通道")
    watch.set("2026-11-26 09:00")
    bring(office, no, "floor-plan")
    assert last_days(office, no)["notice"] == "2026-12-03"


def test_who_does_not_answer_in_fifteen_days_has_withdrawn(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-5."""
    no = _asked(office, staff)
    watch.set("2026-12-14 23:59")
    worker.drain(office)
    assert state(office, no) == "correction"
    watch.set("2026-12-15 00:00")
    worker.drain(office)
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("withdrawn_deemed", [], {})
    assert "2026-12-14" in entry(office, no, "withdrawn_deemed")["reason"]


def test_the_withdrawal_is_told_in_writing(office: Office, staff: Staff, watch: Watch) -> None:
    no = _asked(office, staff)
    watch.set("2026-12-15 00:00")
    worker.drain(office)
    paper = builders.paper(office, no, "deemed_withdrawal")
    assert paper.no == "510703市监视撤〔2026〕000001号"
    assert entry(office, no, "withdrawn_deemed")["document_no"] == paper.no


def test_where_the_region_denies_it_is_denied(office: Office, staff: Staff, watch: Watch) -> None:
    """R-ACC-5: 滨州 不予审批; the decision is handed out like any other."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        record = {**row.record, "correction": {**row.record["correction"], "on_overdue": "deny"}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)
    no = _asked(office, staff)
    watch.set("2026-12-15 00:00")
    worker.drain(office)
    assert (state(office, no), steps(office, no), set(clocks(office, no))) == (
        "denied",
        ["deliver"],
        {"stage", "delivery"},
    )
    assert "逾期未补正" in entry(office, no, "decided")["reason"]


def test_while_the_applicant_corrects_nobody_accepts(office: Office, staff: Staff) -> None:
    no = _asked(office, staff)
    assert refusal(office, staff["lin"], desk.accept, no).code == "case.wrong-state"


def test_an_online_case_may_be_asked_to_correct_before_prereview(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=LACKING, channel=Channel.ONLINE)
    do(office, staff["lin"], desk.correct, no, {})
    bring(office, no, *LACKING)
    do(office, staff["lin"], desk.accept, no)
    assert (state(office, no), steps(office, no)) == ("accepted", ["review", "inspect"])
