"""Incidents (异常): what a diagram cannot do is undone whole, told, counted, tried again, and settled."""

from typing import Any

import pytest

from engine import worker
from engine.domain.errors import Halted, Incomplete, NotNow, NotYours, Refused
from engine.office import Office
from engine.services import approver, bundle, registrar
from engine.store import journal
from tests import builders, drawings
from tests.builders import acts, complete, step, troubles
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    """A case under review, on a diagram that cannot take every way it draws."""
    builders.redraw(office, staff, FOOD, drawings.brittle().xml())
    return builders.accepted(office, staff, FOOD)


def review(office: Office, staff: Staff, no: str, outcome: str) -> Refused:
    """The reviewer tries an outcome and is refused."""
    task = step(office, no, "review")
    with pytest.raises(Refused) as refused, office.act(builders.holder(office, staff, task)) as act:
        approver.complete(act, task.id, outcome, "同意")
    return refused.value


def test_a_step_over_budget_undoes_the_act_and_leaves_an_incident(
    office: Office, staff: Staff, no: str
) -> None:
    flow, before = builders.case_row(office, no).flow, builders.open_tasks(office, no)
    refused = review(office, staff, no, "loop")
    assert (type(refused), refused.code) == (Halted, "budget.cardinality")
    assert (builders.case_row(office, no).flow, builders.open_tasks(office, no)) == (flow, before)
    (found,) = troubles(office)
    assert (found.code, found.element, found.times) == ("budget.cardinality", refused.element, 1)
    assert (found.what, found.by_name, found.try_at) == ("complete", "SCJG审", None)


def test_the_actor_is_told_in_plain_words_and_the_journal_too(office: Office, staff: Staff, no: str) -> None:
    refused = review(office, staff, no, "odd")
    assert "没有生效" in refused.message
    assert f"第 {troubles(office)[0].id} 号" in refused.message
    assert builders.entry(office, no, "incident")["code"] == "flow.no-way"
    assert (troubles(office)[0].element, builders.case_row(office, no).troubled) == ("way", True)


def test_the_same_thing_failing_again_is_counted_not_written_anew(
    office: Office, staff: Staff, no: str, watch: Watch
) -> None:
    review(office, staff, no, "loop")
    watch.set("2026-11-23 10:00")
    review(office, staff, no, "odd")
    (found,) = troubles(office)
    assert (found.times, found.code) == (2, "flow.no-way")
    assert found.at < found.last_at == watch()
    assert acts(office, no).count("incident") == 1


def test_it_is_settled_when_the_same_thing_succeeds(office: Office, staff: Staff, no: str) -> None:
    review(office, staff, no, "loop")
    complete(office, staff, step(office, no, "review"), "pass")
    assert (troubles(office), builders.case_row(office, no).troubled) == ([], False)
    assert builders.entry(office, no, "incident settled")["reason"] == "再次办理成功"


def test_it_is_settled_when_nobody_can_do_it_any_more(office: Office, staff: Staff, no: str) -> None:
    review(office, staff, no, "loop")
    builders.do(office, staff["lin"], builders.applicant.withdraw, no, "不办了")
    assert troubles(office) == []
    assert "不在办" in builders.entry(office, no, "incident settled")["reason"]


@pytest.mark.parametrize(
    "wrong", [{"outcome": "unheard"}, {"rev": 99}, {"outcome": "pass", "who": "cgj.approver"}]
)
def test_what_is_the_actors_own_leaves_none(
    office: Office, staff: Staff, no: str, wrong: dict[str, Any]
) -> None:
    task = step(office, no, "review")
    by = staff[wrong.get("who", "scjg.approver")]
    with pytest.raises(Refused), office.act(by) as act:
        approver.complete(act, task.id, wrong.get("outcome", "pass"), rev=wrong.get("rev"))
    assert troubles(office) == []


def test_an_application_that_cannot_begin_is_its_matters_incident(office: Office, staff: Staff) -> None:
    drawn = drawings.matter(begins=False).gate("exclusive", "way").path("accept", "review", "decide")
    drawn.path("begin", "way").path("way", "accept", when='channel = "online"')
    builders.redraw(office, staff, FOOD, drawn.xml())
    for _ in range(2):
        with pytest.raises(Halted):
            builders.apply(office, staff, FOOD)
    (found,) = troubles(office)
    assert (found.case_id, found.matter_key, found.what, found.times) == (None, FOOD, "start", 2)
    builders.apply(office, staff, FOOD, channel=builders.Channel.ONLINE)
    assert troubles(office) == []


