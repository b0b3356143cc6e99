"""开办餐饮店: what the composer says is asked is what the running product asks of its applicant (§6, R-BUN-5)."""

from collections.abc import Mapping

import pytest
from lxml import html

from engine import worker
from engine.config import BPMN
from engine.domain.saving import Saving
from engine.office import Office
from engine.services import composing, desk
from engine.services.composing import Catalogue, Composed
from engine.store import cases
from tests import builders
from tests.builders import member, state, steps, work
from tests.people import Staff
from tests.web.visitor import Visitor

BUNDLE = "open_restaurant"
#: The fewest members, and all of them.
WISHES = (
    pytest.param({}, (), id="fewest"),
    pytest.param({"public_gathering_place": True}, ("tobacco_retail",), id="all"),
)


def whole(flags: Mapping[str, bool] | None = None, wanted: tuple[str, ...] = ()) -> Composed:
    record = composing.read((BPMN / "bundles" / BUNDLE / "bundle.yaml").read_bytes())
    return composing.compose(record, Catalogue.at(BPMN), flags, wanted)


def composed(flags: Mapping[str, bool], wanted: tuple[str, ...]) -> Saving:
    return whole(flags, wanted).saving


def form(office: Office, flags: Mapping[str, bool], wanted: tuple[str, ...]) -> html.HtmlElement:
    """The application form on the web, as it is filled in."""
    asked = [*(f"flag.{flag}=yes" for flag in flags), *(f"members={key}" for key in wanted)]
    return html.fromstring(Visitor(office).get(f"/apply/{BUNDLE}?{'&'.join(asked)}").text)


@pytest.mark.parametrize(("flags", "wanted"), WISHES)
def test_one_form_asks_every_field_once(
    office: Office, flags: Mapping[str, bool], wanted: tuple[str, ...]
) -> None:
    """R-BUN-5: forms and fields after."""
    page, told = form(office, flags, wanted), composed(flags, wanted)
    names = {each.get("name") for each in page.xpath("//form[@id='apply']//input")}
    fields = [name for name in names if name and name.startswith(("applicant.", "flag."))]
    assert (len(page.xpath("//form[@id='apply']")), len(fields)) == (told.forms[1], told.fields[1])


@pytest.mark.parametrize(("flags", "wanted"), WISHES)
def test_just_the_materials_told_have_an_upload_box(
    office: Office, flags: Mapping[str, bool], wanted: tuple[str, ...]
) -> None:
    """R-BUN-5: what is shared or issued by a predecessor has none, and nothing is asked twice."""
    rows = form(office, flags, wanted).xpath("//tr[@data-row and not(@hidden)]")
    boxes = [row.get("data-row") for row in rows if row.xpath(".//input[@type='file']")]
    told = composed(flags, wanted)
    assert sorted(boxes) == sorted(told.asked)
    assert len(boxes) == told.papers[1] < told.papers[0]


@pytest.mark.parametrize("by", ["hand", "composer"])
@pytest.mark.parametrize(("flags", "wanted"), WISHES)
def test_he_comes_to_the_window_as_often_as_told(
    office: Office, staff: Staff, flags: Mapping[str, bool], wanted: tuple[str, ...], by: str
) -> None:
    """§6 统一出件: whoever drew the diagram, he comes once, for everything."""
    if by == "composer":
        builders.redraw(office, staff, BUNDLE, whole().source)
    no = builders.accepted(office, staff, BUNDLE, flags=flags, members=wanted)
    with office.look() as look:
        keys = [row.matter_key for row in cases.members(look.db, cases.id_of(look.db, no))]
    told = composed(flags, wanted)
    assert len(keys) == told.forms[0] == told.visits[0]
    for key in keys:
        work(office, staff, member(office, no, key))
    worker.drain(office)

    visits = 0
    while steps(office, no) == ["deliver"]:
        visits += 1
        builders.do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert visits == told.visits[1]
    assert {state(office, member(office, no, key)) for key in keys} == {"delivered"}
