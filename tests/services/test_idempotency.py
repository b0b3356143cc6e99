"""The same command twice has one effect and one answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.domain.errors import AlreadyDone, Incomplete, Malformed
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import applicant
from tests import builders
from tests.people import Staff

FOOD = "food_operation_new"


def _apply(office: Office, by: Actor, key: str, **command: Any) -> str:
    asked = builders.application(office, FOOD)
    with office.act(by, key, {"matter": FOOD} | command) as act:
        act.answer = {"no": applicant.apply(act, asked).no}
        return str(act.answer["no"])


def test_the_second_time_the_first_answer_is_given(office: Office, staff: Staff) -> None:
    no = _apply(office, staff["lin"], "k1")
    before = builders.everything(office)
    with pytest.raises(AlreadyDone) as done:
        _apply(office, staff["lin"], "k1")
    assert done.value.answer == {"no": no}
    assert builders.everything(office) == before


def test_another_key_is_another_command(office: Office, staff: Staff) -> None:
    assert _apply(office, staff["lin"], "k1") != _apply(office, staff["lin"], "k2")


def test_the_same_key_for_something_else_is_a_mistake(office: Office, staff: Staff) -> None:
    _apply(office, staff["lin"], "k1")
    with pytest.raises(Malformed) as refused:
        _apply(office, staff["lin"], "k1", phone="13800000009")
    assert refused.value.code == "idempotency.mismatch"


def test_a_key_is_its_owners(office: Office, staff: Staff) -> None:
    assert _apply(office, staff["lin"], "k1") != _apply(office, staff["he"], "k1")


def test_a_command_that_was_refused_may_be_tried_again(office: Office, staff: Staff) -> None:
    with pytest.raises(Incomplete), office.act(staff["lin"], "k1", {"matter": FOOD}):
        raise Incomplete("缺材料")
    assert _apply(office, staff["lin"], "k1")


def test_four_who_press_at_once_make_one_case(office: Office, staff: Staff) -> None:
    def press(_: int) -> str:
        try:
            return _apply(office, staff["lin"], "k1")
        except AlreadyDone as done:
            return str(done.answer["no"])

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(press, range(4)))) == 1
    with office.look() as look:
        assert (
            look.db.scalar(builders.sa.select(builders.sa.func.count()).select_from(builders.cases.cases))
            == 1
        )
