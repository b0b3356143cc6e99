"""What cases say to one another: messages in a bundle, signals to all, errors and escalations to the caller."""

from typing import Any

import pytest

from engine import worker
from engine.domain.errors import Halted, Incomplete, Malformed, NotNow, NotYours, Refused
from engine.office import Office
from engine.services import herald
from engine.store import journal
from tests import builders, drawings
from tests.builders import acts, complete, entry, member, state, step, steps, troubles
from tests.conftest import Watch
from tests.drawings import event, words
from tests.people import Staff
from tests.spiff.diagrams import Diagram

SHOP, RETAIL, HYGIENE, FOOD = (
    "publication_shop",
    "publication_retail",
    "public_place_hygiene",
    "food_operation_new",
)


def says(kind: str, name: str = "ready") -> Diagram:
    """A matter whose review may say something on its way to the decision."""
    drawn = drawings.ways("say").element("intermediateThrowEvent", "say", event(kind, name))
    return drawn.head(words((kind, name))).path("say", "decide")


def waits(kind: str, name: str = "ready") -> Diagram:
    """A matter whose review is left when it is told something: the leader decides at once."""
    drawn = drawings.ways().element("boundaryEvent", "told", event(kind, name), attachedToRef="review")
    return drawn.head(words((kind, name))).path("told", "decide")


def shop(
    office: Office, staff: Staff, retail: Diagram, hygiene: Diagram, whole: Diagram | None = None
) -> str:
    """An accepted bundle of two members, drawn by the test."""
    for key, drawn in ((RETAIL, retail), (HYGIENE, hygiene), (SHOP, whole)):
        if drawn is not None:
            builders.redraw(office, staff, key, drawn.xml())
    return builders.accepted(office, staff, SHOP)


def review(office: Office, staff: Staff, no: str, outcome: str = "pass") -> None:
    complete(office, staff, step(office, no, "review"), outcome)


# --- messages


def test_a_message_reaches_the_sibling_that_waits_for_it(office: Office, staff: Staff) -> None:
    no = shop(office, staff, says("message"), waits("message"))
    review(office, staff, member(office, no, RETAIL), "say")
    hygiene = member(office, no, HYGIENE)
    assert steps(office, hygiene) == ["decide"]
    assert entry(office, hygiene, "heard")["name"] == "ready"
    assert entry(office, member(office, no, RETAIL), "said")["to"] == 1


def test_it_does_not_leave_the_bundle(office: Office, staff: Staff) -> None:
    first = shop(office, staff, says("message"), waits("message"))
    second = builders.accepted(office, staff, SHOP)
    review(office, staff, member(office, first, RETAIL), "say")
    assert steps(office, member(office, first, HYGIENE)) == ["decide"]
    assert steps(office, member(office, second, HYGIENE)) == ["review"]


def listening() -> Diagram:
    """A bundle whose window is shown what its members say."""
    drawn = drawings.bundle(RETAIL, HYGIENE).head(words(("message", "ready")))
    drawn.element(
        "boundaryEvent", "told", event("message", "ready"), attachedToRef=HYGIENE, cancelActivity="false"
    )
    return drawn.user("note", "知悉").end("noted").path("told", "note", "noted")


def test_the_caller_hears_a_message_too_and_is_the_only_one(office: Office, staff: Staff) -> None:
    no = shop(office, staff, says("message"), waits("message"), listening())
    review(office, staff, member(office, no, RETAIL), "say")
    assert "note" in steps(office, no)
    assert steps(office, member(office, no, HYGIENE)) == ["review"]


