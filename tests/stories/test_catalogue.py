"""The catalogue (基本目录、实施清单、办事指南): one source, versions, themes, what was cut (rulebook §1.6)."""

import pytest

from engine.domain.availability import Availability, availability
from engine.domain.errors import Incomplete
from engine.domain.identity import CLOCK
from engine.domain.theme import Theme
from engine.office import Office
from engine.queries import guide, guidebook
from engine.services import applicant, registrar
from engine.store import catalog
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import Visitor

FOOD = "food_operation_new"


def revise(office: Office, *, drop: str, promised: int) -> None:
    """Put a new version of the food licence in force: one material fewer, another promise."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        kept = [each for each in row.record["materials"] if each["code"] != drop]
        record = {**row.record, "promised_limit": {"value": promised, "unit": "workday"}, "materials": kept}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)


def dropped(office: Office) -> tuple[str, str]:
    """The first material of the food licence that its applicant brings: its code and name."""
    with office.look() as look:
        materials = catalog.current(look.db, FOOD).record["materials"]
    return next((m["code"], m["name"]) for m in materials if m.get("source", "self") == "self")


def test_one_change_of_the_catalogue_is_seen_by_guide_desk_and_machine(office: Office, staff: Staff) -> None:
    """§1.6 数据同源、联动管理: the guide, the form and the list of matters are read from one record."""
    code, name = dropped(office)
    revise(office, drop=code, promised=6)
    with office.look() as look:
        assert str(getattr(guide.guide(look.db, FOOD).promised, "limit", None)) == "6 workday"
    assert "6 个工作日" in Visitor(office).text(f"/guide/{FOOD}")
    for path in (f"/guide/{FOOD}", f"/apply/{FOOD}"):
        assert name not in Visitor(office).text(path)


def test_who_applied_before_it_changed_keeps_what_he_was_told(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """§0-10: limits and materials are those of the version a case was received under."""
    old = builders.apply(office, staff, FOOD)
    revise(office, drop=dropped(office)[0], promised=6)
    new = builders.accepted(office, staff, FOOD)
    builders.do(office, staff["lin"], builders.desk.accept, old)
    assert builders.last_days(office, old)["promised"] == "2026-12-07"
    assert builders.last_days(office, new)["promised"] == "2026-12-01"


def test_what_was_cut_is_counted_between_two_days(office: Office, watch: Watch) -> None:
    """§1.6 减材料: one material fewer to bring, one matter faster; before that day nothing had changed."""
    watch.pass_days(3)
    code, name = dropped(office)
    revise(office, drop=code, promised=6)
    said = Visitor(office).text("/guide/changes?since=2026-11-23&until=2026-11-26")
    assert name in said
    assert "10 个工作日 → 6 个工作日" in said
    assert "提速" in said
    nothing = Visitor(office).text("/guide/changes?since=2026-11-23&until=2026-11-25")
    assert "这段时间没有事项增减材料或改变承诺时限" in nothing


def test_the_days_of_a_comparison_come_in_order(office: Office) -> None:
    answer = Visitor(office).get("/guide/changes?since=2026-11-24&until=2026-11-23")
    assert answer.status_code == 422
    assert "起始日期晚于截止日期" in answer.text


@pytest.mark.parametrize(("theme", "bundle"), [(Theme.BIRTH, "newborn"), (Theme.OPENING, "open_cinema")])
def test_every_bundle_stands_under_its_stage_of_life(office: Office, theme: Theme, bundle: str) -> None:
    """§1.3 全生命周期: theme → bundle → matter."""
    with office.look() as look:
        index = guidebook.index(look.db)
    assert bundle in {entry.key for entry in index.bundles if entry.theme is theme}
    assert sum(len(stage.entries) for stage in index.stages) == len(index.bundles) == 9
    assert [stage.name for stage in index.stages] == ["出生", "退休", "身后", "开办", "准营", "用工"]


def test_a_paused_matter_takes_no_new_case_and_running_ones_go_on(office: Office, staff: Staff) -> None:
    """§1.6 动态管理: 在用、暂停、取消; told in the guide with its reason."""
    running = builders.accepted(office, staff, FOOD)
    clerk = Visitor(office, "registrar")
    clerk.send(f"/admin/matters/{FOOD}/availability", state="paused", reason="系统升级，12 月 1 日恢复")
    assert (
        builders.refused(office, staff["lin"], applicant.apply, builders.application(office, FOOD)).code
        == "matter.paused"
    )
    assert "系统升级" in Visitor(office).text(f"/guide/{FOOD}")
    builders.work(office, staff, running)
    assert builders.state(office, running) == "granted"
    clerk.send(f"/admin/matters/{FOOD}/availability", state="open")
    assert builders.accepted(office, staff, FOOD)


def test_a_pause_is_told_why_and_survives_the_next_publishing(office: Office, staff: Staff) -> None:
    with office.act(staff["registrar"]) as act:
        with pytest.raises(Incomplete):
            registrar.make_available(act, FOOD, Availability.PAUSED)
        registrar.make_available(act, FOOD, Availability.PAUSED, "系统升级")
    with office.act(CLOCK) as act:
        registrar.publish_all(act, office.settings.bpmn)
        assert availability(catalog.current(act.db, FOOD).record) is Availability.PAUSED


def test_a_bundle_waits_for_a_paused_member(office: Office, staff: Staff) -> None:
    with office.act(staff["registrar"]) as act:
        registrar.make_available(act, FOOD, Availability.PAUSED, "系统升级")
    wished = builders.application(office, "open_restaurant")
    said = builders.refused(office, staff["lin"], applicant.apply, wished)
    assert (said.code, "食品经营许可" in said.message) == ("matter.paused", True)
