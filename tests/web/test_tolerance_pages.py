"""Tolerance at the desk (容缺, 告知承诺, 信用): consent, promises after the grant, postponement, repair."""

import re
from html import unescape

import pytest

from engine import worker
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.services.test_tolerant_grant import FOOD, RULES
from tests.services.test_tolerant_grant import _allow as allow_after_grant
from tests.web.visitor import Visitor, at_field


@pytest.fixture
def lin(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "lin")


def _tolerated(office: Office, staff: Staff) -> str:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    builders.do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    return no


def test_nobody_promises_for_the_applicant(office: Office, staff: Staff, lin: Visitor) -> None:
    """R-TOL-1: the box is to be ticked."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    back = lin.send(f"/desk/cases/{no}/tolerate", codes=RULES, by="2026-11-27")
    assert (back.status_code, "自愿书面承诺" in at_field(back, "consent")) == (422, True)


def test_an_act_of_god_is_entered_at_the_desk(office: Office, staff: Staff, lin: Visitor) -> None:
    """R-TOL-4."""
    no = _tolerated(office, staff)
    assert "不可抗力顺延补齐日期" in lin.text(f"/desk/cases/{no}")
    done = lin.send(f"/desk/cases/{no}/postpone-promise", reason="洪水断路", until="2026-12-03")
    assert "最迟 12月3日（周四）" in lin.text(done.location)


def test_a_promise_for_after_the_grant_is_offered_where_the_matter_allows_it(
    office: Office, staff: Staff, lin: Visitor
) -> None:
    """R-TOL-7."""
    assert "容缺办结" not in lin.text(f"/desk/cases/{_tolerated(office, staff)}")
    allow_after_grant(office)
    no = _tolerated(office, staff)
    assert "容缺办结：承诺办结后补交" in lin.text(f"/desk/cases/{no}")
    done = lin.send(f"/desk/cases/{no}/promise-after-grant", codes=RULES, consent="yes")
    assert "办结后" in lin.text(done.location)


def test_a_record_is_seen_at_the_desk_and_repaired_by_the_manager(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-TOL-6."""
    no = _tolerated(office, staff)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    lin = Visitor(office, "lin")
    seen = lin.get(f"/desk/cases/{no}").text
    assert ("容缺承诺逾期未补" in seen, "/credits/" in seen) == (True, False)
    manager = Visitor(office, "manager")
    assert "/credits/1/repair" in manager.get(f"/desk/cases/{no}").text
    manager.send("/credits/1/repair", reason="已补交并整改", next=f"/desk/cases/{no}")
    assert "已修复或已满期" in lin.text(f"/desk/cases/{no}")


def test_a_commitment_is_taken_back_at_the_desk(office: Office, staff: Staff, lin: Visitor) -> None:
    no = builders.accepted(office, staff, "fire_check", flags={"inform_commit": True})
    assert "已签署告知承诺书" in lin.text(f"/desk/cases/{no}")
    done = lin.send(f"/desk/cases/{no}/withdraw-commitment")
    assert "已签署告知承诺书" not in lin.text(done.location)


def test_commitments_to_be_checked_are_listed_with_their_day(office: Office, staff: Staff) -> None:
    """Rulebook §4.3: 事后核查; whoever has nothing to check is told so."""
    inspector = Visitor(office, "xfjy.inspector")
    assert "没有待核查的告知承诺" in inspector.text("/commitments")
    no = builders.granted(office, staff, "fire_check", flags={"inform_commit": True})
    assert ("待核查 1 件" in inspector.text("/commitments"), no in inspector.get("/commitments").text) == (
        True,
        True,
    )
    assert "没有待核查的告知承诺" in Visitor(office, "cgj.inspector").text("/commitments")


def test_what_a_check_found_is_entered_with_its_reason(office: Office, staff: Staff) -> None:
    """What is false is to be put right; what is not, is revoked."""
    no = builders.granted(office, staff, "fire_check", flags={"inform_commit": True})
    inspector = Visitor(office, "xfjy.inspector")
    page = f"/cases/{no}/commitment"
    back = inspector.send(page, result="false")
    assert (back.status_code, "须写明事实和理由" in at_field(back, "words")) == (422, True)
    done = inspector.send(page, result="false", words="未设消防栓")
    assert (
        "已登记核查结果" in inspector.text(done.location),
        "整改中" in inspector.text("/commitments"),
    ) == (True, True)
    inspector.send(page, result="rectified", words="已设置")
    assert ("已整改到位" in inspector.text(page), 'name="result"' in inspector.get(page).text) == (
        True,
        False,
    )


def test_whoever_may_not_check_sees_how_it_stands(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, "fire_check", flags={"inform_commit": True})
    lin = Visitor(office, "lin")
    assert (
        "待核查" in lin.text(f"/cases/{no}/commitment"),
        'name="result"' in lin.get(f"/cases/{no}/commitment").text,
    ) == (
        True,
        False,
    )
    plain = builders.accepted(office, staff, FOOD)
    assert "没有采用告知承诺" in lin.text(f"/cases/{plain}/commitment")


def test_a_manager_sees_what_was_promised_and_how_it_ended(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-TOL-8: each number is a link to as many cases; the workbook says the same."""
    no = _tolerated(office, staff)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    manager = Visitor(office, "manager")
    page = manager.get("/figures/tolerance?month=2026-11&by=matter").text
    link = re.search(r'<td class="num"><a href="(/overdue/broken[^"]*)">1</a>', page)
    assert link
    assert no in manager.get(unescape(link[1])).text
    assert no in manager.get(f"/overdue/missing?material={RULES}&month=2026-11").text
    assert "没有缺失的材料" in manager.text("/figures/tolerance?month=2026-01")
    assert manager.get("/figures/tolerance.xlsx?month=2026-11").mimetype.endswith("sheet")
    assert manager.get("/figures/tolerance?by=moon").status_code == 422
