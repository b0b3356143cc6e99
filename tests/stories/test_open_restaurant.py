"""开办餐饮店一件事: from one application at the window to one delivery."""

from engine import worker
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, desk
from engine.store import cases, journal
from tests import builders
from tests.builders import member, state, steps, work
from tests.conftest import Watch
from tests.people import Staff

BUNDLE = "open_restaurant"
EVERYTHING = {"members": ("tobacco_retail",), "flags": {"public_gathering_place": True}}


def test_one_corrected_one_tolerated_all_decided_one_delivery(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(
        office, staff, BUNDLE, lacking=("food-licence-application", "fire-safety-rules"), **EVERYTHING
    )
    food, fire = member(office, no, "food_operation_new"), member(office, no, "fire_check")
    with office.act(staff["lin"]) as act:
        desk.correct(act, act.take(cases.id_of(act.db, food)), {})
    with office.act(staff["lin"]) as act:
        desk.tolerate(act, act.take(cases.id_of(act.db, fire)), ["fire-safety-rules"], None, consent=True)
    with office.act(staff["lin"]) as act:
        desk.accept(act, act.take(cases.id_of(act.db, no)))
    assert state(office, no) == "accepted"
    assert state(office, food) == "correction"

    work(office, staff, member(office, no, "individual_business"))
    assert state(office, fire) == "accepted_tolerant"
    watch.pass_days(1)
    with office.act(staff["lin"]) as act:
        case = act.take(cases.id_of(act.db, food))
        applicant.supplement(act, case, [Handed("food-licence-application", Standing.RECEIVED)])
    with office.act(staff["lin"]) as act:
        desk.accept(act, act.take(cases.id_of(act.db, food)))
    assert state(office, food) == "accepted"

    watch.pass_days(1)
    with office.act(staff["lin"]) as act:
        case = act.take(cases.id_of(act.db, fire))
        applicant.supplement(act, case, [Handed("fire-safety-rules", Standing.RECEIVED)])
    for key in ("food_operation_new", "shop_sign_filing", "fire_check", "tobacco_retail"):
        work(office, staff, member(office, no, key))
        assert state(office, member(office, no, key)) == "granted"
    worker.drain(office)
    assert state(office, no) == "granted"
    assert steps(office, no) == ["deliver"]

    with office.act(staff["lin"]) as act:
        desk.deliver(act, act.take(cases.id_of(act.db, no)), "窗口领取", "王小满")
    assert {state(office, number) for number in (no, food, fire)} == {"delivered"}
    with office.look() as look:
        assert journal.broken(look.db) == []
