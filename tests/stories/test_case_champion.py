"""重点项目包抓帮办: one project, many cases, one champion who hears of each (rulebook §1.2)."""

import pytest

from engine import worker
from engine.domain.identity import Actor
from engine.office import Office
from engine.queries import endeavours
from engine.services import champion
from engine.store import people
from tests import builders
from tests.builders import do, refused
from tests.conftest import Watch
from tests.people import Staff

FOOD, ADVERT = "food_operation_new", "outdoor_ad"


@pytest.fixture
def sun(office: Office) -> Actor:
    return builders.hired(office, "孙包抓")


def opened(office: Office, staff: Staff, *keys: str) -> tuple[str, list[str]]:
    """A project of Sun's with accepted cases."""
    with office.act(staff["manager"]) as act:
        project = champion.open_(act, "城市综合体项目", "孙包抓")
    numbers = [builders.accepted(office, staff, key) for key in keys]
    for no in numbers:
        do(office, staff["manager"], champion.join, no, project)
    return project, numbers


def told(office: Office, project: str) -> list[tuple[str, str]]:
    with office.look() as look:
        page = endeavours.project(look.db, project, look.calendar, look.at)
    return [(alert.no, alert.kind) for alert in page.alerts]


def test_he_hears_of_every_warning_and_of_lateness(
    office: Office, staff: Staff, sun: Actor, watch: Watch
) -> None:
    """任何子件预警同时推送包抓人: notice, yellow card, promise passed; of other cases he hears nothing."""
    builders.accepted(office, staff, FOOD)
    project, (no,) = opened(office, staff, FOOD)
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    assert {each for each, _ in told(office, project)} == {no}
    assert {kind for _, kind in told(office, project)} == {"card", "overdue"}


def test_one_page_shows_all_cases_their_dates_and_what_blocks(
    office: Office, staff: Staff, sun: Actor
) -> None:
    project, numbers = opened(office, staff, FOOD, ADVERT)
    with office.look() as look:
        page = endeavours.project(look.db, project, look.calendar, look.at)
    assert [line.no for line in page.lines] == numbers
    assert (page.champion, page.running, page.late) == ("孙包抓", 2, 0)
    assert all(line.due_at and line.waits for line in page.lines)


def test_a_bundle_brings_its_members(office: Office, staff: Staff, sun: Actor, watch: Watch) -> None:
    with office.act(staff["manager"]) as act:
        project = champion.open_(act, "美食街", "孙包抓")
    no = builders.accepted(office, staff, "open_restaurant")
    do(office, staff["manager"], champion.join, no, project)
    watch.set("2027-03-01 09:00")
    worker.drain(office)
    assert set(builders.members(office, no).values()) & {each for each, _ in told(office, project)}


def test_the_next_champion_hears_what_comes_next(
    office: Office, staff: Staff, sun: Actor, watch: Watch
) -> None:
    project, _ = opened(office, staff, FOOD)
    builders.hired(office, "钱包抓")
    with office.act(sun) as act:
        champion.hand_to(act, project, "钱包抓")
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    with office.look() as look:
        mine = endeavours.unread(look.db, people_id(office, "钱包抓"))
        his = endeavours.unread(look.db, sun.id or 0)
    assert (mine > 0, his) == (True, 0)


def people_id(office: Office, login: str) -> int:
    with office.look() as look:
        return dict(people.user_ids(look.db))[login]


def test_read_is_read_and_closed_is_quiet(office: Office, staff: Staff, sun: Actor, watch: Watch) -> None:
    project, _ = opened(office, staff, FOOD)
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    with office.act(sun) as act:
        assert champion.read(act, project) > 0
        champion.close(act, project)
    before = told(office, project)
    watch.set("2026-12-31 09:00")
    worker.drain(office)
    assert told(office, project) == before


def test_managers_open_projects_and_others_do_not(office: Office, staff: Staff, sun: Actor) -> None:
    assert refused(office, staff["lin"], champion.open_, "项目", "孙包抓").code == "post.missing"
    unknown = refused(office, staff["manager"], champion.open_, "项目", "nobody")
    assert (unknown.code, unknown.field) == ("project.champion", "champion")
