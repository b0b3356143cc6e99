"""收好处费快办、不收拖办 (001): what is out of the ordinary is listed by rule, and nobody is accused."""

import re

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.queries import anomalies
from engine.queries.anomalies import Found
from engine.queries.counting import Counting
from engine.store import measures
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor

FILING = "tobacco_retail"


def found(office: Office, rule: str) -> list[Found]:
    with office.look() as look:
        rows = anomalies.found(Counting(look.db, look.calendar, look.at))
    return [row for row in rows if row.rule == rule]


def measured(office: Office, staff: Staff, minutes: list[int]) -> list[str]:
    """Decided cases of one matter that took so many minutes of work."""
    numbers = [builders.granted(office, staff, FILING) for _ in minutes]
    worker.drain(office)
    with office.act(CLOCK) as act:
        for no, took in zip(numbers, minutes, strict=True):
            case_id = act.case(no).id
            act.db.execute(
                measures.measures.update()
                .where(measures.measures.c.case_id == case_id)
                .values(worked_minutes=took)
            )
    return numbers


def test_what_took_far_less_than_its_like_is_listed_with_the_rule(office: Office, staff: Staff) -> None:
    numbers = measured(office, staff, [3000, 3100, 3050, 2950, 3010, 2990, 3020, 20])
    (row,) = found(office, "fast")
    assert (row.no, row.name, row.seen.startswith("0.3 h")) == (numbers[-1], "用时明显短于同事项", True)
    assert found(office, "slow") == []


def test_who_was_decided_before_several_accepted_on_earlier_days_is_listed(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """插队: three or more waited longer."""
    for _ in range(3):
        builders.accepted(office, staff, FILING)
    watch.pass_days(2)
    last = builders.granted(office, staff, FILING)
    (row,) = found(office, "overtaken")
    assert (row.no, row.seen) == (last, "3")


def test_who_changed_a_case_without_ever_having_a_task_of_it_is_listed(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FILING)
    assert found(office, "no_task") == []
    stranger = builders.hired(office, "外人", "CGJ", "approver")
    with office.act(stranger) as act:
        act.record("transferred", act.case(no), task="审查", to="他人")
    (row,) = found(office, "no_task")
    assert (row.no, "外人" in row.seen) == (no, True)


def test_the_list_accuses_nobody_and_only_managers_read_it(office: Office, staff: Staff) -> None:
    measured(office, staff, [3000, 3100, 3050, 2950, 3010, 2990, 3020, 20])
    page = Visitor(office, "manager").text("/anomalies")
    assert "列入不等于有问题" in page
    assert re.search("违规|违纪|受贿|好处费|嫌疑|舞弊", page) is None
    assert Visitor(office, "scjg.leader").get("/anomalies").status_code == 403
    assert len(Machine(office).get("/reports/anomalies", "manager").json["items"]) == 1
    assert Machine(office).get("/reports/anomalies", "lin").status_code == 403
