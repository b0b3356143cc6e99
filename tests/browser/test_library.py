"""The library in a browser: by the keyboard alone at the desk, on a phone, in the dark, checked by axe, printed."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from engine.domain.upload import Upload
from engine.services import applicant, custodian, keeping
from engine.store import cases, licences
from tests import builders
from tests.browser.conftest import People, Site
from tests.builders import case_row, do
from tests.people import Staff
from tests.uploads import png

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

FOOD, HEALTH = "food_operation_new", "health-certificate"


@pytest.fixture
def brought(site: Site, staff: Staff) -> str:
    """An application with one picture, compared with its original; its applicant also holds a licence."""
    builders.granted(site.office, staff, FOOD)
    asked = builders.application(site.office, FOOD, consent=True)
    with site.office.act(staff["lin"]) as act:
        file_id = keeping.keep(act, Upload("证.png", "image/png", png()))
        handed = tuple(replace(m, file_id=file_id if m.code == HEALTH else None) for m in asked.materials)
        no = applicant.apply(act, replace(asked, materials=handed)).no
    do(site.office, staff["lin"], custodian.verify, no, [HEALTH])
    return no


def _is_fine(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_at_the_desk_the_keyboard_is_enough(people: People, brought: str) -> None:
    """The number, the library by its button, the row by 5, and the application is taken in."""
    lin = people("lin").go(f"/desk/apply/{FOOD}")
    lin.page.fill("[id='applicant.name']", builders.WANG.name)
    lin.page.fill("[id='applicant.id_number']", "510703199001010015")
    lin.page.focus("button[accesskey=l]")
    with lin.page.expect_navigation():
        lin.page.keyboard.press("Enter")
    lin.sees("没有查到可以免交的材料")
    lin.page.fill("[id='applicant.id_number']", builders.WANG.id_number)
    lin.page.focus("button[accesskey=l]")
    with lin.page.expect_navigation():
        lin.page.keyboard.press("Enter")
    lin.sees("有 1 份材料可以免交", "取自材料库", "已核验 2026-11-23 林窗口")
    row = lin.page.locator(f"tr[data-row='{HEALTH}']")
    row.locator("input[value=missing]").focus()
    lin.page.keyboard.press("4")
    row.locator("input[value=missing]").focus()
    lin.page.keyboard.press("5")
    assert row.locator("input[value=held]").is_checked()
    lin.picture("library-desk")
    _is_fine(lin.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_pages_fit_a_phone_and_axe_finds_nothing(
    people: People, site: Site, brought: str, scheme: str
) -> None:
    with site.office.look() as look:
        holding = cases.handed(look.db, case_row(site.office, brought).id)[HEALTH]
    places = {
        "applicant": [("tracking", f"/t/{case_row(site.office, brought).code}")],
        "lin": [("case", f"/desk/cases/{brought}"), ("copy", f"/files/{holding.file_id}/copy")],
        "scjg.leader": [("licences", "/licences"), ("licence", f"/licences/{_number(site)}")],
    }
    for login, pages in places.items():
        person = people(login, width=390, color_scheme=scheme)
        for name, path in pages:
            person.go(path)
            person.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            person.picture(f"library-{name}-{scheme}")
            _is_fine(person.page)


def _number(site: Site) -> str:
    with site.office.look() as look:
        return licences.of_applicant(look.db, 1)[0].number


def test_a_printed_copy_bears_its_watermark(people: People, site: Site, brought: str) -> None:
    """§8 水印."""
    with site.office.look() as look:
        holding = cases.handed(look.db, case_row(site.office, brought).id)[HEALTH]
    lin = people("lin").go(f"/files/{holding.file_id}/copy")
    lin.page.emulate_media(media="print")
    lin.picture("library-copy-printed")
    assert lin.page.inner_text("body").count("已核验 2026-11-23 林窗口") == 2
    assert lin.page.locator("img").evaluate("img => img.complete && img.naturalWidth") == 2
