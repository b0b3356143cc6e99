"""The pages of inspections, hearings and votes: axe-core in both schemes, a phone, and a result by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from engine.domain.identity import APPLICANT
from engine.domain.inspection import Mode, Visit
from engine.domain.upload import Upload
from engine.services import hearing, inspecting, keeping
from tests import builders
from tests.browser.conftest import People, Site
from tests.builders import do, member, step
from tests.people import Staff
from tests.stories.test_committee_vote import AD, convened
from tests.stories.test_joint_inspection import BUNDLE, EVERYTHING, FIRE, FOOD, pair

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

#: A page: what it is called, who looks at it, where it is.
Place = tuple[str, str, str]


@pytest.fixture
def no(site: Site, staff: Staff) -> str:
    """A bundle whose two looks are planned for the day after tomorrow, one of them from afar."""
    office = site.office
    no = builders.accepted(office, staff, BUNDLE, members=("tobacco_retail",), flags=EVERYTHING["flags"])
    builders.work(office, staff, member(office, no, "individual_business"))
    when = site.watch.time.replace(day=25, hour=9, minute=30)
    for key, org, mode in ((FOOD, "SCJG", Mode.ONSITE), (FIRE, "XFJY", Mode.REMOTE)):
        visit = Visit(when, "和兴街 1 号", mode, "https://meeting.example/7" if mode is Mode.REMOTE else "")
        teams = {member(office, no, key): pair(office, staff, org)}
        do(office, staff["lin"], inspecting.plan, no, visit, teams)
    with office.act(staff.of("inspector", "XFJY")) as act:
        picture = keeping.keep(act, Upload("通道.png", "image/png", b"\x89PNG\r\n\x1a\n way out"))
        inspecting.attach(act, act.case(no), 2, picture)
    return no


@pytest.fixture
def places(site: Site, staff: Staff, no: str) -> list[Place]:
    office = site.office
    food, ad = member(office, no, FOOD), builders.accepted(office, staff, AD)
    do(office, staff.of("approver", "SCJG"), hearing.announce, food, "拟准予许可，直接涉及邻铺的重大利益。")
    builders.complete(office, staff, step(office, ad, "handle"), "high")
    builders.complete(office, staff, step(office, ad, "audit"), "pass")
    vote = convened(office, ad, [staff.of("leader", org) for org in ("CGJ", "SCJG", "GA")])
    heard = builders.accepted(office, staff, FOOD)
    do(office, staff.of("approver", "SCJG"), hearing.announce, heard, "拟不予许可。")
    do(office, APPLICANT, hearing.ask, heard, "气味扰民")
    hygiene = builders.accepted(office, staff, "public_place_hygiene", flags={"inform_commit": False})
    return [
        ("inspections", "lin", "/inspections"),
        ("plan", "lin", f"/cases/{no}/inspection"),
        ("appointment", "lin", "/inspections/2"),
        ("bundle-visits", "lin", f"/bundles/{no}"),
        ("task-part", "scjg.inspector", f"/tasks/{step(office, food, 'inspect').id}"),
        ("case-hearing", "scjg.approver", f"/cases/{heard}"),
        ("votes", "ga.leader", "/votes"),
        ("vote-chair", "cgj.leader", f"/tasks/{vote}/vote"),
        ("track-visits", "applicant", f"/t/{builders.case_row(office, no).code}"),
        ("track-agency", "applicant", f"/t/{builders.case_row(office, hygiene).code}"),
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(
    people: People, places: list[Place], scheme: str, width: int
) -> None:
    axe, found, wide = Axe(), [], []
    for name, login, path in places:
        person = people(login, width, color_scheme=scheme).go(path)
        assert path in person.page.url, f"{login} was sent away from {path}"
        person.page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
        person.picture(f"inspection-{name}-{scheme}-{width}")
        report = axe.run(person.page).response
        found += [
            (name, each["id"], [n["html"][:120] for n in each["nodes"]]) for each in report["violations"]
        ]
        if person.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
    assert (found, wide) == ([], [])


def test_an_inspector_writes_his_result_by_keyboard(
    people: People, site: Site, staff: Staff, no: str
) -> None:
    food = member(site.office, no, FOOD)
    site.watch.set("2026-11-25 11:00")
    inspector = people("scjg.inspector").go(f"/tasks/{step(site.office, food, 'inspect').id}")
    inspector.page.locator("input[name=result][value=pass]").focus()
    inspector.page.keyboard.press("Space")
    inspector.page.locator("textarea[name=remark]").focus()
    inspector.page.keyboard.type("布局合理，设施齐全。")
    with inspector.page.expect_navigation():
        inspector.page.get_by_role("button", name="提交勘验结果").press("Enter")
    inspector.sees("勘验结果已填写")
    assert builders.steps(site.office, food) == ["review"]
