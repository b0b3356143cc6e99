"""Numbers and days no table or calendar can hold, asked of pages: each refused at its field, or not looked at."""

import pytest

from engine.office import Office
from tests.people import Staff
from tests.web.visitor import Visitor, said

HUGE, LONG = "9" * 30, "1" + "0" * 5000


@pytest.mark.parametrize(
    ("login", "address", "field"),
    [
        ("manager", "/service/waiting?person=²", "person"),
        ("manager", f"/service/waiting?person={HUGE}", "person"),
        ("manager", "/cards?after=²", "after"),
        ("manager", f"/cards?after={LONG}", "after"),
        ("lin", "/inspections?from=9999-12-30", "from"),
        ("lin", "/inspections?from=0001-01-02", "from"),
        ("lin", "/desk/appointments?day=9999-12-31", "day"),
        ("lin", "/desk/appointments?day=0001-01-01", "day"),
        ("lin", "/book?day=9999-12-31", "day"),
        ("manager", "/overdue?day=9999-12-31", "day"),
        ("manager", "/overdue?as_of=9999-12-31", "as_of"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    office: Office, staff: Staff, login: str, address: str, field: str
) -> None:
    answer = Visitor(office, login).client.get(address, headers={"Accept": "text/html"})
    assert (answer.status_code, ODD[field] in said(answer)) == (422, True), said(answer)[-300:]


#: What a refusal calls each field.
ODD = {
    "person": "“人员”",
    "after": "“翻页位置”",
    "from": "“起始日”",
    "day": "“日期”",
    "as_of": "“时点”",
}


@pytest.mark.parametrize("task", [HUGE, LONG, "²", "x"])
def test_no_such_task_is_claimed_by_tick(office: Office, staff: Staff, task: str) -> None:
    answer = Visitor(office, "scjg.approver").send("/inbox/claim", task=task)
    assert answer.location == "/inbox?view=mine&done=claimed-many&n=0"


@pytest.mark.parametrize("asked", ["²", LONG])
def test_a_year_or_a_shift_nobody_has_is_not_looked_at(office: Office, staff: Staff, asked: str) -> None:
    assert Visitor(office, "registrar").get(f"/admin/calendars/CN?year={asked}").status_code == 200
    rota = f"/rota?org=SCJG&role=approver&shift={asked}"
    assert Visitor(office, "manager").get(rota).status_code == 200


def test_a_calendar_has_no_year_beyond_its_horizon(office: Office, staff: Staff) -> None:
    assert Visitor(office, "registrar").get(f"/admin/calendars/CN/{HUGE[:18]}.json").status_code == 404
