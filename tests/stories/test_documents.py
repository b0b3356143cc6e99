"""Documents (文书): they come with the act that causes them, one each, numbered in a row, frozen as they were said."""

from datetime import date

import pytest
import sqlalchemy as sa

from engine import worker
from engine.domain.case import State
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import approver, desk, registrar
from engine.store import catalog, people
from tests import builders
from tests.builders import do, entry, member, paper, papers, refusal, step
from tests.conftest import Watch
from tests.people import Staff

LATER = "食品安全自查、从业人员健康管理、进货查验记录、事故处置等规章制度"
FOOD, RULES, PLAN = "food_operation_new", "food-safety-rules", "floor-plan"
BY = "SCJG"


def kinds(office: Office, no: str) -> list[str]:
    return [each.kind for each in papers(office, no)]


def test_from_acceptance_to_delivery_each_act_leaves_one_paper(office: Office, staff: Staff) -> None:
    """R-ACC-2, R-DEC-1, R-LIM-4."""
    no = builders.granted(office, staff, FOOD)
    do(office, staff["lin"], desk.deliver, no, "mail", "王小满", "EX1")
    assert kinds(office, no) == ["acceptance", "grant", "delivery_receipt"]
    given, granted, receipt = papers(office, no)
    assert (given.no, given.addressee) == ("510703市监受〔2026〕000001号", "王小满")
    assert given.authority == granted.authority == "市场监督管理局"
    assert "最迟于2026年12月7日办结" in given.facts["paragraphs"][1]
    assert granted.facts["title"] == "准予行政许可决定书"
    assert "《食品经营许可证》，有效期5 年" in granted.facts["paragraphs"][1]
    assert receipt.facts["tables"][0]["rows"] == [["1", f"准予行政许可决定书 {granted.no}"]]
    assert ["运单号", "EX1"] in receipt.facts["tables"][1]["rows"]


def test_the_journal_knows_the_numbers(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    told = [entry(office, no, act)["document_no"] for act in ("accepted", "decided", "delivered")]
    assert told == [each.no for each in papers(office, no)]


def test_a_tolerant_acceptance_has_two_papers(office: Office, staff: Staff) -> None:
    """R-TOL-2: the applicant's commitment and the authority's notice."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], date(2026, 11, 27), consent=True)
    assert kinds(office, no) == ["commitment", "tolerant_acceptance"]
    promise, notice = papers(office, no)
    for each in (promise, notice):
        assert any("2026年11月27日" in said for said in each.facts["paragraphs"])
        assert any("视为撤回申请" in said for said in each.facts["paragraphs"])
        assert each.facts["tables"][0]["rows"] == [["1", LATER]]


def test_a_correction_tells_everything_once(office: Office, staff: Staff) -> None:
    """R-ACC-1."""
    no = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    do(office, staff["lin"], desk.correct, no, {RULES: "未盖章"})
    told = paper(office, no, "correction")
    assert [row[2] for row in told.facts["tables"][0]["rows"]] == ["缺少，请提交", "未盖章"]
    assert "2026年12月14日" in told.facts["paragraphs"][1]
    assert entry(office, no, "correction asked")["document_no"] == told.no


@pytest.mark.parametrize(
    ("state", "title"), [(State.NOT_ACCEPTED, "不予受理决定书"), (State.NOT_REQUIRED, "不受理告知书")]
)
def test_a_refusal_tells_why_and_how_to_complain(
    office: Office, staff: Staff, state: State, title: str
) -> None:
    """R-ACC-2."""
    no = builders.apply(office, staff, FOOD)
    do(office, staff["lin"], desk.refuse, no, state, "属市级职权")
    told = paper(office, no, str(state))
    assert (told.facts["title"], "理由：属市级职权" in told.facts["paragraphs"]) == (title, True)
    assert "六十日内" in told.facts["remedies"]


def test_a_denial_tells_its_reason_and_the_ways_to_complain(office: Office, staff: Staff) -> None:
    """R-DEC-1."""
    no = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, no, until="decide")
    task = step(office, no, "decide")
    with office.act(builders.holder(office, staff, task)) as act:
        approver.complete(act, task.id, "denied", "场所不符合要求")
    told = paper(office, no, "denial")
    assert told.no == entry(office, no, "decided")["document_no"] == "510703政许〔2026〕000001号"
    assert told.facts["paragraphs"][1] == "理由：场所不符合要求"
    assert "行政诉讼法" in told.facts["remedies"]


def test_stopping_and_going_on_are_both_told(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-5, R-CNT-5."""
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("approver", BY), approver.suspend, no, "检验", "须送检。", "5 workday")
    watch.pass_days(1)
    do(office, staff.of("approver", BY), approver.resume, no, None, "合格")
    stop, on = paper(office, no, "stop_notice"), paper(office, no, "resumption")
    assert "所需时间：5 个工作日（至2026年11月30日）" in stop.facts["paragraphs"][2]
    assert (stop.no in on.text, "最迟于2026年12月8日办结" in on.facts["paragraphs"][1]) == (True, True)


