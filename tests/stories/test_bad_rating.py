"""A bad rating (差评): who really did it answers, a colleague puts it right in time, the applicant is asked again."""

import pytest

from engine import worker
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, Actor
from engine.domain.rating import About, Ground, Level, Occasion, Step
from engine.office import Office
from engine.services import appraising, rectifying
from engine.services.appraising import Said
from engine.store import cards, cases, ratings
from engine.store.db import Row
from tests import builders
from tests.builders import do
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
SLOW = Said(Level.BAD, words="窗口让我跑了三趟")


def rated(office: Office, staff: Staff, said: Said = SLOW) -> tuple[str, int]:
    """A case that is granted and rated by its applicant: its number, the rating's id."""
    no = builders.granted(office, staff, FOOD)
    return no, do(office, APPLICANT, appraising.rate, no, said).id


def loop(office: Office, rating_id: int) -> Row:
    with office.look() as look:
        row = ratings.rectification(look.db, rating_id)
    assert row is not None
    return row


def put_right(office: Office, by: Actor, rating_id: int, level: int | None = 4) -> None:
    """核实、整改、回访、测评, one after the other."""
    for step, words in ((rectifying.verify, "已电话核实"), (rectifying.rectify, "已培训并致歉")):
        with office.act(by) as act:
            step(act, rating_id, words)
    with office.act(by) as act:
        rectifying.call(act, rating_id, "已回访", reached=True)
    with office.act(by) as act:
        rectifying.survey(act, rating_id, level)


def refused(office: Office, by: Actor, rating_id: int) -> str:
    with pytest.raises(Refused) as refusal, office.act(by) as act:
        rectifying.verify(act, rating_id, "已核实")
    return refusal.value.code


def test_it_is_assigned_to_whoever_decided_with_a_day_to_call_and_fifteen_to_mend(
    office: Office, staff: Staff
) -> None:
    """R-EV-2, §7: real name, one working day; rectification fifteen."""
    no, rating_id = rated(office, staff)
    with office.look() as look:
        row = ratings.get(look.db, rating_id)
    assert (builders.org_code(office, row.org_id), row.handler_id) == ("SCJG", staff.of("leader", "SCJG").id)
    days = builders.last_days(office, no)
    assert (days["contact"], days["rectify"]) == ("2026-11-24", "2026-12-14")


def test_a_colleague_closes_the_loop_and_never_who_did_it_himself(office: Office, staff: Staff) -> None:
    """§1.5: 核实 → 整改 → 回访 → 测评."""
    no, rating_id = rated(office, staff)
    assert refused(office, staff.of("leader", "SCJG"), rating_id) == "rating.own"
    assert refused(office, staff.of("chief", "CGJ"), rating_id) == "post.missing"
    put_right(office, staff.of("chief", "SCJG"), rating_id)
    row = loop(office, rating_id)
    assert (row.step, row.satisfaction, row.reached) == (Step.CLOSED, 4, True)
    assert not {"contact", "rectify"} & set(builders.clocks(office, no))


def test_who_is_still_not_satisfied_has_it_put_right_once_more(office: Office, staff: Staff) -> None:
    _, rating_id = rated(office, staff)
    put_right(office, staff.of("chief", "SCJG"), rating_id, level=1)
    assert loop(office, rating_id).step == Step.RECTIFY
    for step in (rectifying.rectify,):
        with office.act(staff.of("chief", "SCJG")) as act:
            step(act, rating_id, "再次整改")
    with office.act(staff.of("chief", "SCJG")) as act:
        rectifying.call(act, rating_id, "已回访", reached=True)
    with office.act(staff.of("chief", "SCJG")) as act:
        rectifying.survey(act, rating_id, 1)
    assert loop(office, rating_id).step == Step.CLOSED


def test_an_answer_that_comes_too_late_earns_its_card(office: Office, staff: Staff, watch: Watch) -> None:
    """R-EV-2: 超期同样发牌; the contact clock is over the day after."""
    no, _ = rated(office, staff)
    watch.set("2026-11-25 09:00")
    worker.drain(office)
    with office.look() as look:
        given = cards.of_case(look.db, cases.id_of(look.db, no))
    assert [(card.kind, card.level) for card in given] == [("complaint", "notice"), ("complaint", "red")]


def test_a_mistaken_rating_is_overturned_by_a_second_person_and_no_longer_counts(
    office: Office, staff: Staff
) -> None:
    """§7: 误评、恶意评价可申诉复核."""
    no, rating_id = rated(office, staff)
    with office.act(staff["manager"]) as act:
        rectifying.appeal(act, rating_id, Ground.MISTAKEN, "评的是另一件事")
    with pytest.raises(Refused) as refusal, office.act(staff["manager"]) as act:
        rectifying.review(act, rating_id, "属实", overturn=True)
    assert refusal.value.code == "rating.same-person"
    with office.act(staff["leader"]) as act:
        rectifying.review(act, rating_id, "属实", overturn=True)
    assert loop(office, rating_id).step == Step.OVERTURNED
    assert not {"contact", "rectify"} & set(builders.clocks(office, no))


def test_once_for_each_occasion_and_changed_within_a_day_only(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """一事一评: the second replaces the first, and a bad one taken back ends its rectification."""
    no = builders.granted(office, staff, FOOD)
    receipt = do(office, APPLICANT, appraising.rate, no, SLOW)
    again = do(office, APPLICANT, appraising.rate, no, Said(Level.GOOD), receipt.secret)
    assert (again, loop(office, receipt.id).step) == (receipt, Step.WITHDRAWN)
    watch.pass_days(1)
    for secret in (receipt.secret, "", "another"):
        late = builders.refusal(office, APPLICANT, appraising.rate, no, Said(Level.VERY_GOOD), secret)
        assert late.code == "rating.twice"


def test_at_the_window_each_visit_is_rated_and_the_clerk_answers(office: Office, staff: Staff) -> None:
    """一次一评: by 效率、水平、态度; nobody who is signed in rates for him."""
    no = builders.accepted(office, staff, FOOD)
    said = Said(Level.VERY_BAD, Occasion.INTAKE, About.INTAKE, {"manner": 1})
    assert builders.refusal(office, staff["lin"], appraising.rate, no, said).code == "rating.not-applicant"
    rating_id = do(office, APPLICANT, appraising.rate, no, said).id
    with office.look() as look:
        row = ratings.get(look.db, rating_id)
    assert (builders.org_code(office, row.org_id), row.handler_id) == ("HALL", staff["lin"].id)
    assert builders.refusal(office, APPLICANT, appraising.rate, no, SLOW).code == "rating.too-early"


def test_nothing_waits_for_a_rating(office: Office, staff: Staff) -> None:
    """R-EV-3: never forced, no condition of delivery; and delivery leaves the rectification running."""
    no = builders.granted(office, staff, FOOD)
    do(office, staff["lin"], builders.desk.deliver, no, "window", "王小满")
    assert builders.state(office, no) == "delivered"
    no, _ = rated(office, staff)
    do(office, staff["lin"], builders.desk.deliver, no, "window", "王小满")
    assert set(builders.clocks(office, no)) == {"contact", "rectify"}
