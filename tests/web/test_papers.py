"""The papers of a case on their pages, as PDF and through the interface; each sees his own."""

import pytest
import sqlalchemy as sa

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.store import documents
from tests import builders
from tests.builders import case_row, paper
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


def code(office: Office, no: str) -> str:
    return str(case_row(office, no).code)


def test_the_case_and_the_desk_list_its_papers(office: Office, staff: Staff, no: str) -> None:
    told = paper(office, no, "acceptance")
    for path in (f"/cases/{no}", f"/desk/cases/{no}"):
        page = Visitor(office, "lin").get(path).text
        assert f'href="/papers/{told.id}"' in page
        assert told.no in page


def test_a_name_no_font_has_is_told_before_any_paper_is_issued(office: Office, staff: Staff) -> None:
    """Decision 10: the act is never refused for a font, and nobody learns of it only when the PDF is wanted."""
    rare = builders.replace(builders.WANG, name="王\U0010fffd", id_number=builders.LI.id_number)
    strange, usual = (builders.apply(office, staff, FOOD, applicant=who) for who in (rare, builders.WANG))
    for path in ("/desk/cases/{}", "/cases/{}"):
        assert "U+10FFFD" in Visitor(office, "lin").text(path.format(strange))
        assert "字体里没有" not in Visitor(office, "lin").text(path.format(usual))


def test_a_paper_is_a_page_to_print(office: Office, staff: Staff, no: str) -> None:
    told = paper(office, no, "acceptance")
    page = Visitor(office, "lin").text(f"/papers/{told.id}")
    for words in ("受理通知书", told.no, "王小满：", "2026年11月23日", "本图样不是印章", "下载 PDF"):
        assert words in page


def test_the_applicant_reads_his_own_by_his_code(office: Office, staff: Staff, no: str) -> None:
    told, his = paper(office, no, "acceptance"), code(office, no)
    wang = Visitor(office)
    assert f'href="/t/{his}/papers/{told.id}"' in wang.get(f"/t/{his}").text
    assert told.no in wang.text(f"/t/{his}/papers/{told.id}")
    assert wang.get(f"/t/{his}/papers/{told.id}.pdf").data.startswith(b"%PDF")


def test_nobody_reads_what_is_not_his(office: Office, staff: Staff, no: str) -> None:
    other = builders.accepted(office, staff, FOOD)
    told = paper(office, no, "acceptance")
    wang = Visitor(office)
    for ending in ("", ".pdf"):
        assert wang.get(f"/t/{code(office, other)}/papers/{told.id}{ending}").status_code == 404
        assert wang.get(f"/t/WRONGCODE/papers/{told.id}{ending}").status_code == 404
        assert wang.get(f"/papers/{told.id}{ending}").status_code == 302
        assert Visitor(office, "wjw.approver").get(f"/papers/{told.id}{ending}").status_code == 404
    assert Visitor(office, "lin").get("/papers/999").status_code == 404


def test_a_bundles_code_opens_its_members_papers(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    part = builders.member(office, no, "individual_business")
    worker.drain(office)
    told = paper(office, part, "acceptance")
    assert told.no in Visitor(office).text(f"/t/{code(office, no)}/papers/{told.id}")


def test_a_pdf_is_an_attachment_and_nothing_else(office: Office, staff: Staff, no: str) -> None:
    answer = Visitor(office, "lin").get(f"/papers/{paper(office, no, 'acceptance').id}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def _renamed(office: Office, paper_id: int, name: str) -> None:
    with office.act(CLOCK) as act:
        act.db.execute(
            sa.update(documents.documents).where(documents.documents.c.id == paper_id).values(addressee=name)
        )


def test_a_name_that_cannot_be_set_is_said_and_the_page_is_the_way_out(
    office: Office, staff: Staff, no: str
) -> None:
    told = paper(office, no, "acceptance")
    _renamed(office, told.id, "王\U0010fffd")
    lin = Visitor(office, "lin")
    page = lin.text(f"/papers/{told.id}")
    assert ("U+10FFFD" in page, "下载 PDF" in page, told.no in page) == (True, False, True)
    assert lin.get(f"/papers/{told.id}.pdf").status_code == 409


@pytest.mark.parametrize("name", ['<script>alert("x")</script>', '#import "x"', "$ \\ {{ 7 * 7 }}"])
def test_what_anybody_wrote_is_shown_as_he_wrote_it(office: Office, staff: Staff, no: str, name: str) -> None:
    told = paper(office, no, "acceptance")
    _renamed(office, told.id, name)
    answer = Visitor(office, "lin").get(f"/papers/{told.id}")
    assert "<script>alert" not in answer.text
    assert name in Visitor(office, "lin").text(f"/papers/{told.id}")


def test_machines_list_papers_and_fetch_them(office: Office, staff: Staff, no: str) -> None:
    machine, told = Machine(office), paper(office, no, "acceptance")
    (listed,) = machine.get(f"/cases/{no}/papers").json["items"]
    assert (listed["id"], listed["no"], listed["title"]) == (told.id, told.no, "受理通知书")
    assert {"code", "facts", "addressee"}.isdisjoint(listed)
    answer = machine.get(f"/papers/{told.id}.pdf")
    assert (answer.mimetype, answer.data[:4]) == ("application/pdf", b"%PDF")
    assert machine.get(f"/papers/{told.id}.pdf", login="wjw.approver").status_code == 404
    assert machine.get(f"/papers/{told.id}.pdf", login=None).status_code == 401


def test_what_a_machine_cannot_have_is_named(office: Office, staff: Staff, no: str) -> None:
    told = paper(office, no, "acceptance")
    _renamed(office, told.id, "王\U0010fffd")
    answer = Machine(office).get(f"/papers/{told.id}.pdf")
    assert (answer.status_code, answer.json["code"]) == (409, "paper.glyph")
