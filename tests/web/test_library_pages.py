"""The library and the licences on pages: at the desk by one key, online by one's own code, on the tracking page."""

import io

import pytest
from lxml import html
from werkzeug.test import TestResponse

from engine.office import Office
from engine.store import cases, holdings
from tests import builders
from tests.builders import case_row
from tests.people import Staff
from tests.uploads import PDF, png
from tests.web.visitor import WANG, Visitor, at_field

FOOD, SIGN = "food_operation_new", "shop_sign_filing"
HEALTH = "health-certificate"


@pytest.fixture
def lin(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "lin")


def applied(office: Office, visitor: Visitor, path: str = "/desk/apply", content: bytes = PDF) -> str:
    """Apply with one file, kept for later; return the case number."""
    file = (io.BytesIO(content), "健康证.pdf", "")
    typed = {**WANG, f"file.{HEALTH}": file, "library-consent": "yes"}
    sent = visitor.send(f"{path}/{FOOD}", **typed)
    assert sent.status_code == 303, sent.text
    with office.look() as look:
        code = sent.location.split("/t/")[-1].split("?")[0]
        if "/t/" in sent.location:
            return str(look.db.execute(cases.cases.select().where(cases.cases.c.code == code)).one().no)
    return sent.location.split("/")[3].split("?")[0]


def ready(answer: TestResponse) -> set[str]:
    """The materials a form offers to take from the library, already chosen."""
    page = html.fromstring(answer.text)
    return {
        box.get("name").removeprefix("material.") for box in page.xpath("//input[@value='held' and @checked]")
    }


def test_at_the_desk_the_number_opens_the_library(office: Office, staff: Staff, lin: Visitor) -> None:
    """Nothing is asked in an address; what is there is chosen, key 4 chooses it."""
    first = applied(office, lin)
    form = lin.send(f"/desk/apply/{FOOD}", **WANG, refresh="1")
    assert (ready(form), "有 1 份材料可以免交" in form.text) == ({HEALTH}, True)
    sent = lin.send(f"/desk/apply/{FOOD}", **WANG, **{f"material.{HEALTH}": "held"})
    assert f"随办件 {first} 提交" in lin.text(sent.location)


def test_what_stands_against_it_is_said_in_its_row(office: Office, staff: Staff, lin: Visitor) -> None:
    no = applied(office, lin)
    with office.look() as look:
        (held,) = holdings.of_applicant(look.db, case_row(office, no).applicant_id)
    lin.send(f"/desk/cases/{no}/library/{held.id}/withdraw")
    form = lin.send(f"/desk/apply/{FOOD}", **WANG, refresh="1")
    assert (ready(form), "已撤回授权" in form.text) == (set(), True)


def test_a_licence_needs_no_box_and_no_key(office: Office, staff: Staff, lin: Visitor) -> None:
    food = builders.granted(office, staff, FOOD)
    who = {**WANG, "applicant.id_number": builders.WANG.id_number, "flag.catering": "yes"}
    form = lin.send(f"/desk/apply/{SIGN}", **who, refresh="1")
    page = html.fromstring(form.text)
    (row,) = page.xpath("//tr[@data-row='food-licence']")
    assert f"Z{food}" in row.text_content()
    assert row.xpath(".//input[@type='file']") == []
    assert row.xpath(".//input[@value='shared']/@checked") == ["checked"]


def test_online_a_number_alone_opens_nothing(office: Office, staff: Staff, lin: Visitor) -> None:
    """§9: it takes a tracking code of his own too."""
    no = applied(office, lin)
    wang = Visitor(office)
    assert ready(wang.send(f"/apply/{FOOD}", **WANG, refresh="1")) == set()
    assert ready(wang.send(f"/apply/{FOOD}", **WANG, refresh="1", code="AAAABBBBCCCCDDDD")) == set()
    code = case_row(office, no).code
    assert ready(wang.send(f"/apply/{FOOD}", **WANG, refresh="1", code=code)) == {HEALTH}
    sent = wang.send(f"/apply/{FOOD}", **WANG, code=code, **{f"material.{HEALTH}": "held"})
    assert sent.location.startswith("/t/")
    refused = wang.send(f"/apply/{FOOD}", **WANG, **{f"material.{HEALTH}": "held"})
    assert (refused.status_code, "查询码" in at_field(refused, "code")) == (403, True)