def _broken(office: Office, staff: Staff, watch: Watch, on_overdue: str) -> str:
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        record = {**row.record, "tolerance": {**row.record["tolerance"], "on_overdue": on_overdue}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    return no


@pytest.mark.parametrize(
    ("on_overdue", "kind"),
    [("revoke_acceptance", "revocation"), ("deny", "denial"), ("withdraw_deemed", "deemed_withdrawal")],
)
def test_a_broken_promise_ends_in_writing(
    office: Office, staff: Staff, watch: Watch, on_overdue: str, kind: str
) -> None:
    """R-TOL-5: what the clock does is told like what people do, with the ways to complain."""
    no = _broken(office, staff, watch, on_overdue)
    told = paper(office, no, kind)
    assert (told.by_id, "六十日内" in told.facts["remedies"]) == (None, True)
    worker.drain(office)
    assert kinds(office, no).count(kind) == 1


def test_numbers_run_by_authority_and_kind(office: Office, staff: Staff) -> None:
    numbers = [
        paper(office, builders.accepted(office, staff, key), "acceptance").no
        for key in (FOOD, FOOD, "public_place_hygiene")
    ]
    assert numbers == [
        "510703市监受〔2026〕000001号", "510703市监受〔2026〕000002号", "510703卫健受〔2026〕000001号",
    ]  # fmt: skip


def test_a_new_year_begins_with_one(office: Office, staff: Staff, watch: Watch) -> None:
    builders.accepted(office, staff, FOOD)
    watch.set("2027-01-04 09:00")
    no = builders.accepted(office, staff, FOOD)
    assert paper(office, no, "acceptance").no == "510703市监受〔2027〕000001号"


def test_a_refused_act_leaves_no_paper_and_no_gap(office: Office, staff: Staff) -> None:
    lacking = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    assert refusal(office, staff["lin"], desk.accept, lacking).code == "materials.missing"
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.accept, no).code == "case.wrong-state"
    assert (kinds(office, lacking), paper(office, no, "acceptance").no[-7:]) == ([], "000001号")


def _renamed(office: Office) -> None:
    with office.act(CLOCK) as act:
        act.db.execute(sa.update(people.applicants).values(name="王大满"))
        act.db.execute(sa.update(people.orgs).values(name="新局"))


def test_what_was_issued_does_not_change(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    before = paper(office, no, "acceptance")
    _renamed(office)
    assert paper(office, no, "acceptance") == before


def test_only_a_licence_is_called_one(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, "shop_sign_filing")
    told = paper(office, no, "grant")
    assert (told.facts["title"], told.articles) == ("准予办理决定书", ["参照《行政许可法》第三十八条第一款"])


def test_a_bundle_is_handed_out_with_one_receipt(office: Office, staff: Staff) -> None:
    """R-BUN-1: each member has its own acceptance and decision; what is handed out together is signed for once."""
    no = builders.accepted(office, staff, "open_restaurant")
    worker.drain(office)
    builders.work_all(office, staff, no)
    worker.drain(office)
    builders.work_all(office, staff, no)
    worker.drain(office)
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    worker.drain(office)
    food = member(office, no, FOOD)
    assert kinds(office, no) == ["acceptance", "delivery_receipt"]
    assert kinds(office, food) == ["acceptance", "grant"]
    listed = [row[1] for row in paper(office, no, "delivery_receipt").facts["tables"][0]["rows"]]
    assert len(listed) == len(builders.members(office, no))
    assert any(paper(office, food, "grant").no in each for each in listed)


def test_short_names_come_to_an_older_database(office: Office, staff: Staff) -> None:
    with office.act(CLOCK) as act:
        act.db.execute(sa.update(people.orgs).values(short=""))
    assert (
        paper(office, builders.accepted(office, staff, FOOD), "acceptance").no == "510703受〔2026〕000001号"
    )
    with office.act(CLOCK) as act:
        registrar.publish_departments(act, office.settings.bpmn / "departments.yaml")
    assert (
        paper(office, builders.accepted(office, staff, FOOD), "acceptance").no
        == "510703市监受〔2026〕000001号"
    )
