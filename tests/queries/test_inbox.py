"""The task list: what is in it for whom, how urgent it is, what is said of it, and what it costs."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.domain.errors import Malformed
from engine.domain.identity import Actor
from engine.office import Office
from engine.queries import inbox
from engine.queries.inbox import Item, Kind, Page
from engine.queries.pools import Filter, View
from engine.services import approver, desk, manager
from engine.store import cases
from engine.store.cases import tasks
from tests import builders
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"


def seen(office: Office, actor: Actor, view: View | None = None, only: Filter | None = None) -> Page:
    with office.look(actor) as look:
        return inbox.items(look.db, actor, look.at, look.calendar, view, only or Filter())


def kinds(page: Page) -> list[Kind]:
    return [group.kind for group in page.groups]


def only_item(page: Page) -> Item:
    [item] = page.items
    return item


def claim(office: Office, actor: Actor, no: str) -> int:
    task = next(t for t in builders.open_tasks(office, no) if actor.holds(t.role, t.org_id))
    with office.act(actor) as act:
        approver.claim(act, task.id)
    return int(task.id)


def test_what_is_free_is_shown_until_something_is_mine(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")
    first = builders.accepted(office, staff, FOOD)
    builders.accepted(office, staff, FOOD)
    assert seen(office, reviewer).view is View.CLAIMABLE

    claim(office, reviewer, first)
    page = seen(office, reviewer)
    assert page.view is View.MINE
    assert only_item(page).case_no == first
    assert page.counts == {"mine": 1, "claimable": 1, "waiting": 0, "done": 0, "copied": 0}


def test_a_task_grows_more_urgent_day_by_day(office: Office, staff: Staff, watch: Watch) -> None:
    reviewer = staff.of("approver", "SCJG")
    builders.accepted(office, staff, FOOD)  # Monday: the review has three working days
    told = []
    for day in ("11-23", "11-25", "11-26", "11-27"):
        watch.set(f"2026-{day} 10:00")
        page = seen(office, reviewer)
        told.append((kinds(page), only_item(page).days))
    assert told == [([Kind.LATER], 3), ([Kind.SOON], 1), ([Kind.SOON], 0), ([Kind.OVERDUE], -1)]


def test_a_friday_task_due_on_monday_is_soon(office: Office, staff: Staff, watch: Watch) -> None:
    builders.accepted(office, staff, FOOD)
    watch.set("2026-11-25 10:00")
    assert kinds(seen(office, staff.of("inspector", "SCJG"))) == [
        Kind.LATER
    ]  # five days: due Monday the 30th
    watch.set("2026-11-27 10:00")
    assert kinds(seen(office, staff.of("inspector", "SCJG"))) == [Kind.SOON]


def test_a_stopped_clock_has_a_group_of_its_own_and_freezes_what_was_left(
    office: Office, staff: Staff, watch: Watch
) -> None:
    reviewer = staff.of("approver", "SCJG")
    no = builders.accepted(office, staff, FOOD)
    with office.act(reviewer) as act:
        approver.suspend(act, act.take(cases.id_of(act.db, no)), "检验", "须检验", "5 workday")
    watch.set("2026-11-26 10:00")
    page = seen(office, reviewer)
    item = only_item(page)
    assert kinds(page) == [Kind.PAUSED]
    assert (item.paused_days, item.days, item.reason) == (3, 3, "检验，须检验")


def test_the_window_sees_who_waits_for_the_applicant(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=("food-licence-application",))
    with office.act(staff["lin"]) as act:
        desk.correct(act, act.take(cases.id_of(act.db, no)), {})
    page = seen(office, staff["lin"], View.WAITING)
    assert kinds(page) == [Kind.PAUSED]
    assert "等待申请人补正" in only_item(page).reason
    assert seen(office, staff["lin"], View.CLAIMABLE).items == ()
    assert seen(office, staff.of("approver", "SCJG"), View.WAITING).items == ()


def test_what_was_promised_is_told_with_its_day(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    with office.act(staff["lin"]) as act:
        desk.tolerate(act, act.take(cases.id_of(act.db, no)), [RULES], date(2026, 11, 27), consent=True)
    item = only_item(seen(office, staff.of("approver", "SCJG")))
    assert item.reason == "容缺 1 份，11-27 前补"
    assert [chip.text for chip in item.chips] == ["容缺"]


def test_an_urge_stands_beside_the_task(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    with office.act(staff["manager"]) as act:
        manager.urge(act, act.take(cases.id_of(act.db, no)), "请抓紧")
    item = only_item(seen(office, staff.of("approver", "SCJG")))
    assert item.reason == "催办：请抓紧"
    assert "已催办" in [chip.text for chip in item.chips]


def test_a_members_held_steps_are_in_nobodys_inbox(office: Office, staff: Staff) -> None:
    builders.apply(office, staff, "open_restaurant")
    shown = [item.step for item in seen(office, staff["lin"], View.CLAIMABLE).items]
    assert shown == ["统一受理"]


@pytest.mark.parametrize("words", ["王小", "食品经营", "080X", "080x", "0001"])
def test_a_task_is_found_by_applicant_matter_and_tails(office: Office, staff: Staff, words: str) -> None:
    builders.accepted(office, staff, FOOD)
    assert len(seen(office, staff.of("approver", "SCJG"), None, Filter(words)).items) == 1


@pytest.mark.parametrize("words", ["李四", "%", "_", "01X"])
def test_wildcards_and_short_tails_find_nothing(office: Office, staff: Staff, words: str) -> None:
    builders.accepted(office, staff, FOOD)
    assert seen(office, staff.of("approver", "SCJG"), None, Filter(words)).items == ()


def test_one_matter_may_be_picked_out(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")
    builders.accepted(office, staff, FOOD)
    assert len(seen(office, reviewer, None, Filter(matter=FOOD)).items) == 1
    assert seen(office, reviewer, None, Filter(matter="food_workshop")).items == ()


def test_what_i_did_is_listed_latest_first(office: Office, staff: Staff, watch: Watch) -> None:
    reviewer = staff.of("approver", "SCJG")
    numbers = [builders.accepted(office, staff, FOOD) for _ in range(2)]
    for no in numbers:
        watch.time += timedelta(minutes=1)
        with office.act(reviewer) as act:
            approver.complete(act, _task(office, no), "pass", "符合")
    page = seen(office, reviewer, View.DONE)
    assert [item.case_no for item in page.items] == numbers[::-1]


def _task(office: Office, no: str) -> int:
    return int(next(t for t in builders.open_tasks(office, no) if t.node == "review").id)


def test_pages_follow_one_another_without_gap_or_repeat(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")
    copies(office, builders.accepted(office, staff, FOOD), 25)
    with office.look(reviewer) as look:
        found: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = inbox.items(look.db, reviewer, look.at, look.calendar, cursor=cursor, limit=10)
            found += [item.task_id for item in page.items]
            cursor = page.cursor
        everything = look.db.execute(
            sa.select(tasks.c.id)
            .where(tasks.c.role == "approver", tasks.c.closed_at.is_(None))
            .order_by(tasks.c.due_at, tasks.c.id)
        ).scalars()
        assert found == list(everything)


def copies(office: Office, no: str, n: int) -> None:
    """So many more open review tasks like the one of *no*, due on different days."""
    with office.database.transaction() as db:
        case_id = cases.id_of(db, no)
        like = db.execute(sa.select(tasks).where(tasks.c.case_id == case_id, tasks.c.node == "review")).one()
        row = {name: value for name, value in like._mapping.items() if name != "id"}
        rows = [
            {**row, "key": f"copy-{i}", "due_at": like.due_at + timedelta(days=i * 7 % 5)} for i in range(n)
        ]
        db.execute(sa.insert(tasks), rows)


def test_a_cursor_of_somebody_elses_making_is_refused(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")
    with office.look(reviewer) as look, pytest.raises(Malformed) as refused:
        inbox.items(look.db, reviewer, look.at, look.calendar, cursor="neunundneunzig")
    assert refused.value.code == "cursor.unreadable"


def test_a_page_asks_the_database_few_questions_however_long_the_list(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")
    copies(office, builders.accepted(office, staff, FOOD), 60)
    asked: list[str] = []
    with office.look(reviewer) as look:
        sa.event.listen(look.db, "before_cursor_execute", lambda *about: asked.append(about[2]))
        inbox.items(look.db, reviewer, look.at, look.calendar)
    assert len(asked) <= 6


def test_somebody_without_a_post_has_an_empty_list(office: Office) -> None:
    page = seen(office, Actor(id=1, name="无岗"))
    assert (page.items, page.counts["claimable"]) == ((), 0)


def test_news_are_told_by_a_word_that_changes(office: Office, staff: Staff) -> None:
    reviewer = staff.of("approver", "SCJG")

    def revision() -> str:
        with office.look(reviewer) as look:
            return inbox.revision(look.db, reviewer)

    before = revision()
    builders.accepted(office, staff, FOOD)
    after = revision()
    assert (before, after == before) == ("0", False)
    assert revision() == after