def test_the_tracking_page_shows_what_came_with_it_and_takes_it_back(office: Office, staff: Staff) -> None:
    """§9: no file name, no number; consent is withdrawn by one button."""
    wang = Visitor(office)
    no = applied(office, wang, "/apply")
    code = case_row(office, no).code
    page = wang.get(f"/t/{code}").text
    assert ("我的材料" in page, "健康证.pdf" in page, WANG["applicant.id_number"] in page) == (
        True,
        False,
        False,
    )
    (action,) = html.fromstring(page).xpath("//form[contains(@action, '/library/')]/@action")
    assert wang.send(action).status_code == 303
    assert "已撤回授权" in wang.text(f"/t/{code}")
    other = builders.apply(office, staff, FOOD)
    assert wang.send(action.replace(code, case_row(office, other).code)).status_code == 404


def test_the_window_compares_with_the_original_and_the_copy_bears_the_mark(
    office: Office, staff: Staff, lin: Visitor
) -> None:
    """§8 加水印注明: on the copy, not in the bytes."""
    no = applied(office, lin, content=png())
    assert "核验原件" in lin.text(f"/desk/cases/{no}")
    late = lin.send(f"/desk/cases/{no}/verify", codes=HEALTH, valid_until="2026-11-01")
    assert (late.status_code, "过期" in at_field(late, "valid_until")) == (422, True)
    assert lin.send(f"/desk/cases/{no}/verify", codes=HEALTH, valid_until="2027-11-01").status_code == 303
    with office.look() as look:
        (held,) = holdings.of_applicant(look.db, case_row(office, no).applicant_id)
    copy = lin.text(f"/files/{held.file_id}/copy")
    assert "已核验 2026-11-23 林窗口" in copy
    assert lin.get(f"/files/{held.file_id}").data == png()
    assert Visitor(office, "ga.approver").get(f"/files/{held.file_id}/copy").status_code == 404


def test_licences_are_listed_searched_and_handed_out(office: Office, staff: Staff) -> None:
    food = builders.granted(office, staff, FOOD)
    approver = Visitor(office, "scjg.approver")
    assert f"Z{food}" in approver.text("/licences")
    assert f"Z{food}" in approver.text("/licences?q=王小满&state=valid")
    assert "没有符合条件" in approver.text("/licences?state=expired")
    table = approver.get("/licences.csv")
    assert (table.mimetype, f"Z{food}" in table.text, "王小满" in table.text) == ("text/csv", True, True)
    assert f"Z{food}" not in Visitor(office, "ga.approver").text("/licences")
    assert f"Z{food}" in Visitor(office, "registrar").text("/licences")
    assert Visitor(office).get("/licences").location == "/sign-in?next=/licences"


def test_only_the_leader_of_its_authority_ends_one(office: Office, staff: Staff) -> None:
    """R-DEC-2."""
    number = f"Z{builders.granted(office, staff, FOOD)}"
    words = {"ground": "fraud", "reason": "提交虚假材料"}
    approver, leader = Visitor(office, "scjg.approver"), Visitor(office, "scjg.leader")
    assert "撤销证照" not in approver.text(f"/licences/{number}")
    assert approver.send(f"/licences/{number}/revoke", **words).status_code == 403
    assert leader.send(f"/licences/{number}/revoke", ground="fraud", reason="").status_code == 422
    assert leader.send(f"/licences/{number}/melt", **words).status_code == 404
    done = leader.send(f"/licences/{number}/revoke", **words)
    assert "证照已撤销" in leader.text(done.location)
    assert leader.send(f"/licences/{number}/revoke", **words).status_code == 409
