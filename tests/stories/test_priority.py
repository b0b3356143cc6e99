"""特殊群体优先 (rulebook §1.2): who is old, weak, sick, disabled, expecting or young goes first; nobody reads why."""

from engine.domain.identity import Actor
from engine.office import Office
from engine.queries import inbox, integrity, pools
from engine.services import approver, usher
from engine.store import assists
from tests import builders
from tests.builders import do, refusal
from tests.conftest import Watch
from tests.people import Staff

CATERING = "small_catering"


def _listed(office: Office, actor: Actor, cursor: str = "", limit: int = 50) -> inbox.Page:
    with office.look(actor) as look:
        view = pools.View.CLAIMABLE
        return inbox.items(look.db, actor, look.at, look.calendar, view, cursor=cursor, limit=limit)


def test_the_old_lady_is_seen_before_those_who_came_earlier(
    office: Office, staff: Staff, watch: Watch
) -> None:
    first = builders.accepted(office, staff, CATERING)
    hers = builders.accepted(office, staff, CATERING)
    do(office, staff["lin"], usher.prefer, hers, ["old"])
    page = _listed(office, staff["scjg.chief"])
    assert [item.case_no for item in page.items] == [hers, first]
    assert [chip.text for chip in page.items[0].chips] == ["优先"]


def test_but_never_before_what_is_late(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-1: whoever is overdue by law is seen to first."""
    late = builders.accepted(office, staff, CATERING)
    watch.set("2026-12-24 10:00")
    plain, hers = (builders.accepted(office, staff, CATERING) for _ in range(2))
    do(office, staff["lin"], usher.prefer, hers, ["expecting"])
    one = _listed(office, staff["scjg.chief"], limit=1)
    two = _listed(office, staff["scjg.chief"], one.cursor or "", limit=1)
    rest = _listed(office, staff["scjg.chief"], two.cursor or "")
    assert [item.case_no for page in (one, two, rest) for item in page.items] == [late, hers, plain]


def test_every_later_step_goes_first_too_and_the_members_of_a_bundle(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    do(office, staff["lin"], usher.prefer, no, ["disabled"])
    do(office, staff["lin"], builders.desk.accept, no)
    waiting = [t for each in builders.members(office, no).values() for t in builders.open_tasks(office, each)]
    assert {task.first for task in waiting} == {True}


def test_why_stands_in_no_journal_and_is_the_intakes_alone(office: Office, staff: Staff) -> None:
    """PIPL 28: sensitive personal data, seen only where needed."""
    no = builders.apply(office, staff, CATERING)
    do(office, staff["lin"], usher.prefer, no, ["sick"])
    assert "sick" not in str(builders.entry(office, no, "goes first"))
    with office.look() as look:
        assert assists.groups_of(look.db, look.case(no).id) == ("sick",)
    assert refusal(office, staff["scjg.chief"], usher.prefer, no, []).code == "post.missing"
    do(office, staff["lin"], usher.prefer, no, [])
    with office.look() as look:
        assert assists.groups_of(look.db, look.case(no).id) == ()


def test_going_first_holds_when_somebody_has_claimed_it(office: Office, staff: Staff) -> None:
    plain, hers = (builders.accepted(office, staff, CATERING) for _ in range(2))
    chief = staff["scjg.chief"]
    for no in (plain, hers):
        with office.act(chief) as act:
            approver.claim(act, builders.open_tasks(office, no)[0].id)
    do(office, staff["lin"], usher.prefer, hers, ["old"])
    with office.look(chief) as look:
        mine = inbox.items(look.db, chief, look.at, look.calendar, pools.View.MINE)
    assert [item.case_no for item in mine.items] == [hers, plain]


def test_the_record_is_checked_against_the_mark(office: Office, staff: Staff) -> None:
    """``lianban verify``: nobody goes first without a reason on record."""
    no = builders.apply(office, staff, CATERING)
    do(office, staff["lin"], usher.prefer, no, ["old"])
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []
    with office.database.transaction() as db:
        assists.prefer(db, builders.case_row(office, no).id, [], office.now(), None)
    with office.look() as look:
        assert [fault.code for fault in integrity.faults(look.db)] == ["priority.unmarked"]
