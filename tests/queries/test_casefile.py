"""One case whole: who may see it, what is told of it, and where each way out of a task leads."""

from datetime import date

import pytest

from engine.domain.deadline import Clock, Light
from engine.domain.errors import NotFound
from engine.domain.identity import Actor
from engine.domain.material import Standing
from engine.office import Office
from engine.queries import casefile, clocks, sight, worksheet
from engine.queries.casefile import Casefile
from engine.services import approver, desk
from engine.store import cases
from tests import builders
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"


def shown(office: Office, no: str, lang: str = "zh") -> Casefile:
    with office.look() as look:
        case_id = cases.id_of(look.db, no)
        return casefile.show(look.db, look.calendar, look.library.definition, case_id, look.at, lang)


def test_the_history_tells_what_a_decision_table_said(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "outdoor_ad")
    builders.complete(office, staff, builders.step(office, no, "handle"), "high")
    last = next(entry for entry in shown(office, no).timeline if not entry.open)
    assert last.note == "同意；同行：同行员；核定审批层级：panel"


def may_see(office: Office, actor: Actor, no: str) -> bool:
    with office.look(actor) as look:
        try:
            sight.find(look.db, actor, no)
        except NotFound:
            return False
        return True


def sheet(office: Office, actor: Actor, no: str, node: str) -> worksheet.Worksheet:
    task = next(t for t in builders.open_tasks(office, no) if t.node == node)
    with office.look(actor) as look:
        return worksheet.task(look.db, look.library.definition, actor, task.id)


def test_a_case_is_seen_where_it_is_handled_and_by_overseers(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    seeing = {who for who in ("lin", "manager", "registrar", "designer") if may_see(office, staff[who], no)}
    assert seeing == {"lin", "manager", "registrar"}
    assert may_see(office, staff.of("leader", "SCJG"), no)
    assert not may_see(office, staff.of("leader", "WJW"), no)
    assert not may_see(office, Actor(id=None, name="申请人"), no)


def test_whoever_handles_a_member_sees_the_whole_bundle(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    signs = staff.of("approver", "CGJ")
    assert may_see(office, signs, no)
    assert may_see(office, signs, builders.member(office, no, "shop_sign_filing"))
    assert not may_see(office, staff.of("approver", "WJW"), no)


def test_the_head_says_what_it_is_and_hides_the_identity_number(office: Office, staff: Staff) -> None:
    case = shown(office, builders.accepted(office, staff, FOOD))
    assert (case.matter, case.applicant, case.state) == ("食品经营许可(新办)", "王小满", "accepted")
    assert case.applicant_id == "510***********080X"
    assert case.phone == "138****0001"


def test_each_clock_comes_with_its_reckoning(office: Office, staff: Staff) -> None:
    case = shown(office, builders.accepted(office, staff, FOOD))
    running = {line.clock: line for line in case.running}
    assert {Clock.PROMISED, Clock.LEGAL, Clock.STAGE} == set(running)
    assert [line.step for line in case.running if line.clock is Clock.STAGE] == ["材料审查", "现场勘查"]
    assert running[Clock.PROMISED].explanation.sentence.startswith("11月23日受理，次日起算；承诺 10 个工作日")
    assert {line.clock for line in case.settled} == {Clock.NOTICE, Clock.STAGE}


def test_a_stopped_clock_counts_the_days_it_stood(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    with office.act(staff.of("approver", "SCJG")) as act:
        approver.suspend(act, act.take(cases.id_of(act.db, no)), "检验", "须检验", "5 workday")
    watch.set("2026-11-25 10:00")
    case = shown(office, no)
    stopped = [line for line in case.running if line.clock is not Clock.SPECIAL]
    assert {(line.light, line.paused_days) for line in stopped} == {(Light.PAUSED, 2)}
    assert case.light is Light.PAUSED


def test_the_worst_clock_lights_the_case(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-11-27 10:00")
    assert shown(office, no).light is Light.RED


def test_a_promised_material_names_its_day(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    with office.act(staff["lin"]) as act:
        desk.tolerate(act, act.take(cases.id_of(act.db, no)), [RULES], date(2026, 11, 27), consent=True)
    line = next(m for m in shown(office, no).materials if m.requirement.code == RULES)
    assert line.standing is Standing.PROMISED
    assert line.due_at is not None


def test_a_bundle_shows_each_material_once_and_its_members(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    case = shown(office, no)
    codes = [m.requirement.code for m in case.materials]
    assert len(codes) == len(set(codes)) > 0
    assert {member.name for member in case.members} >= {"食品经营许可(新办)", "门头牌匾备案"}
    member = shown(office, builders.member(office, no, FOOD))
    assert member.parent is not None
    assert member.parent.no == no


def test_the_timeline_tells_it_latest_first(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    told = [(entry.sentence, entry.who, entry.open) for entry in shown(office, no).timeline]
    assert told == [
        ("材料审查 · 等待认领", "", True),
        ("现场勘查 · 等待认领", "", True),
        ("受理", "林窗口", False),
        ("收到申请", "林窗口", False),
    ]


def test_every_act_of_a_long_life_has_its_sentence(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, no)
    with office.act(staff["lin"]) as act:
        desk.deliver(act, act.take(cases.id_of(act.db, no)), "window", "王小满")
    case = shown(office, no)
    sentences = [entry.sentence for entry in case.timeline]
    assert sentences[0] == "送达，王小满 签收"
    assert any(sentence.startswith("作出决定：办结（准予），510703政许〔2026〕") for sentence in sentences)
    assert "材料审查：符合" in sentences
    assert not [sentence for sentence in sentences if "—" in sentence or "{" in sentence]
    assert case.decision is not None
    assert case.delivery is not None
    english = shown(office, no, "en")
    assert english.timeline[0].sentence == "delivered to 王小满"


def test_the_track_tells_done_from_current(office: Office, staff: Staff) -> None:
    case = shown(office, builders.accepted(office, staff, FOOD))
    assert "已办结：窗口受理" in case.track
    assert "正在办理：材料审查、现场勘查" in case.track


def test_each_way_out_says_where_it_leads_and_nothing_moves(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, no, until="decide")
    leader = staff.of("leader", "SCJG")
    leads = {way.outcome: way.leads for way in sheet(office, leader, no, "decide").ways}
    assert leads["granted"] == leads["denied"] == "出证送达（综合窗口）"
    assert "材料审查（审查岗）" in leads["return"]
    assert builders.steps(office, no) == ["decide"]


def test_a_parallel_step_waits_for_its_sibling(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    ways = sheet(office, staff.of("approver", "SCJG"), no, "review").ways
    assert ways[0].leads == "等待：现场勘查"


def test_a_task_of_another_post_offers_no_way_out(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    looked = sheet(office, staff.of("approver", "SCJG"), no, "inspect")
    assert (looked.may, looked.ways, looked.back, looked.officers) == (False, (), (), 2)


def test_a_task_is_bound_by_its_own_clock(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = next(t for t in builders.open_tasks(office, no) if t.node == "inspect")
    with office.look() as look:
        line = clocks.binding(look.db, task.id, look.calendar, look.at)
    assert line is not None
    assert (line.clock, line.step) == (Clock.STAGE, "现场勘查")


def test_a_file_is_handed_to_those_who_may_see_its_case(office: Office, staff: Staff) -> None:
    with office.look() as look, pytest.raises(NotFound):
        sight.file(look.db, staff["lin"], 1)
