"""决策委员会 (rulebook §1.4): a step of the diagram is decided by ballots, with quorum, recusal and minutes."""

from datetime import timedelta
from typing import Any

import pytest

from engine.domain.identity import Actor
from engine.domain.upload import Upload
from engine.domain.vote import Choice
from engine.office import Office
from engine.services import desk, keeping, voting
from engine.store import votes
from tests import builders
from tests.builders import do, refused, step
from tests.conftest import Watch
from tests.people import Staff

AD = "outdoor_ad"
YES, NO, ABSTAIN, RECUSED = Choice.AGREE, Choice.OPPOSE, Choice.ABSTAIN, Choice.RECUSED


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    """A big advertisement of high risk, which comes before the committee."""
    no = builders.apply(office, staff, AD)
    do(office, staff["lin"], desk.accept, no)
    builders.complete(office, staff, step(office, no, "handle"), "high")
    builders.complete(office, staff, step(office, no, "audit"), "pass")
    return no


@pytest.fixture
def members(staff: Staff) -> list[Actor]:
    """Five members of several departments, the chair first."""
    return [staff.of("leader", org) for org in ("CGJ", "SCJG", "XFJY", "WJW", "GA")]


def convened(office: Office, no: str, members: list[Actor]) -> int:
    task = step(office, no, "panel")
    with office.act(members[0]) as act:
        until = office.now() + timedelta(days=2)
        voting.convene(act, task.id, "是否同意设置", [each.id or 0 for each in members], until)
    return int(task.id)


def cast(office: Office, by: Actor, task_id: int, choice: Choice) -> None:
    with office.act(by) as act:
        voting.cast(act, task_id, choice, "见会议发言")


def closed(office: Office, by: Actor, task_id: int) -> None:
    with office.act(by) as act:
        voting.close(
            act, task_id, keeping.keep(act, Upload("纪要.pdf", "application/pdf", b"%PDF-1.4 minutes"))
        )


@pytest.mark.parametrize(
    ("given", "result", "outcome"),
    [
        ((YES, YES, YES, NO, ABSTAIN), "通过", "pass"),
        ((YES, YES, NO, ABSTAIN, ABSTAIN), "未通过", "oppose"),
        ((YES, YES, NO, RECUSED, RECUSED), "通过", "pass"),
    ],
    ids=["three of five", "abstentions count", "who is recused does not"],
)
def test_the_ballots_decide_the_step(
    office: Office, no: str, members: list[Actor], given: tuple[Choice, ...], result: str, outcome: str
) -> None:
    task_id = convened(office, no, members)
    for who, choice in zip(members, given, strict=True):
        cast(office, who, task_id, choice)
    closed(office, members[0], task_id)
    assert builders.entry(office, no, "vote closed")["result"] == result
    assert builders.entry(office, no, "completed")["outcome"] == outcome


def test_without_a_quorum_it_is_put_off_and_more_are_seated(
    office: Office, watch: Watch, staff: Staff, no: str, members: list[Actor]
) -> None:
    """法定人数: two thirds of the members who may vote."""
    task_id = convened(office, no, members)
    for who in members[:3]:
        cast(office, who, task_id, YES)
    code = refused(office, members[0], voting.close, task_id, None).code
    assert code == "vote.open"
    watch.pass_days(2)
    assert refused(office, members[0], voting.close, task_id, None).code == "vote.quorum"
    assert refused(office, members[3], voting.cast, task_id, YES).code == "vote.over"
    convened(office, no, members)
    cast(office, members[3], task_id, NO)
    watch.pass_days(2)
    closed(office, members[0], task_id)
    assert builders.steps(office, no) == ["decide"]


def test_the_minutes_are_a_material_and_nothing_ends_without_them(
    office: Office, no: str, members: list[Actor]
) -> None:
    task_id = convened(office, no, members)
    for who in members:
        cast(office, who, task_id, YES)
    assert refused(office, members[0], voting.close, task_id, None).code == "vote.minutes"
    closed(office, members[0], task_id)
    with office.look() as look:
        row = votes.of_task(look.db, task_id)
    assert (row is not None and row.minutes_id is not None, row and row.outcome) == (True, "adopted")


def test_who_is_no_member_does_not_vote_and_no_single_person_decides(
    office: Office, staff: Staff, no: str, members: list[Actor]
) -> None:
    task: Any = step(office, no, "panel")
    assert builders.task_refusal(office, staff, task, "pass").code == "vote.needed"
    too_few = [each.id or 0 for each in members[:2]]
    until = office.now() + timedelta(days=1)
    assert refused(office, members[0], voting.convene, task.id, "?", too_few, until).code == "vote.members"
    task_id = convened(office, no, members)
    assert refused(office, staff.of("leader", "YC"), voting.cast, task_id, YES).code == "vote.not-member"
