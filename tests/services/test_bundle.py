"""One thing (一件事): members that begin together or one after another, one set of materials, one outcome."""

from typing import Any

import pytest

from engine import worker
from engine.domain.bundle import Pickup
from engine.domain.errors import NotNow
from engine.domain.identity import APPLICANT
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.queries import tracking
from engine.services import applicant, desk, lifecycle
from engine.store import journal
from tests import builders
from tests.builders import bring, case_row, do, entry, member, members, refusal, state, step, steps
from tests.conftest import Watch
from tests.people import Staff

CINEMA = "open_cinema"
SHOP = "publication_shop"
SELLS_FOOD: dict[str, Any] = {"flags": {"sells_food": True}}


def _standing(office: Office, no: str, code: str) -> str:
    with office.look() as look:
        lines = lifecycle.lines(look, look.case(no))
        return str(next(line.standing for line in lines if line.requirement.code == code))


def test_members_that_begin_together_are_accepted_at_the_unified_moment(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-2: one acceptance is everybody's."""
    no = builders.apply(office, staff, SHOP, **SELLS_FOOD)
    watch.pass_days(1)
    do(office, staff["lin"], desk.accept, no)
    assert {state(office, m) for m in members(office, no).values()} == {"accepted"}
    assert {case_row(office, m).accepted_at for m in [no, *members(office, no).values()]} == {watch()}


def test_a_member_that_follows_is_accepted_when_it_is_told(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-2: the later department accepts on the notice of the earlier one; its days are counted from there."""
    no = builders.accepted(office, staff, "open_restaurant")
    food = member(office, no, "food_operation_new")
    assert state(office, food) == "received"
    watch.set("2026-11-26 14:00")
    builders.work(office, staff, member(office, no, "individual_business"))
    assert (state(office, food), case_row(office, food).accepted_at) == ("accepted", watch())
    assert builders.last_days(office, food)["promised"] == "2026-12-10"


def test_a_member_whose_turn_has_not_come_is_not_accepted_alone(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    food = member(office, no, "food_operation_new")
    assert refusal(office, staff["lin"], desk.accept, food).code == "bundle.not-its-turn"


def test_one_incomplete_member_holds_the_acceptance_up_and_is_named(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, SHOP, lacking=("publication-application",))
    refused = refusal(office, staff["lin"], desk.accept, no)
    assert (refused.code, "出版物零售" in refused.message) == ("bundle.member-incomplete", True)


def test_a_member_under_correction_joins_later(office: Office, staff: Staff, watch: Watch) -> None:
    """R-ACC-4: as of the day its file was complete, not of the notice it slept through."""
    no = builders.apply(office, staff, SHOP, lacking=("publication-application",))
    retail = member(office, no, "publication_retail")
    do(office, staff["lin"], desk.correct, retail, {})
    do(office, staff["lin"], desk.accept, no)
    assert (state(office, no), state(office, retail)) == ("accepted", "correction")
    watch.set("2026-11-26 10:00")
    bring(office, retail, "publication-application")
    completed = watch()
    watch.pass_days(1)
    do(office, staff["lin"], desk.accept, retail)
    assert (state(office, retail), case_row(office, retail).accepted_at) == ("accepted", completed)


def test_a_member_shown_to_the_window_is_due_from_its_own_notice(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-2, R-ACC-1: the five days begin when its turn comes, not on the day of application."""
    no = builders.accepted(office, staff, "start_enterprise")
    watch.set("2026-12-14 10:00")
    builders.work(office, staff, member(office, no, "company_setup"), decide="denied")
    seal = member(office, no, "seal_engraving")
    assert (state(office, seal), steps(office, seal)) == ("received", ["accept"])
    worker.drain(office)
    assert state(office, seal) == "received"
    assert builders.last_days(office, seal)["notice"] == "2026-12-21"
    assert step(office, seal, "accept").due_at == builders.clocks(office, seal)["notice"].due_at
    watch.set("2026-12-22 00:00")
    worker.drain(office)
    assert state(office, seal) == "accepted_deemed"
    assert case_row(office, seal).accepted_at == case_row(office, seal).noticed_at


def test_the_cinema_is_looked_at_ahead_of_its_turn(office: Office, staff: Staff) -> None:
    """R-BUN-3: film_projection works on everything else while fire and hygiene are still at it."""
    no = builders.accepted(office, staff, CINEMA)
    film = member(office, no, "film_projection")
    assert state(office, film) == "prereview_passed"
    assert steps(office, film) == ["inspect", "review", "fire_opinion"]
    builders.work(office, staff, film, until="decide")
    refused = builders.task_refusal(office, staff, step(office, film, "decide"), "granted")
    assert refused.code in {"case.wrong-state", "decision.gate"}


def test_it_decides_the_moment_the_results_are_there(office: Office, staff: Staff, watch: Watch) -> None:
    """R-BUN-3: 同步决定."""
    no = builders.accepted(office, staff, CINEMA)
    film = member(office, no, "film_projection")
    builders.work(office, staff, film, until="decide")
    for key in ("individual_business", "fire_check", "public_place_hygiene"):
        builders.work(office, staff, member(office, no, key))
    assert (state(office, film), _standing(office, film, "fire-check-opinion")) == ("accepted", "issued")
    builders.complete(office, staff, step(office, film, "decide"))
    assert state(office, film) == "granted"


def test_a_result_of_one_is_awaited_by_the_other_and_then_there(office: Office, staff: Staff) -> None:
    """R-BUN-5: produced certificates become materials."""
    no = builders.accepted(office, staff, "start_enterprise")
    seal = member(office, no, "seal_engraving")
    assert _standing(office, seal, "business-licence") == "awaited"
    builders.work(office, staff, member(office, no, "company_setup"))
    assert (_standing(office, seal, "business-licence"), state(office, seal)) == ("issued", "accepted")


def test_the_acceptance_notice_is_enough_for_the_sign(office: Office, staff: Staff) -> None:
    """R-BUN-4: 食品经营许可证或受理通知书."""
    flags = {"sells_food": True, "catering": True}
    no = builders.apply(office, staff, CINEMA, members=("shop_sign_filing",), flags=flags)
    sign = member(office, no, "shop_sign_filing")
    assert _standing(office, sign, "food-licence") == "awaited"
    do(office, staff["lin"], desk.accept, no)
    assert state(office, member(office, no, "food_operation_new")) == "accepted"
    assert _standing(office, sign, "food-licence") == "issued"


def test_granting_waits_for_a_result_that_never_comes(office: Office, staff: Staff) -> None:
    """R-BUN-3: the gate."""
    no = builders.accepted(office, staff, CINEMA)
    builders.work(office, staff, member(office, no, "fire_check"), decide="denied")
    builders.work(office, staff, member(office, no, "public_place_hygiene"))
    film = member(office, no, "film_projection")
    builders.work(office, staff, film, until="decide")
    assert _standing(office, film, "fire-check-opinion") == "missing"
    with pytest.raises(NotNow):
        builders.complete(office, staff, step(office, film, "decide"), "granted")


def test_nothing_is_asked_twice(office: Office, staff: Staff) -> None:
    """R-BUN-5: one shelf; what lies there for one member lies there for all."""
    no = builders.apply(office, staff, SHOP, **SELLS_FOOD)
    with office.look() as look:
        shelf = builders.cases.handed(look.db, look.case(no).id)
        for number in members(office, no).values():
            assert look.case(number).shelf == look.case(no).id
            assert builders.cases.handed(look.db, look.case(number).id) == {}
            assert {line.requirement.code for line in lifecycle.lines(look, look.case(number))} <= set(shelf)


def test_what_one_member_is_brought_answers_the_others_correction_too(office: Office, staff: Staff) -> None:
    """R-BUN-5: legal-person-id is asked for by all three and brought once."""
    no = builders.apply(office, staff, SHOP, lacking=("legal-person-id",), **SELLS_FOOD)
    numbers = members(office, no)
    for number in numbers.values():
        do(office, staff["lin"], desk.correct, number, {})
    bring(office, numbers["publication_retail"], "legal-person-id")
    assert {state(office, number) for number in numbers.values()} == {"corrected"}
    do(office, staff["lin"], desk.accept, no)
    assert {state(office, number) for number in numbers.values()} == {"accepted"}
    assert builders.incidents(office) == []


def test_what_two_members_lack_is_asked_for_by_one_of_them(office: Office, staff: Staff) -> None:
    """R-ACC-1, R-BUN-5: the other's notice says that it is the same paper, and the applicant sees it once."""
    no = builders.apply(office, staff, SHOP, lacking=("legal-person-id",), **SELLS_FOOD)
    retail, food = member(office, no, "publication_retail"), member(office, no, "food_operation_new")
    do(office, staff["lin"], desk.correct, retail, {})
    do(office, staff["lin"], desk.correct, food, {})
    assert "with" not in entry(office, retail, "correction asked")["items"][0]
    (item,) = entry(office, food, "correction asked")["items"]
    assert (item["with"], "提交一次即可" in item["remark"]) == ("出版物零售业务经营许可", True)
    with office.look() as look:
        seen = tracking.tracked(look.db, case_row(office, no).code, look.at, look.calendar)
    assert [todo.code for todo in seen.todos] == ["legal-person-id"]


def test_nothing_handed_in_is_no_supplement(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    retail = member(office, no, "publication_retail")
    assert refusal(office, APPLICANT, applicant.supplement, retail, []).code == "supplement.empty"


def test_the_shelf_is_filled_through_a_member_not_past_it(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, SHOP, lacking=("legal-person-id",))
    handed = [Handed("legal-person-id", Standing.RECEIVED)]
    assert refusal(office, APPLICANT, applicant.supplement, no, handed).code == "material.not-wanted"


def test_some_granted_some_denied_is_granted_partly(office: Office, staff: Staff) -> None:
    """R-BUN-7: no licence is rolled back."""
    no = builders.accepted(office, staff, SHOP, **SELLS_FOOD)
    builders.work(office, staff, member(office, no, "food_operation_new"), decide="denied")
    builders.work_all(office, staff, no)
    assert (state(office, no), steps(office, no)) == ("granted_partly", ["deliver"])
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert {state(office, m) for m in members(office, no).values()} == {"delivered"}


def test_all_denied_is_denied(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    for number in members(office, no).values():
        builders.work(office, staff, number, decide="denied")
    assert state(office, no) == "denied"


def test_the_bundle_is_decided_once_with_a_number_of_its_own(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    builders.work_all(office, staff, no)
    assert builders.acts(office, no).count("decided") == 1
    assert entry(office, no, "decided")["document_no"] == f"{no}-Z"


def test_a_second_notice_of_correction_does_not_start_a_second_clock(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.accepted(office, staff, "start_enterprise")
    builders.work(office, staff, member(office, no, "company_setup"), decide="denied")
    seal = member(office, no, "seal_engraving")
    do(office, staff["lin"], desk.correct, seal, {})
    watch.pass_days(1)
    bring(office, seal, "business-licence")
    with office.look() as look:
        running = builders.deadlines.running(look.db, look.case(seal).id)
    assert [row.clock for row in running].count("notice") == 1
    assert steps(office, seal) == ["accept"]


def test_a_choice_that_comes_too_late_hides_nothing(office: Office, staff: Staff) -> None:
    """R-BUN-7: the whole is withdrawn, and what was granted is handed out by itself, whatever letter comes after."""
    no = builders.accepted(office, staff, SHOP)
    retail = member(office, no, "publication_retail")
    builders.work(office, staff, retail)
    for service, word in ((applicant.choose_pickup, Pickup.TOGETHER), (applicant.withdraw, "不办了")):
        with office._transaction(APPLICANT, None, None) as act:
            service(act, act.case(no), word)
    with office.look() as look:
        waiting = journal.waiting(look.db, look.at, 50)
    for letter in reversed(waiting):
        office.deliver(letter)
    assert steps(office, retail) == ["deliver"]
    do(office, staff["lin"], desk.deliver, retail, "窗口领取", "王小满")


def test_a_letter_lost_with_the_process_is_delivered_by_the_worker(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """The letter lies in the table; only its reading was lost."""
    no = builders.apply(office, staff, SHOP)
    with office._transaction(staff["lin"], None, None) as act:
        desk.accept(act, act.case(no))
    assert state(office, member(office, no, "publication_retail")) == "received"
    watch.set("2026-11-23 09:01")
    worker.drain(office)
    assert state(office, member(office, no, "publication_retail")) == "accepted"
