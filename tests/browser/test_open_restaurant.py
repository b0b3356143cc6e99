"""开办餐饮店一件事 in the browser: one application, a correction, a promise, four departments, one delivery."""

import re

import pytest

from engine import worker
from tests import builders
from tests.browser.conftest import People, Person, Site
from tests.people import Staff

#: The pages say the same on both databases; the stories below the pages run on both.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

ID_NUMBER = "510703199001010015"


def test_a_restaurant_from_the_window_to_one_delivery(people: People, site: Site) -> None:
    window, applicant = people("lin"), people("applicant", width=390)
    no = _apply(window)
    code = builders.case_row(site.office, no).code
    applicant.go(f"/t/{code}").sees("开办餐饮店一件事", "窗口正在核对材料")

    _correct_and_tolerate(window, site, no)
    applicant.go(f"/t/{code}").sees("现在需要您做", "食品经营许可申请书", "您承诺后补")
    applicant.picture("1-tracking-after-acceptance")
    _departments(people, site, no, "individual_business")
    _bring(window, site, no, "food_operation_new", "food-licence-application")
    window.press("受理这一事项").sees("受理")
    site.watch.pass_days(1)
    _bring(window, site, no, "fire_check", "fire-safety-rules")
    applicant.go(f"/t/{code}").sees("现在不需要您做什么", "各部门正在办理", "前全部办结")

    for member in ("food_operation_new", "shop_sign_filing", "fire_check", "tobacco_retail"):
        _departments(people, site, no, member)
    worker.drain(site.office)
    applicant.go(f"/t/{code}").sees("待领取")
    window.go(f"/desk/cases/{no}").sees("统一出件").picture("2-desk-before-delivery")
    window.press("统一出件").sees("已送达")
    applicant.go(f"/t/{code}").sees("窗口领取")
    applicant.picture("3-tracking-delivered")
    window.go(f"/bundles/{no}").picture("4-bundle")


def _apply(window: Person) -> str:
    window.go("/desk/apply/open_restaurant")
    page = window.page
    page.fill("input[name='applicant.name']", "王小满")
    page.fill("input[name='applicant.id_number']", "510703199001010011")
    page.check("input[name='flag.public_gathering_place'][value=yes]", force=True)
    page.check("input[name=members][value=tobacco_retail]")
    for row in page.locator("tr[data-row]:visible").all():
        box = row.locator("input[type=radio][value=received]")
        if row.get_attribute("data-row") not in {"food-licence-application", "fire-safety-rules"}:
            box.check(force=True)
    window.press("收件").sees("身份证号")
    assert page.locator(".error, .wrong").count(), "a wrong check digit is refused at its field"
    assert page.input_value("input[name='applicant.name']") == "王小满", "nothing typed is lost"
    page.fill("input[name='applicant.id_number']", ID_NUMBER)
    window.press("收件").sees("开办餐饮店一件事", "收件")
    found = re.search(r"/desk/cases/(\d+)", page.url)
    assert found
    return found[1]


def _correct_and_tolerate(window: Person, site: Site, no: str) -> None:
    food, fire = (builders.member(site.office, no, key) for key in ("food_operation_new", "fire_check"))
    window.go(f"/desk/cases/{no}").sees("以下成员材料不齐").picture("0-desk-before-acceptance")
    _open_and_press(window, food, "出具补正告知")
    window.page.locator(f"#consent-{fire}").evaluate("box => { box.closest('details').open = true }")
    window.page.check(f"#consent-{fire}")
    _open_and_press(window, fire, "容缺受理")
    window.go(f"/desk/cases/{no}").press("统一受理").sees("受理")


def _open_and_press(window: Person, member: str, button: str) -> None:
    card = window.page.locator(f"#m-{member}")
    for details in card.locator("details.act").all():
        if details.get_by_role("button", name=button, exact=True).count() or button in details.inner_html():
            details.evaluate("d => d.open = true")
    with window.page.expect_navigation():
        card.get_by_role("button", name=button, exact=True).click()


def _bring(window: Person, site: Site, no: str, key: str, code: str) -> None:
    member = builders.member(site.office, no, key)
    window.go(f"/desk/cases/{no}")
    card = window.page.locator(f"#m-{member}")
    form = card.locator("form[action$='/supplement']")
    form.locator("xpath=ancestor::details").evaluate("d => d.open = true")
    form.locator(f"input[name=received][value='{code}']").check()
    with window.page.expect_navigation():
        form.get_by_role("button", name="确认收到").click()


def _departments(people: People, site: Site, no: str, key: str) -> None:
    """Whoever holds a step of the member signs in, opens it from the inbox address and completes it."""
    member = builders.member(site.office, no, key)
    for _ in range(12):
        waiting = [
            t
            for t in builders.open_tasks(site.office, member)
            if t.stage not in {"accept", "correct", "deliver"}
        ]
        if not waiting:
            return
        task = waiting[0]
        org = builders.org_code(site.office, task.org_id)
        approver = people("lin" if org == "HALL" else f"{org.lower()}.{task.role}")
        approver.go(f"/tasks/{task.id}").sees(task.name, "办理轨迹", "时限")
        page = approver.page
        page.locator("#complete input[name=outcome]").first.check(force=True)
        page.fill("#complete textarea[name=opinion]", "材料属实，同意。")
        if page.locator("#complete input[name=officers]").count():
            page.fill("#complete input[name=officers]", "赵同行")
        approver.press("提交结论")
    raise AssertionError(f"{key} did not come to its end")


def test_every_number_on_the_overdue_page_is_as_long_as_its_list(
    people: People, site: Site, staff: Staff
) -> None:
    for key in ("construction_waste", "food_workshop", "tobacco_retail"):
        builders.accepted(site.office, staff, key)
        site.watch.pass_days(6)
    worker.drain(site.office)
    manager = people("manager").go("/overdue").sees("督办看板", "红牌")
    manager.picture("5-overdue")
    tiles = {
        tile.get_attribute("href"): int(tile.locator("b").inner_text())
        for tile in manager.page.locator("a.tile").all()
        if tile.locator("b").inner_text().isdigit()
    }
    assert any(tiles.values())
    for href, number in tiles.items():
        manager.go(href or "")
        assert manager.page.locator("table tbody tr").count() == number, href
