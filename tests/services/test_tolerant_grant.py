"""A tolerant grant (容缺办结, R-TOL-7): decided first, the rest comes later, on a clock of its own."""

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import desk
from engine.store import cards, catalog, documents
from tests import builders
from tests.builders import bring, clocks, complete, do, entry, last_days, refusal, state, step
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"
FILM, CHARTER = "film_projection", "management-charter"


def _allow(office: Office, when: str = "decide", key: str = FOOD) -> None:
    """Let the matter be granted with a secondary material outstanding, for ten working days."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, key)
        rule = {**row.record["tolerance"], "when": when, "after": {"value": 10, "unit": "workday"}}
        catalog.publish(act.db, "matter", {**row.record, "tolerance": rule}, row.definition_id, act.at)


def _at_decision(office: Office, staff: Staff) -> str:
    _allow(office)
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    do(office, staff["lin"], desk.promise_after_grant, no, [RULES], consent=True)
    builders.work(office, staff, no, until="decide")
    return no


def _granted(office: Office, staff: Staff) -> str:
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"))
    return no


def test_it_is_granted_and_its_clock_begins(office: Office, staff: Staff) -> None:
    """R-TOL-7: its own state, its own clock beside delivery."""
    no = _granted(office, staff)
    days = last_days(office, no)
    assert (state(office, no), days["aftergrant"], days["delivery"]) == (
        "granted_tolerant", "2026-12-07", "2026-12-07",
    )  # fmt: skip
    assert "tolerance" not in clocks(office, no)


def test_what_comes_makes_it_whole(office: Office, staff: Staff) -> None:
    no = _granted(office, staff)
    bring(office, no, RULES)
    assert (state(office, no), "aftergrant" in clocks(office, no)) == ("granted", False)


def test_what_was_handed_out_is_still_owed(office: Office, staff: Staff, watch: Watch) -> None:
    no = _granted(office, staff)
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert (state(office, no), "aftergrant" in clocks(office, no)) == ("delivered", True)
    watch.pass_days(3)
    bring(office, no, RULES)
    assert (state(office, no), clocks(office, no)) == ("delivered", {})


def test_what_is_owed_outlives_a_flow_that_is_stopped(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-7: handed out while a manager was still to be urged, its flow ends, and the promise does not."""
    _allow(office, key=FILM)
    no = builders.apply(office, staff, FILM, lacking=(CHARTER,))
    do(office, staff["lin"], desk.tolerate, no, [CHARTER], None, consent=True)
    do(office, staff["lin"], desk.promise_after_grant, no, [CHARTER], consent=True)
    complete(office, staff, step(office, no, "inspect"))
    watch.pass_days(9)
    worker.drain(office)
    for node in ("review", "fire_opinion", "decide"):
        complete(office, staff, step(office, no, node))
    assert {task.stage for task in builders.open_tasks(office, no)} == {"deliver", "urge"}
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert (builders.open_tasks(office, no), set(clocks(office, no))) == ([], {"aftergrant"})


def test_what_does_not_come_gives_notice_of_revocation(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-7, R-DEC-2: revoking is a procedure of its own; this begins it, in writing, and is counted."""
    no = _granted(office, staff)
    watch.set("2026-12-08 00:00")
    worker.drain(office)
    assert state(office, no) == "granted_tolerant"
    no_of_paper = entry(office, no, "licence to be revoked")["document_no"]
    with office.look() as look:
        papers = {row.no: row.kind for row in documents.of_case(look.db, look.case(no).id)}
    assert papers[no_of_paper] == "revocation_notice"
    assert entry(office, no, "credit noted")["kind"] == "broken_promise"


def test_a_matter_that_does_not_allow_it_is_gated(office: Office, staff: Staff) -> None:
    """R-TOL-3: before the decision, everything."""
    _allow(office, "accept")
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    refused = refusal(office, staff["lin"], desk.promise_after_grant, no, [RULES], consent=True)
    assert refused.code == "tolerance.not-after-grant"


def test_without_the_promise_the_gate_names_the_way(office: Office, staff: Staff) -> None:
    _allow(office)
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    builders.work(office, staff, no, until="decide")
    refused = builders.task_refusal(office, staff, step(office, no, "decide"), "granted")
    assert (refused.code, "承诺办结后补交" in refused.message) == ("decision.gate", True)


def test_the_promise_is_voluntary(office: Office, staff: Staff) -> None:
    """R-TOL-1."""
    _allow(office)
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    refused = refusal(office, staff["lin"], desk.promise_after_grant, no, [RULES], consent=False)
    assert refused.code == "tolerance.consent"


def test_what_does_not_come_is_watched_but_no_red_card(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-7, rulebook §5: the applicant is late, not the department; it is told to act."""
    no = _granted(office, staff)
    watch.set("2026-12-08 00:00")
    worker.drain(office)
    with office.look() as look:
        given = [card for card in cards.of_case(look.db, look.case(no).id) if card.kind == "promise"]
    assert [card.level for card in given] == ["notice", "yellow"]
