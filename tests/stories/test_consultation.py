"""综合咨询 (§1.1): its own kind of record, which starts no clock of a case and ends with its answer."""

from engine.domain.ticket import Kind, Standing
from engine.office import Office
from engine.services import ticketing
from engine.services.ticketing import Told
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor


def test_a_question_about_a_case_leaves_the_case_as_it_was(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    before = builders.clocks(office, no), builders.acts(office, no), builders.case_row(office, no)
    with office.act(staff["lin"]) as act:
        row = ticketing.take(act, Told(Kind.CONSULT, "现场核查何时来", no=no))
    with office.act(staff["lin"]) as act:
        row = ticketing.answer(act, row.id, "三个工作日内")
    assert (row.standing, row.matter_key) == (Standing.CLOSED, "food_operation_new")
    assert (builders.clocks(office, no), builders.acts(office, no), builders.case_row(office, no)) == before


def test_a_question_about_a_matter_needs_no_applicant_and_no_cause(office: Office, staff: Staff) -> None:
    lin = Visitor(office, "lin")
    answer = lin.send("/tickets", kind="consult", words="小餐饮要哪些材料", matter="small_catering")
    assert answer.status_code == 303
    address = answer.location.split("?")[0]
    assert "咨询" in lin.text(address)
    assert lin.send(f"{address}/answer", words="见办事指南").status_code == 303
    assert "已办结" in lin.text(address)
    assert "没有这样的工单" in lin.text("/tickets")


def test_an_unanswered_question_earns_the_colour_of_its_own_kind(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """湖南 咨询: it has a limit of its own, reckoned by working days."""
    machine = Machine(office)
    made = machine.post("/tickets", json={"kind": "consult", "words": "怎么办"})
    assert (made.status_code, made.json["due_at"][:10]) == (201, "2026-12-01")
    watch.set("2026-12-01 10:00")
    (line,) = machine.get("/tickets?kind=consult").json["items"]
    assert (line["level"], line["days"]) == ("red", -1)


def test_what_cannot_be_read_is_refused_at_its_field(office: Office, staff: Staff) -> None:
    machine = Machine(office)
    for body, field in (
        ({"kind": "consult", "words": " "}, "words"),
        ({"kind": "follow_up", "words": "x"}, "kind"),
        ({"kind": "consult", "words": "x", "matter": "none"}, "matter"),
        ({"kind": "consult", "words": "x", "org": "NONE"}, "org"),
    ):
        answer = machine.post("/tickets", json=body)
        assert (answer.status_code in {404, 422}, answer.json["field"]) == (True, field)
    assert (
        machine.post("/tickets", "scjg.approver", json={"kind": "consult", "words": "x"}).status_code == 403
    )
