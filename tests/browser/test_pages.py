"""The main pages for everybody: axe-core, the keyboard alone, no JavaScript, nothing from elsewhere, English."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

from engine import worker
from engine.domain.entrustment import Scope
from engine.domain.errors import Halted
from engine.domain.identity import Role
from engine.domain.power import Reach
from engine.domain.roster import Entry
from engine.queries import diagrams, studio
from engine.services import almoner, applicant, approver, authoriser, champion, colleague, liaison, supervisor
from engine.store.calendars import calendar_versions, calendars
from engine.store.cases import tasks
from engine.store.catalog import matters
from engine.store.definitions import definitions
from engine.store.people import applicants, orgs, users
from engine.store.projects import projects
from tests import builders, drawings
from tests import places as elsewhere
from tests.browser.conftest import PASSWORD, People, Person, Site
from tests.people import Staff
from tests.redrawn import Redrawn
from tests.stories.test_application_free import begun
from web.i18n import english

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

RESTAURANT, SHOP, FILM = "open_restaurant", "tobacco_retail", "film_projection"
APPLICANT = "applicant"
#: An address nobody answers.
LOST = "/guide/nowhere"
#: A page of ours: what it is called, who looks at it, where it is.
Place = tuple[str, str, str]

#: Chinese in the pages' own words: what stands in these is ours, not somebody's data.
_OURS = (
    "header.top .brand, header.top nav, header.top .today-line, .who small, footer, button:not([data-phrase]), "
    "a.button, h1, h2, h3, h4, th, legend, summary, nav.pills"
)
_FOCUSED = """selector => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return {there: at.matches(selector), seen: style.outlineStyle !== "none" && style.outlineWidth !== "0px"};
}"""


@pytest.fixture
def places(site: Site, staff: Staff) -> list[Place]:
    """Every main page with something on it: late, waiting, promised and granted cases."""
    late = builders.accepted(site.office, staff, "construction_waste")
    site.watch.pass_days(21)
    bundle = builders.apply(
        site.office, staff, RESTAURANT, flags={"public_gathering_place": True}, lacking=("fire-safety-rules",)
    )
    shop = builders.accepted(site.office, staff, SHOP)
    builders.accepted(site.office, staff, FILM)
    moved = Redrawn(FILM).take_out("fire_opinion").publish(site.office, staff)
    worker.drain(site.office)
    draft = builders.calendar_draft(site.office, staff, "2026-11-30,true,暴雨停办\n2026-12-05,false,补班")
    task = builders.open_tasks(site.office, shop)[0]
    holder = f"{builders.org_code(site.office, task.org_id).lower()}.{task.role}"
    code = builders.case_row(site.office, bundle).code
    joint = _signed_jointly(site, staff)
    _something_fails(site, staff)
    return [
        ("sign-in", APPLICANT, "/sign-in"),
        ("tracking", APPLICANT, f"/t/{code}"),
        ("lookup", APPLICANT, "/t"),
        ("apply-online", APPLICANT, f"/apply/{RESTAURANT}"),
        ("guides", APPLICANT, "/guide"),
        ("guide", APPLICANT, "/guide/food_operation_new"),
        ("guide-changes", APPLICANT, "/guide/changes"),
        ("guide-bundle", APPLICANT, f"/guide/{RESTAURANT}"),
        ("book", APPLICANT, "/book"),
        ("lost", APPLICANT, LOST),
        ("desk", "lin", "/desk"),
        ("desk-apply", "lin", f"/desk/apply/{RESTAURANT}"),
        ("desk-case", "lin", f"/desk/cases/{bundle}"),
        ("desk-receipt", "lin", f"/desk/cases/{bundle}/receipt"),
        ("appointments", "lin", "/desk/appointments"),
        ("bundle", "lin", f"/bundles/{bundle}"),
        ("inbox", holder, "/inbox?view=claimable"),
        ("task", holder, f"/tasks/{task.id}"),
        ("case", holder, f"/cases/{shop}"),
        ("overdue", "manager", "/overdue"),
        ("overdue-list", "manager", "/overdue/red"),
        ("overdue-back", "manager", "/overdue?as_of=2026-11-30"),
        ("figures", "manager", f"/figures?matter={SHOP}"),
        ("service", "manager", "/service"),
        ("tolerance", "manager", "/figures/tolerance"),
        ("commitments", "wjw.approver", "/commitments"),
        ("imports", "manager", "/imports"),
        ("case-late", "manager", f"/cases/{late}"),
        ("studio", "designer", "/studio"),
        ("sheet", "designer", f"/studio/{_version(site, 'outdoor_ad')}"),
        ("ruling", "designer", f"/studio/{_version(site, 'approval_tier')}"),
        ("task-joint", "wjw.approver", f"/tasks/{joint}"),
        ("inbox-copied", "lin", "/inbox?view=copied"),
        ("migrate", "designer", f"/studio/{moved}/migrate"),
        ("compose", "designer", "/studio/compose?from=open_restaurant"),
        ("admin", "registrar", "/admin"),
        ("matters", "registrar", "/admin/matters"),
        ("incidents", "registrar", "/admin/incidents"),
        ("calendars", "registrar", "/admin/calendars"),
        ("calendar", "registrar", "/admin/calendars/CN?year=2026"),
        ("calendar-foretold", "registrar", "/admin/calendars/CN?year=2027"),
        ("calendar-draft", "deng", f"/admin/calendars/versions/{draft}"),
        ("api-docs", "registrar", "/api/docs"),
        *_across(site, staff),
    ]


def _across(site: Site, staff: Staff) -> list[Place]:
    """A case on its way from another province, a street with an entrustment, a key project, a power given."""
    far = elsewhere.found(site.office, staff, "GZ.HALL", "HX", "HX01")["GZ.HALL"]
    with site.office.act(far) as act:
        asked = builders.application(site.office, elsewhere.SUBSIDY, hall="GZ.HALL")
        coming = applicant.apply(act, asked)
    builders.do(site.office, far, liaison.hand_over, coming.no, "mail", "SF100", identified=True)
    with site.office.act(staff["registrar"]) as act:
        authoriser.entrust(act, "SCJG", "HX", "small_catering", Scope.ACCEPT, "区市监公告〔2026〕3号")
    with site.office.act(staff["manager"]) as act:
        project = champion.open_(act, "城市综合体项目", "he")
    builders.do(
        site.office, staff["manager"], champion.join, builders.accepted(site.office, staff, SHOP), project
    )
    with site.office.act(staff.of("leader", "SCJG")) as act:
        until = act.at + timedelta(days=30)
        authoriser.empower(act, "scjg.chief", Role.LEADER, "SCJG", "", Reach.GRANT, until, "授权书1号")
    return [
        ("crossings", "lin", "/crossing"),
        ("crossing", "lin", f"/crossing/{coming.no}"),
        ("tracking-crossing", APPLICANT, f"/t/{coming.code}"),
        ("places", "registrar", "/admin/places"),
        ("powers", "scjg.leader", "/powers"),
        ("projects", "manager", "/projects"),
        ("project", "manager", f"/projects/{project}"),
        *_begun_unasked(site, staff),
    ]


def _begun_unasked(site: Site, staff: Staff) -> list[Place]:
    """What began by a result and what is to begin by a list; and whom a grant was told to."""
    answers = {"medical_years": 30}
    retired = builders.granted(site.office, staff, "pension_retirement", answers=answers)
    no = begun(site.office, retired)["medical_active_to_retired"]
    builders.granted(site.office, staff, "food_workshop")
    with site.office.act(staff["scjg.chief"]) as act:
        supervisor.penalise(act, 1, "罚〔2026〕1号", "使用过期原料，罚款五千元")
    with site.office.act(staff["mzj.chief"]) as act:
        facts = {"disability_grade": 1}
        people_ = [Entry(1, "510703199001010015", "赵一", facts), Entry(2, "510703199901010811", "钱二", {})]
        roster = almoner.keep(act, "disability_subsidies", "残疾人两项补贴名单", "川民发〔2026〕1号", people_)
    return [
        ("tracking-unasked", APPLICANT, f"/t/{builders.case_row(site.office, no).code}"),
        ("case-unasked", "lin", f"/cases/{no}"),
        ("supervision", "scjg.inspector", "/supervision"),
        ("benefits", "mzj.chief", "/benefits"),
        ("benefit", "mzj.chief", f"/benefits/{roster}"),
    ]


def _version(site: Site, key: str) -> int:
    """The version of a diagram or decision that is in force."""
    with site.office.look() as look:
        return diagrams.version(look.db, key).id


def _signed_jointly(site: Site, staff: Staff) -> int:
    """A step that several sign, one of them added, shown to the window for information."""
    drawn = drawings.joint(drawings.seats(2))
    builders.redraw(site.office, staff, "public_place_hygiene", drawn.xml())
    no = builders.accepted(site.office, staff, "public_place_hygiene")
    task: int = builders.step(site.office, no, "sign").id
    me, other = staff["wjw.approver"], builders.hired(site.office, "钱同事", "WJW")
    with site.office.act(me) as act:
        approver.add_signer(act, task, other.id or 0)
        colleague.copy(act, task, [staff["lin"].id or 0], "请知悉")
    return task


def _something_fails(site: Site, staff: Staff) -> None:
    """A review that its diagram cannot go on from, and a deadline too."""
    drawn = drawings.brittle().timer("late", "review", "P1D", interrupting=False).path("late", "crowd")
    builders.redraw(site.office, staff, "publication_retail", drawn.xml())
    no = builders.accepted(site.office, staff, "publication_retail")
    task = builders.step(site.office, no, "review")
    with pytest.raises(Halted), site.office.act(builders.holder(site.office, staff, task)) as act:
        approver.complete(act, task.id, "loop", "同意")
    site.watch.pass_days(2)
    worker.drain(site.office)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_comes_from_elsewhere(
    people: People, places: list[Place], scheme: str
) -> None:
    axe, found = Axe(), []
    for name, login, path in places:
        is_new = login not in people.known
        person = _comes(people, login, color_scheme=scheme)
        if is_new:
            _listen(person.page, found)
        person.go(path)
        assert path in person.page.url, f"{login} was sent away from {path}"
        _unfold(person.page)
        person.picture(f"page-{name}-{scheme}")
        found += [f"{name}: {each}" for each in _violations(axe.run(person.page).response)]
    assert not found, "\n".join(found)


def _comes(people: People, login: str, **context: Any) -> Person:
    return people(login, width=390 if login == APPLICANT else 1280, **context)


def _listen(page: Page, heard: list[str]) -> None:
    """Write down whatever the pages complain of (CSP too says it on the console) and ask of other machines."""

    def said(message: ConsoleMessage) -> None:
        lost = page.url.endswith(LOST) and "404" in message.text
        if message.type in {"error", "warning"} and not lost:
            heard.append(f"{page.url}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:")):
            heard.append(f"{page.url} asks {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    page.on("request", asked)


def _unfold(page: Page) -> None:
    """Open whatever is folded: what is hidden is neither checked nor read."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def _violations(response: dict[str, Any]) -> Iterator[str]:
    for rule in response["violations"]:
        for node in rule["nodes"]:
            yield f"{rule['id']} {node['target']} {node['html'][:160]} {node['failureSummary'][:200]}"