def test_who_waits_no_more_passes_it_on(office: Office, staff: Staff, watch: Watch) -> None:
    """A message is for one; between writing and reading the letter the first has moved on."""
    no = shop(office, staff, says("message"), waits("message"), listening())
    retail, hygiene = member(office, no, RETAIL), member(office, no, HYGIENE)
    ids = {key: builders.case_row(office, key).id for key in (no, retail, hygiene)}
    review(office, staff, hygiene)
    data = {"entries": [{"kind": "message", "name": "ready", "then": [ids[no]]}], "hops": 0}
    with office.database.transaction() as db:
        letter = {"from_id": ids[retail], "to_id": ids[hygiene], "topic": "said", "seq": 900}
        journal.post(db, [{**letter, "data": data, "at": office.now()}])
    watch.set("2026-11-23 09:00:02")
    worker.drain(office)
    watch.set("2026-11-23 09:00:04")
    worker.drain(office)
    assert "passed by" in acts(office, hygiene)
    assert entry(office, no, "heard")["name"] == "ready"


def test_a_message_nobody_waits_for_is_only_written_down(office: Office, staff: Staff) -> None:
    no = shop(office, staff, says("message"), drawings.ways())
    review(office, staff, member(office, no, RETAIL), "say")
    assert entry(office, member(office, no, RETAIL), "said")["to"] == 0
    assert troubles(office) == []


# --- signals


def test_a_signal_reaches_every_running_case_that_listens(office: Office, staff: Staff) -> None:
    builders.redraw(office, staff, FOOD, waits("signal").xml())
    builders.redraw(office, staff, RETAIL, says("signal").xml())
    listening = [builders.accepted(office, staff, FOOD) for _ in range(2)]
    late = builders.accepted(office, staff, FOOD)
    review(office, staff, late)
    speaker = builders.accepted(office, staff, RETAIL)
    review(office, staff, speaker, "say")
    assert [steps(office, no) for no in listening] == [["decide"], ["decide"]]
    assert ("heard" in acts(office, late), entry(office, speaker, "said")["to"]) == (False, 2)


def test_it_is_heard_once_however_often_the_post_is_delivered(office: Office, staff: Staff) -> None:
    builders.redraw(office, staff, FOOD, waits("signal").xml())
    builders.redraw(office, staff, RETAIL, says("signal").xml())
    listening, speaker = builders.accepted(office, staff, FOOD), builders.accepted(office, staff, RETAIL)
    review(office, staff, speaker, "say")
    with office.look() as look:
        everything = look.db.execute(journal.letters.select()).all()
    for letter in everything:
        office.deliver(letter)
    assert acts(office, listening).count("heard") == 1


def test_a_talk_without_end_is_stopped_and_told(office: Office, staff: Staff, watch: Watch) -> None:
    """Two matters that answer one another's signal for ever."""
    for key, hears, answers in ((FOOD, "ping", "pong"), (RETAIL, "pong", "ping")):
        drawn = drawings.ways().head(words(("signal", "ping"), ("signal", "pong")))
        drawn.element(
            "boundaryEvent", "told", event("signal", hears), attachedToRef="review", cancelActivity="false"
        )
        drawn.element("endEvent", "answer", event("signal", answers)).path("told", "answer")
        builders.redraw(office, staff, key, drawn.xml())
        builders.accepted(office, staff, key)
    builders.redraw(office, staff, HYGIENE, says("signal", "ping").xml())
    review(office, staff, builders.accepted(office, staff, HYGIENE), "say")
    (found,) = troubles(office)
    assert (found.source, found.code) == ("letter", "budget.hops")


# --- errors and escalations


def raises(kind: str) -> Diagram:
    """A matter whose review may end in an error, or escalate and go on to the decision."""
    drawn = drawings.ways("fake").head(words((kind, "fake")))
    tag = "endEvent" if kind == "error" else "intermediateThrowEvent"
    drawn.element(tag, "fake", event(kind, "fake"))
    return drawn if kind == "error" else drawn.path("fake", "decide")


def catching(kind: str, **more: Any) -> Diagram:
    """A bundle that catches what the retail member raises: the window is to look into it."""
    drawn = drawings.bundle(RETAIL, HYGIENE).head(words((kind, "fake")))
    drawn.element("boundaryEvent", "caught", event(kind, "fake"), attachedToRef=RETAIL, **more)
    return drawn.user("rescue", "核实").path("caught", "rescue", f"{RETAIL}-done")


