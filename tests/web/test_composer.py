"""The drawing board (组合一件事): matters and waits in, a diagram, its longest chain and what it saves out."""

from urllib.parse import urlencode, urlsplit

import pytest
import yaml

from engine.config import BPMN
from engine.office import Office
from engine.queries import diagrams
from engine.services import composing
from engine.services.composing import Catalogue
from engine.spiff import lint
from tests.people import Staff
from tests.web.visitor import Visitor, alert

FOOD, SIGN = "food_operation_new", "shop_sign_filing"
TWO = [
    ("name", "开小店一件事"), ("key", "small_shop"), ("days", "12"), ("matter", FOOD), ("matter", SIGN),
    (f"after.{SIGN}", FOOD), (f"on.{SIGN}", "accepted"),
]  # fmt: skip


@pytest.fixture
def designer(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "designer")


def at(*typed: tuple[str, str], what: str = "") -> str:
    return f"/studio/compose{what}?{urlencode([*TWO, *typed])}"


def test_only_a_designer_composes(office: Office, staff: Staff) -> None:
    assert Visitor(office, "manager").get("/studio/compose").status_code == 403
    assert Visitor(office).get("/studio/compose").location.startswith("/sign-in")


def test_an_empty_board_offers_matters_and_is_no_mistake(designer: Visitor) -> None:
    page = designer.get("/studio/compose").text
    assert f'value="{FOOD}"' in page
    assert 'role="alert"' not in page


def test_what_is_chosen_is_drawn_and_counted(designer: Visitor) -> None:
    page = designer.get(at())
    assert "<svg" in page.text
    assert "开小店一件事" in page.text
    words = designer.text(at())
    assert "全部成员10 个工作日 食品经营许可(新办)" in words
    assert "表单21" in words


def test_a_promise_too_short_is_told(designer: Visitor) -> None:
    """R-BUN-9."""
    page = designer.text(at().replace("days=12", "days=9"))
    assert "bundle.short-promise" in page
    assert "发布前须改正" in page


def test_a_circle_is_refused_where_it_can_be_mended(designer: Visitor) -> None:
    page = designer.get(at((f"after.{FOOD}", SIGN), (f"on.{FOOD}", "granted")))
    assert "互相等待" in alert(page)
    assert 'href="#members"' in page.text
    assert "<svg" not in page.text


def test_it_is_kept_as_a_draft_byte_for_byte_as_downloaded(office: Office, designer: Visitor) -> None:
    file = designer.get(at(what="/diagram"))
    typed = {**dict(TWO), "matter": [FOOD, SIGN], "_key": "once"}
    sent = designer.client.post("/studio/compose", data=typed)
    assert sent.status_code == 303, alert(sent)
    number = int(urlsplit(sent.location).path.rpartition("/")[2])
    with office.look() as look:
        kept = diagrams.one(look.db, number).source
    assert kept == file.data
    assert lint.check(kept) == ()


def test_a_refused_board_keeps_what_was_typed(designer: Visitor) -> None:
    sent = designer.client.post("/studio/compose", data={"name": "小店", "key": "1x", "_key": "k"})
    assert sent.status_code == 422
    assert 'value="小店"' in sent.text


def test_the_record_comes_along_and_composes_the_same(designer: Visitor) -> None:
    file = designer.get(at((f"taking.{SIGN}", "optional"), what="/record"))
    record = yaml.safe_load(file.data)
    assert [member["start"] for member in record["members"]] == ["unified", "notice"]
    again = composing.compose(record, Catalogue.at(BPMN))
    assert again.source == designer.get(at((f"taking.{SIGN}", "optional"), what="/diagram")).data


def test_a_bundle_in_force_is_a_beginning(designer: Visitor) -> None:
    page = designer.get("/studio/compose?from=open_cinema").text
    assert '<option value="!already_registered" selected>' in page
    assert "<svg" in page


def test_what_the_form_does_not_say_stays_as_it_was(designer: Visitor) -> None:
    """A settled answer of the bundle one began from is not asked for again."""
    file = designer.get(at(("base", "open_restaurant"), what="/record"))
    record = yaml.safe_load(file.data)
    assert (record["answers"], record["lead"], record["key"]) == ({"catering": True}, "SCJG", "small_shop")
    assert "critical_path" not in record