def test_the_applicants_pages_fit_a_phone(people: People, places: list[Place]) -> None:
    wide = []
    for name, login, path in places:
        if login == APPLICANT:
            page = _comes(people, login).go(path).page
            _unfold(page)
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                wide.append(name)
    assert wide == []


def test_in_english_the_pages_own_words_are_english(people: People, places: list[Place], site: Site) -> None:
    data, left = _data(site), []
    for name, login, path in places:
        page = _comes(people, login).go(path).go(f"/lang/en?next={path}").page
        assert page.get_attribute("html", "lang") == "en"
        _unfold(page)
        for text in page.locator(_OURS).all_inner_texts():
            if re.search("[\u4e00-\u9fff]", data.sub("", text)):
                left.append(f"{name}: {text}")
    assert not left, "\n".join(left)


def _data(site: Site) -> re.Pattern[str]:
    """What may stay Chinese: names of matters, offices, diagrams, steps, people, columns, unless we say the same."""
    names = (
        *(matters.c.name, orgs.c.name, definitions.c.name, tasks.c.name, applicants.c.name, users.c.name),
        *(calendars.c.name, calendar_versions.c.no, projects.c.name),
    )
    with site.office.look() as look:
        known = {str(name) for column in names for name in look.db.scalars(sa.select(column))} | {"中文"}
        sheets = [studio.sheet(look.db, _version(site, key)) for key in ("approval_tier", "retired_medical")]
    tables = [table for sheet in sheets for table in sheet.tables]
    known |= {title for table in tables for title in (*table.inputs, *table.outputs)}
    longest_first = sorted(known - english().keys(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def test_the_keyboard_alone_signs_in_and_completes_a_step(
    people: People, places: list[Place], site: Site
) -> None:
    _, login, path = next(place for place in places if place[0] == "task")
    page = people(APPLICANT).page
    page.goto(site.url + "/inbox")
    _tab_to(page, "input[name=login]")
    page.keyboard.type(login)
    _tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    _press(page, "Enter")
    _tab_to(page, "a[href*='view=claimable']")
    _press(page, "Enter")
    page.keyboard.press("j")
    _press(page, "Enter")
    assert page.url.endswith(path)
    _tab_to(page, "input[name=outcome]")
    page.keyboard.press("Space")
    _tab_to(page, "textarea[name=opinion]")
    page.keyboard.type("材料属实，同意。")
    if page.locator("input[name=officers]").count():
        _tab_to(page, "input[name=officers]")
        page.keyboard.type("赵同行")
    _tab_to(page, "#complete button.primary")
    _press(page, "Enter")
    assert "已办结本环节" in page.inner_text("[role=status]")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until *selector* has the focus; every stop on the way shows that it has it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED, selector)
        assert at["seen"], (
            f"focus cannot be seen on {page.evaluate('document.activeElement.outerHTML')[:200]}"
        )
        if at["there"]:
            return
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


def _press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_without_javascript_a_matter_goes_from_the_desk_through_a_step(people: People, site: Site) -> None:
    window = people("lin", java_script_enabled=False).go(f"/desk/apply/{SHOP}")
    page = window.page
    page.fill("input[name='applicant.name']", "王小满")
    page.fill("input[name='applicant.id_number']", "510703199001010015")
    for box in page.locator("tr[data-row] input[type=radio][value=received]").all():
        box.check(force=True)
    window.press("收件").sees("已收件")
    no = page.url.partition("/desk/cases/")[2].partition("?")[0]
    window.press("予以受理").sees("已受理")
    task = builders.open_tasks(site.office, no)[0]
    login = f"{builders.org_code(site.office, task.org_id).lower()}.{task.role}"
    approver = people(login, java_script_enabled=False).go("/inbox?view=claimable")
    with approver.page.expect_navigation():
        approver.page.locator("[data-open]").first.click()
    approver.page.locator("input[name=outcome]").first.check(force=True)
    approver.page.fill("textarea[name=opinion]", "材料属实，同意。")
    if approver.page.locator("input[name=officers]").count():
        approver.page.fill("input[name=officers]", "赵同行")
    approver.press("提交结论").sees("已办结本环节")
    assert task.node not in builders.steps(site.office, no)