def test_an_error_of_a_member_is_caught_by_its_call(office: Office, staff: Staff) -> None:
    no = shop(office, staff, raises("error"), drawings.ways(), catching("error"))
    retail, hygiene = member(office, no, RETAIL), member(office, no, HYGIENE)
    review(office, staff, retail, "fake")
    assert (state(office, retail), builders.case_row(office, retail).closed_at) == (
        "acceptance_revoked",
        office.now(),
    )
    assert (builders.open_tasks(office, retail), builders.clocks(office, retail)) == ([], {})
    assert steps(office, no) == ["rescue"]
    assert entry(office, no, "raised")["code"] == "fake"
    complete(office, staff, step(office, no, "rescue"), "done")
    builders.work(office, staff, hygiene)
    assert (state(office, no), troubles(office)) == ("granted_partly", [])


def test_an_escalation_stops_nothing(office: Office, staff: Staff) -> None:
    whole = drawings.bundle(RETAIL, HYGIENE).head(words(("escalation", "fake")))
    whole.element(
        "boundaryEvent", "caught", event("escalation", "fake"), attachedToRef=RETAIL, cancelActivity="false"
    )
    whole.user("rescue", "核实").end("looked").path("caught", "rescue", "looked")
    no = shop(office, staff, raises("escalation"), drawings.ways(), whole)
    review(office, staff, member(office, no, RETAIL), "fake")
    assert steps(office, member(office, no, RETAIL)) == ["decide"]
    assert (steps(office, no), troubles(office)) == (["rescue"], [])


def test_an_error_nobody_catches_undoes_the_act_and_is_an_incident(office: Office, staff: Staff) -> None:
    no = shop(office, staff, raises("error"), drawings.ways())
    retail = member(office, no, RETAIL)
    with pytest.raises(Halted) as refused:
        review(office, staff, retail, "fake")
    assert (refused.value.code, refused.value.element) == ("event.uncaught", "fake")
    assert (steps(office, retail), state(office, retail)) == (["review"], "accepted")
    assert [(each.source, each.code, each.element) for each in troubles(office)] == [
        ("act", "event.uncaught", "fake")
    ]


def test_an_escalation_nobody_catches_goes_on_and_is_an_incident(office: Office, staff: Staff) -> None:
    builders.redraw(office, staff, FOOD, raises("escalation").xml())
    no = builders.accepted(office, staff, FOOD)
    review(office, staff, no, "fake")
    assert steps(office, no) == ["decide"]
    (found,) = troubles(office)
    assert (found.source, found.code, found.element) == ("event", "event.uncaught", "fake")


# --- conditional events


def test_a_condition_that_becomes_true_is_noticed(office: Office, staff: Staff) -> None:
    """Two branches: what one ends with interrupts the other."""
    drawn = (
        drawings.matter()
        .gate("parallel", "fork", "join")
        .user("visit", "核查", role="inspector", outcomes="ok=好;bad=坏")
    )
    said = '<bpmn:condition>visit = "bad"</bpmn:condition>'
    when = f"<bpmn:conditionalEventDefinition id='c'>{said}</bpmn:conditionalEventDefinition>"
    drawn.element("boundaryEvent", "stop", when, attachedToRef="review").gate("exclusive", "either")
    drawn.path("accept", "fork").path("fork", "review", "either", "join").path("fork", "visit", "join").path(
        "stop", "either"
    )
    builders.redraw(office, staff, FOOD, drawn.path("join", "decide").xml())
    no = builders.accepted(office, staff, FOOD)
    complete(office, staff, step(office, no, "visit"), "bad")
    assert steps(office, no) == ["decide"]


# --- told from outside


def tell(office: Office, by: Any, name: str = "ready", no: str | None = None, **more: Any) -> str:
    with office.act(by) as act:
        return herald.message(act, name, no, **more).no


