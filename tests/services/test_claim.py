"""Claiming a task, giving it back, standing in for somebody (AB岗)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.domain.errors import NotYours, Refused, Stale, Taken
from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.services import approver, manager
from engine.store import people
from tests import builders
from tests.builders import acts, complete, open_tasks
from tests.conftest import Watch
from tests.people import Staff

MATTER = "tobacco_retail"


def _inspection(office: Office, staff: Staff) -> tuple[str, int]:
    no = builders.accepted(office, staff, MATTER)
    return no, open_tasks(office, no)[0].id


def _hired(office: Office, login: str, role: str, org: str) -> Actor:
    with office.act(CLOCK) as act:
        user = people.add_user(act.db, login, login, "!", [(role, people.org(act.db, org).id)])
        return people.actor(act.db, user, act.at)


def test_the_inspector_takes_his_task_from_the_pool(office: Office, staff: Staff) -> None:
    no, task = _inspection(office, staff)
    with office.act(staff.of("inspector", "YC")) as act:
        assert approver.claim(act, task).assignee_id == staff.of("inspector", "YC").id
    assert acts(office, no)[-1] == "claimed"


def test_the_second_is_told_that_it_is_taken(office: Office, staff: Staff) -> None:
    _, task = _inspection(office, staff)
    colleague = _hired(office, "同行员", "inspector", "YC")
    with office.act(staff.of("inspector", "YC")) as act:
        approver.claim(act, task)
    with pytest.raises(Taken) as refused, office.act(colleague) as act:
        approver.claim(act, task)
    assert (refused.value.code, refused.value.message) == (
        "task.taken",
        "该任务已由 YC勘 于 2026-11-23 09:00 认领。",
    )


def test_what_is_taken_is_completed_by_nobody_else(office: Office, staff: Staff) -> None:
    _, task = _inspection(office, staff)
    colleague = _hired(office, "同行员", "inspector", "YC")
    with office.act(staff.of("inspector", "YC")) as act:
        approver.claim(act, task)
    with pytest.raises(Taken, match="已由 YC勘 于 2026-11-23 09:00 认领"), office.act(colleague) as act:
        approver.complete(act, task, "pass", "好", ["甲"])


@pytest.mark.parametrize(("role", "org"), [("inspector", "SCJG"), ("chief", "YC")])
def test_without_the_post_nothing_is_taken(office: Office, staff: Staff, role: str, org: str) -> None:
    _, task = _inspection(office, staff)
    with pytest.raises(NotYours), office.act(staff.of(role, org)) as act:
        approver.claim(act, task)


def test_a_task_given_back_is_anybodys_again(office: Office, staff: Staff) -> None:
    no, task = _inspection(office, staff)
    with office.act(staff.of("inspector", "YC")) as act:
        approver.claim(act, task)
    with office.act(staff.of("inspector", "YC")) as act:
        assert approver.release(act, task).assignee_id is None
    assert acts(office, no)[-2:] == ["claimed", "released"]
    with office.act(_hired(office, "同行员", "inspector", "YC")) as act:
        approver.claim(act, task)


def test_only_who_took_it_gives_it_back(office: Office, staff: Staff) -> None:
    _, task = _inspection(office, staff)
    with office.act(staff.of("inspector", "YC")) as act:
        approver.claim(act, task)
    with pytest.raises(NotYours), office.act(staff["manager"]) as act:
        approver.release(act, task)


def test_a_finished_task_is_not_taken(office: Office, staff: Staff) -> None:
    no, task = _inspection(office, staff)
    complete(office, staff, open_tasks(office, no)[0])
    with pytest.raises(Stale), office.act(staff.of("inspector", "YC")) as act:
        approver.claim(act, task)


def test_who_stands_in_holds_the_posts_of_the_absent_for_that_time_only(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """AB岗, rulebook §1.1."""
    _, task = _inspection(office, staff)
    absent, cover = staff.of("inspector", "YC"), staff.of("inspector", "CGJ")
    with office.act(CLOCK) as act:
        people.add_cover(act.db, absent.id or 0, cover.id or 0, watch(), watch() + timedelta(days=1))
    with office.act(_today(office, cover)) as act:
        approver.claim(act, task)
    watch.pass_days(1)
    assert _today(office, cover).posts == cover.posts


def _today(office: Office, actor: Actor) -> Actor:
    with office.look() as look:
        return people.actor(look.db, actor.id or 0, look.at)


def test_the_manager_gives_a_task_to_who_holds_its_post(office: Office, staff: Staff) -> None:
    """改派."""
    no, task = _inspection(office, staff)
    colleague = _hired(office, "同行员", "inspector", "YC")
    with office.act(staff["manager"]) as act:
        manager.reassign(act, task, colleague.id or 0)
    assert open_tasks(office, no)[0].assignee_id == colleague.id
    with pytest.raises(NotYours), office.act(staff["manager"]) as act:
        manager.reassign(act, task, staff["lin"].id or 0)


def test_the_manager_urges_and_it_stands_in_the_journal(office: Office, staff: Staff) -> None:
    """催办."""
    no, _ = _inspection(office, staff)
    builders.do(office, staff["manager"], manager.urge, no, "请今日办理")
    assert builders.entry(office, no, "urged") == {"tasks": ["实地核查"], "words": "请今日办理"}


def test_who_was_dismissed_is_nobody(office: Office, staff: Staff) -> None:
    with office.act(CLOCK) as act:
        gone = sa.update(people.users).where(people.users.c.id == staff["lin"].id).values(active=False)
        act.db.execute(gone)
    with pytest.raises(Refused, match="已停用"):
        _today(office, staff["lin"])
