"""A paper as a page: read on a phone and in the dark, checked by axe, printed without what is not of it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from engine.services import desk
from tests import builders
from tests.browser.conftest import People, Site
from tests.builders import do, paper
from tests.people import Staff

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

FOOD, RULES = "food_operation_new", "food-safety-rules"


@pytest.fixture
def address(site: Site, staff: Staff) -> Callable[[str], str]:
    """Where the applicant reads a paper of a tolerated case, by its kind."""
    no = builders.apply(site.office, staff, FOOD, lacking=(RULES,))
    do(site.office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    code = builders.case_row(site.office, no).code
    return lambda kind: f"/t/{code}/papers/{paper(site.office, no, kind).id}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["tolerant_acceptance", "commitment"])
def test_it_fits_a_phone_and_axe_finds_nothing(
    people: People, address: Callable[[str], str], kind: str, scheme: str
) -> None:
    wang = people("applicant", width=390, color_scheme=scheme, java_script_enabled=True)
    wang.go(address(kind)).picture(f"paper-{kind}-{scheme}")
    found = Axe().run(wang.page).response["violations"]
    assert found == []
    assert wang.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_only_the_paper_is_left(people: People, address: Callable[[str], str]) -> None:
    wang = people("applicant", java_script_enabled=False).go(address("tolerant_acceptance"))
    wang.picture("paper-wide")
    wang.page.emulate_media(media="print")
    wang.picture("paper-printed")
    said = wang.page.inner_text("body")
    assert ("容缺受理通知书" in said, "下载 PDF" in said, "办事指南" in said) == (True, False, False)
