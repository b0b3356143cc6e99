"""A diagram is held against the catalogue when it is drafted, and does not pass it when published (§1.1, R-BUN-9)."""

from typing import Any

import pytest

from engine.domain.errors import Malformed
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import designer, drawings
from engine.store import catalog
from engine.store.db import Row
from tests.diagrams import shelf
from tests.people import Staff
from tests.spiff.diagrams import Diagram

FOOD, RESTAURANT = "food_operation_new", "open_restaurant"


def _draft(office: Office, staff: Staff, key: str, *changes: tuple[str, str]) -> Row:
    source = shelf.drawing(key).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new, 1)
    with office.act(staff["designer"]) as act:
        return designer.hand_in(act, source.encode(), key)


def _told(row: Row) -> set[tuple[str, str, str | None]]:
    return {(each["level"], each["code"], each["element"]) for each in row.findings}


def _refused(office: Office, staff: Staff, draft: Row) -> Malformed:
    with pytest.raises(Malformed) as refused, office.act(staff["designer"]) as act:
        designer.publish(act, draft.id)
    return refused.value


def test_a_step_the_catalogue_does_not_list_is_not_published(office: Office, staff: Staff) -> None:
    """§1.1 不得额外增加办理环节。"""
    draft = _draft(
        office, staff, FOOD, ('id="inspect" name', 'id="inspect2" name'), *_refer("inspect", "inspect2")
    )
    assert ("error", "matter.extra-step", "inspect2") in _told(draft)
    assert _refused(office, staff, draft).element == "inspect2"


def _refer(old: str, new: str) -> list[tuple[str, str]]:
    """Every reference to an element that is renamed."""
    source = shelf.drawing(FOOD).read_text(encoding="utf-8")
    places = (
        'sourceRef="{}"',
        'targetRef="{}"',
        'attachedToRef="{}"',
        'bpmnElement="{}"',
        ">{}</bpmn:flowNodeRef>",
    )
    return [
        (place.format(old), place.format(new))
        for place in places
        for _ in range(source.count(place.format(old)))
    ]


def test_a_condition_on_what_nobody_knows_is_told_and_published(office: Office, staff: Staff) -> None:
    draft = _draft(office, staff, FOOD, ('channel = "online"', 'chanel = "online"'))
    assert [(level, code) for level, code, _ in _told(draft) if code.startswith("expr")] == [
        ("warning", "expr.unknown-field")
    ]
    with office.act(staff["designer"]) as act:
        designer.publish(act, draft.id)


def test_diagrams_that_call_each_other_for_ever_are_not_published(office: Office, staff: Staff) -> None:
    """The bundle in force calls this matter, and the matter is now to call the bundle."""
    diagram = Diagram(FOOD).start().call("again", RESTAURANT).end().path("begin", "again", "done")
    with office.act(staff["designer"]) as act:
        draft = designer.hand_in(act, diagram.xml(), FOOD)
    assert ("error", "bpmn.cyclic-call", "again") in _told(draft)
    assert _refused(office, staff, draft).element == "again"


def _agree(office: Office, key: str, **changes: Any) -> None:
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, key)
        drawings.must_agree(act, {**row.record, **changes}, row.definition_id)


def test_a_bundle_promises_no_less_than_its_longest_chain(office: Office) -> None:
    """R-BUN-9."""
    _agree(office, RESTAURANT)
    with pytest.raises(Malformed) as refused:
        _agree(office, RESTAURANT, promised_limit={"value": 9, "unit": "workday"})
    assert [each.code for each in refused.value.findings] == ["bundle.short-promise"]


def test_a_member_does_not_outrun_the_promise_of_its_bundle(office: Office) -> None:
    """R-BUN-9."""
    _agree(office, FOOD)
    with pytest.raises(Malformed) as refused:
        _agree(office, FOOD, promised_limit={"value": 11, "unit": "workday"})
    assert "开办餐饮店一件事" in refused.value.message
