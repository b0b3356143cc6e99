"""综合窗口 by the keyboard alone: a bundle with a tolerated and a shared material, from sign-in to its receipt."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import builders
from tests.browser.conftest import PASSWORD, People, Person, Site
from tests.browser.test_pages import _press, _tab_to, _violations

#: The pages say the same on both databases.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

RULES = "food-safety-rules"
BUNDLE = "/desk/apply/open_restaurant"
#: Where the focus is: in which row of the materials table, and on what.
_ROW = "() => document.activeElement.closest('[data-row]')?.dataset.row ?? ''"


def test_a_bundle_is_taken_in_tolerated_and_accepted_without_a_mouse(people: People, site: Site) -> None:
    """R-TOL-1, R-TOL-2, R-BUN-1: who → what → materials → what the footer says → promise → accept → print."""
    window = people("applicant")
    page = window.page
    page.goto(site.url + "/desk")
    _signs_in(page)
    _tab_to(page, f"a[href='{BUNDLE}']")
    _press(page, "Enter")
    _says_who(page)
    _says_what(page)
    _marks_the_materials(page)
    verdict = page.inner_text("#footer-verdict")
    assert verdict.startswith("可以容缺受理")
    assert "规章制度" in verdict
    _looks_right(window, "keyboard-1-apply")
    page.keyboard.press("Tab")
    _tab_to(page, "#apply .way-out button.primary")
    _press(page, "Enter")
    no = page.url.partition("/desk/cases/")[2].partition("?")[0]
    food = builders.member(site.office, no, "food_operation_new")
    _looks_right(window, "keyboard-2-received")

    _promises(page, food)
    assert "已容缺受理" in page.inner_text("[role=status]")
    _tab_to(page, f"form[action='/desk/cases/{no}/accept'] button")
    _press(page, "Enter")
    assert builders.state(site.office, no) == "accepted"
    _looks_right(window, "keyboard-3-accepted")
    _tab_to(page, f"a[href='/desk/cases/{no}/receipt']")
    _press(page, "Enter")
    window.sees("受理通知书", "承诺于", "查询码", "免提交")
    _looks_right(window, "keyboard-4-receipt")
    page.emulate_media(media="print")
    window.picture("keyboard-5-printed")
    assert not page.locator("header.top").is_visible()


def _signs_in(page: Page) -> None:
    _tab_to(page, "input[name=login]")
    page.keyboard.type("lin")
    _tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    _press(page, "Enter")
    if not page.url.endswith("/desk"):
        _tab_to(page, "a[href='/desk']")
        _press(page, "Enter")


def _says_who(page: Page) -> None:
    for field, text in (("name", "王小满"), ("id_number", "510703199001010015"), ("phone", "13800000001")):
        _tab_to(page, f"input[name='applicant.{field}']")
        page.keyboard.type(text)


def _says_what(page: Page) -> None:
    """Not a public gathering place; no optional member: the answers stand as they are, one is changed and back."""
    _tab_to(page, "input[name='flag.public_gathering_place']")
    page.keyboard.press("ArrowUp")
    assert page.locator("[data-member=fire_check]:not(.off)").count() == 1
    page.keyboard.press("ArrowDown")
    assert page.locator("[data-member=fire_check].off").count() == 1


def _marks_the_materials(page: Page) -> None:
    """1 收到, 2 电子证照, 3 容缺, 4 缺少; each goes on to the next row, and the footer follows."""
    _tab_to(page, "[data-row] input[type=radio]")
    assert page.inner_text("#footer-verdict").startswith("须补正")
    seen: list[str] = []
    while (row := page.evaluate(_ROW)) not in seen:
        seen.append(row)
        shared = page.locator(f"[data-row='{row}'] input[value=shared]").is_checked()
        page.keyboard.press("3" if row == RULES else "2" if shared else "1")
    assert {RULES, "legal-person-id"} <= set(seen)
    assert page.locator("[data-row='legal-person-id'] input[value=shared]").is_checked()
    assert page.locator(f"[data-row='{RULES}'] input[value=promised]").is_checked()


def _promises(page: Page, member: str) -> None:
    """The member's own form: what may come later is ticked, the day is the latest, the applicant consents."""
    _tab_to(page, f"#m-{member} details:has(form[action$='/tolerate']) > summary")
    page.keyboard.press("Enter")
    _tab_to(page, f"#by-{member}")
    for key in ("Tab", "2", "7"):  # from the month to the day
        page.keyboard.press(key)
    assert page.input_value(f"#by-{member}") == "2026-11-27"
    _tab_to(page, f"#consent-{member}")
    page.keyboard.press("Space")
    _tab_to(page, f"#m-{member} form[action$='/tolerate'] button")
    _press(page, "Enter")


def _looks_right(person: Person, name: str) -> None:
    """axe finds nothing, and a picture is left to be looked at."""
    found = list(_violations(Axe().run(person.page).response))
    assert not found, "\n".join(found)
    person.picture(name)
