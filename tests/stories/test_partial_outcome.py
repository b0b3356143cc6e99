"""部分办结 and milestones: what a bundle comes to by its own policy, and that no licence is taken back (R-BUN-7)."""

from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import do, entry, member, members, state, work
from tests.people import Staff

SELLS_FOOD = {"flags": {"sells_food": True}}


def test_one_denied_makes_it_partly_granted_and_takes_nothing_back(office: Office, staff: Staff) -> None:
    """R-BUN-7, 全部办结: the bookshop keeps its licence though the snack counter is denied."""
    no = builders.accepted(office, staff, "publication_shop", **SELLS_FOOD)
    retail, food = member(office, no, "publication_retail"), member(office, no, "food_operation_new")
    work(office, staff, retail)
    work(office, staff, food, decide="denied")
    work(office, staff, member(office, no, "public_place_hygiene"))
    assert (state(office, no), state(office, retail)) == ("granted_partly", "granted")
    assert entry(office, no, "decided")["reason"] == "全部办结：准予 2 项，不予 1 项"
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert (state(office, retail), entry(office, retail, "decided")["outcome"]) == ("delivered", "granted")


def test_the_milestone_is_enough_and_the_rest_goes_on(office: Office, staff: Staff) -> None:
    """R-BUN-7, 任一里程碑办结: with the projection licence the cinema is done; its sign is still being looked at."""
    no = builders.accepted(office, staff, "open_cinema", members=("shop_sign_filing",), **SELLS_FOOD)
    for key in ("individual_business", "fire_check", "public_place_hygiene", "film_projection"):
        work(office, staff, member(office, no, key))
    sign = member(office, no, "shop_sign_filing")
    assert (state(office, no), state(office, sign)) == ("granted", "accepted")
    assert builders.last_days(office, no) == {}  # the ten days begin when everything can be handed out
    builders.work_all(office, staff, no)
    assert (state(office, sign), "delivery" in builders.clocks(office, no)) == ("granted", True)


def test_who_may_be_left_out_does_not_decide(office: Office, staff: Staff) -> None:
    """R-BUN-7, 必办成员办结: the allowance is denied, the child has all its papers."""
    no = builders.accepted(office, staff, "newborn", members=("maternity_allowance",))
    for key in members(office, no):
        work(
            office,
            staff,
            member(office, no, key),
            decide="denied" if key == "maternity_allowance" else "granted",
        )
    builders.work_all(office, staff, no)
    assert (state(office, member(office, no, "maternity_allowance")), state(office, no)) == (
        "denied",
        "granted",
    )
