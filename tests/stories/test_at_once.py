"""同时办理: many people at the same instant, on one bundle, on one case, on one task."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine import worker
from engine.domain.errors import Taken
from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.services import approver
from engine.services.desk import deliver
from engine.store import journal, people
from tests import builders
from tests.builders import do, members, open_tasks, state, step, steps, work
from tests.people import Staff

CINEMA = {"members": ("food_operation_new", "shop_sign_filing"), "flags": {"sells_food": True}}
#: A household that waits longer than this for a click believes the page is broken; no goal, only a guard.
MOST_SECONDS = 5.0

Deed = Callable[[], Any]


def at_once(deeds: Sequence[Deed]) -> tuple[list[BaseException], float]:
    """Do everything at the same instant, each in a thread of its own; return what was refused, and the seconds."""
    begin = Barrier(len(deeds) + 1)
    refused: list[BaseException] = []

    def do_it(deed: Deed) -> None:
        begin.wait()
        try:
            deed()
        except BaseException as why:  # noqa: BLE001  a thread's refusal is the test's to judge
            refused.append(why)

    threads = [Thread(target=do_it, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    begin.wait()
    started = perf_counter()
    for thread in threads:
        thread.join()
    return refused, perf_counter() - started


def completing(office: Office, staff: Staff, tasks: Sequence[Any]) -> list[Deed]:
    """One deed for each task: whoever holds its post completes it."""
    return [lambda task=task: builders.complete(office, staff, task) for task in tasks]


def unread(office: Office) -> int:
    """How many letters nobody has read yet."""
    query = sa.select(sa.func.count()).where(journal.letters.c.taken_at.is_(None))
    with office.look() as look:
        return int(look.db.scalar(query))


def tell(office: Office, what: str, seconds: float) -> None:
    """Print a figure; it is read with ``pytest -s`` and never asserted."""
    print(f"{what} at once on {office.database.url.get_backend_name()}: {seconds:.3f} s")  # noqa: T201


def must_be_whole(office: Office) -> None:
    """No letter lies about, nothing went wrong behind the desk, the journal is unbroken."""
    assert unread(office) == 0
    assert builders.incidents(office) == []
    with office.look() as look:
        assert journal.broken(look.db) == []


def test_six_departments_submit_on_six_members_of_one_bundle_at_the_same_instant(
    office: Office, staff: Staff
) -> None:
    no = builders.accepted(office, staff, "open_cinema", **CINEMA)
    parts = members(office, no)
    assert len(parts) == 6
    first = [next(t for t in open_tasks(office, part) if t.stage not in _WINDOW) for part in parts.values()]
    refused, seconds = at_once(completing(office, staff, first))
    tell(office, "six departments", seconds)
    assert refused == []
    assert seconds < MOST_SECONDS
    for part in parts.values():
        assert builders.acts(office, part).count("completed") == 1
    must_be_whole(office)


_WINDOW = {"prereview", "accept", "correct", "deliver"}


def test_heads_decide_on_the_members_of_one_bundle_at_the_same_instant(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_cinema", **CINEMA)
    parts = members(office, no)
    first, last = parts.pop("individual_business"), parts.pop("film_projection")
    work(
        office, staff, first
    )  # the licence everybody else waits for; the cinema waits for everybody (R-BUN-4)
    for part in parts.values():
        work(office, staff, part, until="decide")
    decisions = [step(office, part, "decide") for part in parts.values()]
    assert len(decisions) == 4
    refused, seconds = at_once(completing(office, staff, decisions))
    tell(office, "four decisions", seconds)
    assert refused == []
    must_be_whole(office)
    work(office, staff, last)
    worker.drain(office)
    assert state(office, no) == "granted"
    assert steps(office, no) == ["deliver"]
    do(office, staff["lin"], deliver, no, "窗口领取", "王小满")
    assert {state(office, number) for number in (no, first, last, *parts.values())} == {"delivered"}
    must_be_whole(office)


def test_three_reviewers_submit_on_one_case_at_the_same_instant_and_are_joined_once(
    office: Office, staff: Staff
) -> None:
    no = builders.accepted(office, staff, "film_projection")
    reviews = open_tasks(office, no)
    assert {task.node for task in reviews} == {"inspect", "review", "fire_opinion"}
    refused, _ = at_once(completing(office, staff, reviews))
    assert refused == []
    assert builders.acts(office, no).count("completed") == 3
    assert steps(office, no) == ["decide"]
    must_be_whole(office)


def test_of_thirty_two_who_claim_one_task_exactly_one_has_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    task = step(office, no, "review")
    crowd = reviewers(office, task.org_id, 32)
    refused, _ = at_once([lambda by=by: claim(office, by, task.id) for by in crowd])
    assert len(refused) == 31
    assert {type(why) for why in refused} == {Taken}
    assert step(office, no, "review").assignee_id in {by.id for by in crowd}
    assert builders.acts(office, no).count("claimed") == 1


def test_of_eight_who_complete_one_task_exactly_one_has_done_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    refused, _ = at_once(completing(office, staff, [step(office, no, "review")] * 8))
    assert len(refused) == 7
    assert {getattr(why, "code", why) for why in refused} == {"task.closed"}
    assert builders.acts(office, no).count("completed") == 1


def claim(office: Office, by: Actor, task_id: int) -> None:
    with office.act(by) as act:
        approver.claim(act, task_id)


def reviewers(office: Office, org_id: int, how_many: int) -> list[Actor]:
    """So many people with the approver's post in one department."""
    with office.act(CLOCK) as act:
        ids = [
            people.add_user(act.db, f"crowd{n}", f"审{n}", "!", [("approver", org_id)])
            for n in range(how_many)
        ]
        return [people.actor(act.db, user_id, act.at) for user_id in ids]
