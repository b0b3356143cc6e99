"""What is begun unasked, on the applicant's page, on the staff's and at the machines' door (免申即办)."""

import pytest

from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.stories.test_application_free import RETIRES, begun
from tests.web.machines import Machine
from tests.web.visitor import Visitor


@pytest.fixture
def before(office: Office, staff: Staff) -> str:
    return builders.granted(office, staff, "pension_retirement", **RETIRES)


@pytest.fixture
def pushed(office: Office, before: str) -> str:
    return begun(office, before)["medical_active_to_retired"]


def code(office: Office, no: str) -> str:
    return str(builders.case_row(office, no).code)


def test_the_page_explains_the_rule_in_plain_words(office: Office, pushed: str) -> None:
    """R-DEC-4: why, by which version, looking at what; no personal data."""
    page = Visitor(office).text(f"/t/{code(office, pushed)}")
    for said in (
        "医保实际缴费年限满 25 年",
        "退休人员医保待遇免申即办 第 1 版",
        "医保实际缴费年限（年）30",
        "互认的数据",
    ):
        assert said in page
    assert "51070319900101080X" not in page
    assert "撤回申请" not in page


def test_the_page_of_the_first_case_leads_to_the_next(office: Office, before: str, pushed: str) -> None:
    page = Visitor(office).get(f"/t/{code(office, before)}").text
    assert f'href="/t/{code(office, pushed)}"' in page


def test_who_declines_must_be_sure(office: Office, pushed: str) -> None:
    visitor, at = Visitor(office), f"/t/{code(office, pushed)}"
    assert "请先勾选" in visitor.send(f"{at}/decline").text
    assert visitor.send(f"{at}/decline", sure="yes", reason="不用").status_code == 303
    assert builders.state(office, pushed) == "declined"
    assert "本人已放弃" in visitor.text(at)


def test_who_wants_a_person_says_what_for(office: Office, pushed: str) -> None:
    visitor, at = Visitor(office), f"/t/{code(office, pushed)}"
    assert visitor.send(f"{at}/ask-human", words="").status_code == 422
    assert visitor.send(f"{at}/ask-human", words="年限请核对").status_code == 303
    assert "已转由工作人员办理" in visitor.text(at)


def test_who_agrees_is_done(office: Office, pushed: str) -> None:
    visitor, at = Visitor(office), f"/t/{code(office, pushed)}"
    assert visitor.send(f"{at}/agree").status_code == 303
    assert builders.state(office, pushed) == "granted"
    assert visitor.text(f"{at}?done=agreed")


def test_who_must_say_yes_is_asked(office: Office, staff: Staff) -> None:
    """§1.3 申请人只需确认: what waits for him says so, and until when."""
    answers = {"mother_insurance": "employee"}
    no = begun(office, builders.granted(office, staff, "birth_certificate", answers=answers))[
        "maternity_allowance"
    ]
    visitor, at = Visitor(office), f"/t/{code(office, no)}"
    assert "请在 2026-12-07 前在上方确认或放弃" in visitor.text(at)
    assert visitor.send(f"{at}/agree").status_code == 303
    assert builders.state(office, no) == "accepted"


def test_the_window_does_it_for_whoever_stands_there(office: Office, pushed: str) -> None:
    """Not everybody is online: declining costs no more at the window."""
    lin = Visitor(office, "lin")
    assert "免申办理的依据" in lin.text(f"/cases/{pushed}")
    assert lin.send(f"/cases/{pushed}/ask-human", reason="请核对").status_code == 303
    assert lin.send(f"/cases/{pushed}/decline").status_code == 303
    assert builders.state(office, pushed) == "declined"


def test_machines_ask_why_and_answer(office: Office, pushed: str) -> None:
    machine = Machine(office)
    told = machine.get(f"/cases/{pushed}/offer").json
    assert (told["rule"], told["version"], told["asked"]) == (
        "退休人员医保待遇免申即办", 1, [["医保实际缴费年限（年）", "30"]],
    )  # fmt: skip
    assert machine.post(f"/cases/{pushed}/ask-human", json={"reason": "核对"}).status_code == 200
    assert machine.post(f"/cases/{pushed}/ask-human", json={"reason": "核对"}).json["code"] == "offer.handled"
    assert machine.post(f"/cases/{pushed}/decline", json={"reason": ""}).json["state"] == "declined"
    own = machine.apply("tobacco_retail").json["no"]
    assert machine.get(f"/cases/{own}/offer").json["code"] == "offer.none"
    assert machine.post(f"/cases/{own}/agree").json["code"] == "offer.none"