# --- what the house tries again by itself


def slow(office: Office, staff: Staff) -> str:
    """A case whose timer cannot fire: what comes after it is over budget."""
    drawn = drawings.brittle().timer("late", "review", "P1D", interrupting=False).path("late", "crowd")
    builders.redraw(office, staff, FOOD, drawn.xml())
    return builders.accepted(office, staff, FOOD)


def test_a_deadline_that_cannot_fire_is_tried_later_and_later(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = slow(office, staff)
    watch.set("2026-11-25 00:00")
    for expected in ("00:01", "00:03", "00:07"):
        worker.tick(office)
        found = next(each for each in troubles(office) if each.source == "deadline")
        watch.set(f"2026-11-25 {expected}")
        assert found.try_at == watch()
    assert (found.times, found.code, found.by_name) == (3, "budget.cardinality", "时限监控")
    assert builders.steps(office, no) == ["review"]


def test_with_its_task_the_deadline_and_its_incident_are_over(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = slow(office, staff)
    watch.set("2026-11-25 00:00")
    worker.tick(office)
    complete(office, staff, step(office, no, "review"), "pass")
    assert troubles(office) == []


def test_a_letter_is_tried_again_at_once_when_the_registrar_says_so(
    office: Office, staff: Staff, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = builders.apply(office, staff, "tobacco_retail")
    case_id = builders.case_row(office, no).id
    with office.database.transaction() as db:
        letter = {"from_id": case_id, "to_id": case_id, "topic": "unheard-of", "seq": 1}
        journal.post(db, [{**letter, "data": {}, "at": office.now()}])
    watch.set("2026-11-23 09:00:02")
    worker.tick(office)
    (found,) = troubles(office)
    assert (found.source, found.code, found.message) == ("letter", "fault", "系统故障，详见系统日志。")
    monkeypatch.setitem(bundle._READ, "unheard-of", lambda *_: None)
    with office.act(staff["registrar"]) as act:
        registrar.retry(act, found.id)
    assert troubles(office) == []
    assert acts(office, no)[-2:] == ["incident retried", "incident settled"]


def test_a_deadline_is_tried_again_at_once_and_counted_when_it_fails_again(
    office: Office, staff: Staff, watch: Watch
) -> None:
    slow(office, staff)
    watch.set("2026-11-25 00:00")
    worker.tick(office)
    (found,) = troubles(office)
    with office.act(staff["registrar"]) as act:
        registrar.retry(act, found.id)
    assert [each.times for each in troubles(office)] == [2]


def test_an_act_is_repeated_by_whoever_did_it(office: Office, staff: Staff, no: str) -> None:
    review(office, staff, no, "loop")
    with pytest.raises(NotNow) as refused, office.act(staff["registrar"]) as act:
        registrar.retry(act, troubles(office)[0].id)
    assert (refused.value.code, "SCJG审" in refused.value.message) == ("incident.not-retryable", True)


def test_the_registrar_settles_with_a_reason(office: Office, staff: Staff, no: str) -> None:
    review(office, staff, no, "loop")
    (found,) = troubles(office)
    with pytest.raises(Incomplete), office.act(staff["registrar"]) as act:
        registrar.settle(act, found.id, " ")
    with office.act(staff["registrar"]) as act:
        registrar.settle(act, found.id, "已改派他人")
    assert (troubles(office), builders.case_row(office, no).troubled) == ([], False)
    with pytest.raises(NotNow), office.act(staff["registrar"]) as act:
        registrar.settle(act, found.id, "再结一次")


def test_nobody_else_does(office: Office, staff: Staff, no: str) -> None:
    review(office, staff, no, "loop")
    (found,) = troubles(office)
    for act_of in (
        lambda act: registrar.retry(act, found.id),
        lambda act: registrar.settle(act, found.id, "x"),
    ):
        with pytest.raises(NotYours), office.act(staff["lin"]) as act:
            act_of(act)
