"""Serial numbers: each once, in order, none lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.domain.errors import NotNow
from engine.office import Office
from engine.store import cases


def _fail_after(number: int) -> None:
    raise NotNow(f"{number} was drawn, and then something went wrong")


def _next(office: Office, name: str) -> int:
    with office.database.transaction() as db:
        return cases.serial(db, name)


def test_each_counter_begins_with_one(office: Office) -> None:
    assert [_next(office, name) for name in ("a", "a", "b", "a")] == [1, 2, 1, 3]


def test_sixteen_threads_get_sixteen_numbers(office: Office) -> None:
    start = Barrier(16)

    def draw(_: int) -> int:
        start.wait()
        return _next(office, "case 20261123")

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(draw, range(16))) == list(range(1, 17))


def test_a_number_drawn_in_vain_is_given_again(office: Office) -> None:
    """A gap in the numbers would have to be explained to an auditor."""
    with pytest.raises(NotNow), office.database.transaction() as db:
        _fail_after(cases.serial(db, "a"))
    assert _next(office, "a") == 1
