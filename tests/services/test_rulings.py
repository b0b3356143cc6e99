"""Decisions (决策) in the office: kept byte for byte, in force with the diagrams that ask them, never taken away."""

import pytest

from engine.domain.errors import Malformed
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.queries import diagrams, studio
from engine.services import designer, shelf
from engine.services.act import Act
from engine.store import definitions
from engine.store.db import Row
from tests.people import Staff
from tests.spiff.decisions import decision, source, table
from tests.spiff.diagrams import Diagram

SIZES = source(decision("size", table("area => size", '< 50 => "small"', '>= 50 => "large"')))


def asking(name: str = "shop", ref: str = "size") -> bytes:
    """begin → ask the size → look → done."""
    words = {"camunda__decisionRef": ref, "camunda__resultVariable": "size"}
    words["camunda__mapDecisionResult"] = "singleEntry"
    diagram = Diagram(name).start().element("businessRuleTask", "ask", **words).user("look").end()
    return diagram.path("begin", "ask", "look", "done").xml()


def publish(office: Office, source: bytes, key: str | None = None) -> Row:
    with office.act(CLOCK) as act:
        return shelf.keep(act, source, key, published=True)


def refusal(office: Office, source: bytes, key: str | None = None) -> Malformed:
    with pytest.raises(Malformed) as refused:
        publish(office, source, key)
    return refused.value


def test_a_decision_is_a_definition_of_its_own(office: Office, staff: Staff) -> None:
    with office.act(staff["designer"]) as act:
        row = designer.hand_in(act, SIZES)
        assert (row.kind, row.key, row.status, row.source) == ("decision", "size", "draft", SIZES)
        designer.publish(act, row.id)
    with office.look() as look:
        assert diagrams.version(look.db, "size").source == SIZES


def test_a_diagram_asks_what_is_in_force(office: Office) -> None:
    """A decision that nobody published is missed by the task that asks it."""
    refused = refusal(office, asking())
    assert (refused.code, refused.element) == ("definition.findings", "ask")
    assert refused.findings[0].code == "decision.unknown"
    size = publish(office, SIZES)
    with office.look() as look:
        shop = publish(office, asking())
        assert definitions.pinned(look.db, shop.id) == (size.id,)


def test_a_new_version_of_a_decision_is_a_new_version_of_what_asks_it(office: Office) -> None:
    publish(office, SIZES)
    first = publish(office, asking())
    newer = publish(office, SIZES + b"<!-- reviewed -->")
    with office.look() as look:
        second = definitions.current(look.db, "shop")
        assert second is not None
        assert (second.version, second.source) == (2, first.source)
        assert definitions.pinned(look.db, second.id) == (newer.id,)
        assert definitions.pinned(look.db, first.id) != (newer.id,)


def test_a_decision_that_is_asked_is_not_taken_away(office: Office) -> None:
    publish(office, SIZES, "sizes")
    publish(office, asking())
    other = source(decision("weight", table("area => weight", "- => 1")))
    refused = refusal(office, other, "sizes")
    assert (refused.code, refused.element) == ("decision.in-use", "ask")


def test_two_files_do_not_decide_the_same(office: Office) -> None:
    publish(office, SIZES, "sizes")
    assert refusal(office, SIZES, "more_sizes").findings[0].code == "decision.twice"


def test_a_key_is_of_one_kind(office: Office) -> None:
    assert refusal(office, SIZES, "standard").code == "definition.kind"


def test_a_faulty_table_is_kept_but_not_published(office: Office, staff: Staff) -> None:
    faulty = source(decision("size", table("area => size", '< 50 => "small', "> => 1")))
    with office.act(staff["designer"]) as act:
        row = designer.hand_in(act, faulty)
    cells = [finding["message"].partition("：")[0] for finding in row.findings]
    assert cells == ["决策“size”第 2 行“area”列", "决策“size”第 1 行“size”列"]
    with pytest.raises(Malformed) as refused, office.act(staff["designer"]) as act:
        designer.publish(act, row.id)
    assert refused.value.code == "definition.findings"


def test_a_decision_does_not_look_at_the_clock(office: Office) -> None:
    late = source(decision("late", table("today() > due => late", "true => 1")))
    assert refusal(office, late).findings[0].code == "decision.clock"


def test_a_draft_that_missed_its_decision_can_be_published_when_it_has_come(
    office: Office, staff: Staff
) -> None:
    with office.act(staff["designer"]) as act:
        draft = designer.hand_in(act, asking())
    assert [finding["code"] for finding in draft.findings] == ["decision.unknown"]
    publish(office, SIZES)
    with office.act(staff["designer"]) as act:
        assert definitions.get(act.db, draft.id).findings == []
        assert designer.publish(act, draft.id).status == "published"


def test_the_designer_sees_the_table_and_who_asks_it(office: Office) -> None:
    row = publish(office, SIZES)
    publish(office, asking())
    with office.look() as look:
        sheet = studio.sheet(look.db, row.id)
        shop = studio.sheet(look.db, definitions.in_force(look.db, definitions.Kind.DIAGRAM)[-1].id)
    (printed,) = sheet.tables
    assert (printed.corner, printed.rows[0]) == ("U", ("< 50", '"small"'))
    assert sheet.family.matters == ("办件",)
    assert shop.drawing.startswith("<svg")


def _two(act: Act, *sources: bytes) -> None:
    for each in sources:
        shelf.keep(act, each, None, published=True)


def test_what_was_undone_left_no_decision_behind(office: Office) -> None:
    """An act that fails after a decision came into force keeps none of it, in memory neither."""
    with pytest.raises(Malformed), office.act(CLOCK) as act:
        _two(act, SIZES, b"no diagram")
    assert refusal(office, asking()).findings[0].code == "decision.unknown"
