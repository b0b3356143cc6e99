"""部门催办: who waits hurries whom he waits for, the lead hurries everybody, once a working day (R-BUN-1, §1.5)."""

from engine.office import Office
from engine.queries import figures, filters
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import colleague
from tests import builders
from tests.builders import do, entry, member, refusal
from tests.conftest import Watch
from tests.people import Staff


def test_who_waits_hurries_once_a_working_day(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, "open_cinema")
    fire, film = (
        member(office, no, "fire_check"),
        builders.authority(office, member(office, no, "film_projection")),
    )
    waiting = staff.of("approver", film)
    do(office, waiting, colleague.hurry, fire, "影院等着开业")
    assert entry(office, fire, "hurried")["words"] == "影院等着开业"
    watch.set("2026-11-23 17:00")
    assert refusal(office, waiting, colleague.hurry, fire).code == "hurry.again"
    watch.set("2026-11-24 09:00")
    do(office, waiting, colleague.hurry, fire)
    assert builders.acts(office, fire).count("hurried") == 2


def test_friday_and_saturday_are_one_day(office: Office, staff: Staff, watch: Watch) -> None:
    watch.set("2026-11-27 10:00")
    no = builders.accepted(office, staff, "open_restaurant")
    first = member(office, no, "individual_business")
    by = staff.of("approver", builders.authority(office, member(office, no, "shop_sign_filing")))
    do(office, by, colleague.hurry, first)
    watch.set("2026-11-28 10:00")
    assert refusal(office, by, colleague.hurry, first).code == "hurry.again"


def test_the_lead_hurries_everybody_and_a_stranger_nobody(office: Office, staff: Staff) -> None:
    """R-BUN-1: 牵头部门督促."""
    no = builders.accepted(office, staff, "open_restaurant")
    sign = member(office, no, "shop_sign_filing")
    do(office, staff.of("approver", "SCJG"), colleague.hurry, sign)
    assert entry(office, sign, "hurried")["by_org"] == "市场监督管理局"
    stranger = staff.of("approver", builders.authority(office, sign))
    assert refusal(office, stranger, colleague.hurry, sign).code == "hurry.not-waiting"


def test_it_is_counted_in_the_report(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    for key in ("shop_sign_filing", "shop_sign_filing"):
        sign = member(office, no, key)
    do(office, staff.of("approver", "SCJG"), colleague.hurry, sign)
    with office.look() as look:
        asked = Filters(reach=filters.reach(staff["manager"]))
        assert figures.tile(Counting(look.db, look.calendar, look.at, asked, look.at), "hurried").count == 1