def test_a_message_from_outside_reaches_the_case_named_with_what_it_brings(
    office: Office, staff: Staff
) -> None:
    drawn = waits("message").gate("exclusive", "which").user("pay", "缴费")
    drawn.flows[:] = [flow for flow in drawn.flows if flow[1] != "told"]
    drawn.path("told", "which").path("which", "pay", when="owed > 0").path("which", "decide", default=True)
    builders.redraw(office, staff, FOOD, drawn.path("pay", "decide").xml())
    first, second = (builders.accepted(office, staff, FOOD) for _ in range(2))
    tell(office, staff["scjg.approver"], no=first, flags={"owed": 3})
    assert (steps(office, first), steps(office, second)) == (["pay"], ["review"])
    assert entry(office, first, "told")["flags"] == {"owed": 3}


def test_without_a_name_it_reaches_the_only_one_that_waits(office: Office, staff: Staff) -> None:
    builders.redraw(office, staff, FOOD, waits("message").xml())
    no = builders.accepted(office, staff, FOOD)
    assert tell(office, staff["manager"]) == no
    for _ in range(2):
        builders.accepted(office, staff, FOOD)
    with pytest.raises(NotNow) as refused:
        tell(office, staff["manager"])
    assert refused.value.code == "message.ambiguous"


def test_it_begins_a_case_only_with_an_application(office: Office, staff: Staff) -> None:
    begins = drawings.matter(begins=False).head(words(("message", "died"))).path("accept", "review", "decide")
    begins.elements[:] = [each for each in begins.elements if each[1] != "begin"]
    begins.element("startEvent", "begin", event("message", "died")).path("begin", "accept")
    builders.redraw(office, staff, FOOD, begins.xml())
    with pytest.raises(Incomplete) as refused:
        tell(office, staff["lin"], "died")
    assert refused.value.code == "message.application"
    applied = builders.application(office, FOOD)
    no = tell(office, staff["lin"], "died", applied=applied, flags={"reported": True})
    assert (steps(office, no), builders.case_row(office, no).flags["reported"]) == (["accept"], True)
    with pytest.raises(Malformed):
        tell(office, staff["lin"], "died", applied=builders.application(office, "tobacco_retail"))


def test_a_message_of_another_case_begins_none(office: Office, staff: Staff) -> None:
    begins = (
        drawings.matter(begins=False).head(words(("message", "ready"))).path("accept", "review", "decide")
    )
    begins.elements[:] = [each for each in begins.elements if each[1] != "begin"]
    begins.element("startEvent", "begin", event("message", "ready")).path("begin", "accept")
    builders.redraw(office, staff, FOOD, begins.xml())
    no = shop(office, staff, says("message"), drawings.ways())
    before = len(builders.everything(office)["cases"])
    review(office, staff, member(office, no, RETAIL), "say")
    assert len(builders.everything(office)["cases"]) == before


@pytest.mark.parametrize(
    ("by", "name", "flags", "kind"),
    [("mzj.approver", "ready", {}, NotYours), ("scjg.approver", "unknown", {}, NotNow),
     ("scjg.approver", "ready", {"review": "pass"}, Malformed),
     ("scjg.approver", "ready", {"in_bundle": True}, Malformed),
     ("scjg.approver", "ready", {"x": [1]}, Malformed)],
)  # fmt: skip
def test_not_by_strangers_nor_in_vain_nor_in_place_of_a_person(
    office: Office, staff: Staff, by: str, name: str, flags: dict[str, Any], kind: type[Refused]
) -> None:
    builders.redraw(office, staff, FOOD, waits("message").xml())
    no = builders.accepted(office, staff, FOOD)
    before = builders.everything(office)
    with pytest.raises(kind):
        tell(office, staff[by], name, no, flags=flags)
    assert (builders.everything(office), troubles(office)) == (before, [])
