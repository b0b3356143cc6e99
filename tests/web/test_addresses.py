"""An id no table can hold is an address nobody lives at."""

import pytest

from engine.office import Office
from tests.people import Staff
from tests.web.visitor import Visitor

HUGE = "9" * 30


@pytest.mark.parametrize("path", ["papers", "files", "tasks", "ratings", "tickets"])
def test_a_huge_number_is_not_found(office: Office, staff: Staff, path: str) -> None:
    assert Visitor(office, "manager").get(f"/{path}/{HUGE}").status_code == 404
