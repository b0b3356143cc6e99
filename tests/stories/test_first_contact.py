"""首问负责 (rulebook §1.1): who met it first answers for it to the end, whoever it is passed on to."""

from engine.domain.case import Channel
from engine.office import Office
from engine.queries import service
from engine.queries.counting import Counting
from engine.services import colleague, desk
from tests import builders
from tests.builders import case_row, do, hired
from tests.people import Staff

CATERING = "small_catering"


def _unfinished(office: Office, staff: Staff) -> dict[str, tuple[int, int, int]]:
    with office.look(staff["manager"]) as look:
        found = service.service(Counting(look.db, look.calendar, look.at)).contacts
    return {one.name: (one.accept, one.going, one.deliver) for one in found}


def test_passing_on_changes_nothing(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, CATERING)
    to = hired(office, "钱同事", role="chief")
    with office.act(staff["scjg.chief"]) as act:
        colleague.transfer(act, builders.open_tasks(office, no)[0].id, to.id or 0)
    assert case_row(office, no).first_contact_id == staff["lin"].id
    assert _unfinished(office, staff) == {"林窗口": (0, 1, 0)}


def test_of_an_online_application_it_is_whoever_answers_first(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, CATERING, channel=Channel.ONLINE)
    assert _unfinished(office, staff) == {"": (1, 0, 0)}
    do(office, staff["he"], desk.prereview, no, passed=True)
    do(office, staff["lin"], desk.accept, no)
    assert case_row(office, no).first_contact_id == staff["he"].id


def test_the_report_is_as_long_as_its_list(office: Office, staff: Staff) -> None:
    builders.apply(office, staff, "open_restaurant")
    builders.granted(office, staff, CATERING)
    done = builders.granted(office, staff, CATERING)
    do(office, staff["lin"], desk.deliver, done, "window", "王小满")
    assert _unfinished(office, staff) == {"林窗口": (1, 0, 1)}
    with office.look(staff["manager"]) as look:
        listed = service.behind(Counting(look.db, look.calendar, look.at), "first-contact", staff["lin"].id)
    assert len(listed.rows) == 2
