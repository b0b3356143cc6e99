"""免申即享: a list is matched by a rule, shown in public, and made into cases, each of its line (rulebook §1.3)."""

from functools import partial
from typing import Any

import pytest

from engine import worker
from engine.domain import roster
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import almoner, applicant, receiving
from engine.store import offers, rosters
from tests import builders
from tests.builders import do, refused, state
from tests.conftest import Watch
from tests.people import Staff

KEY = "disability_subsidies"
LIST = """证件号码,姓名,残疾等级,是否低保家庭
510703195001010011,赵一,1,否
510703195001010038,钱二,3,是
510703195001010054,孙三,4,否
510703195001010070,李四,,是
"""
TITLE = ("2026 年残疾人两项补贴名单", "川民发〔2026〕1号")


def entries(office: Office, text: str = LIST) -> Any:
    with office.look() as look:
        return roster.read(text.encode(), str, almoner.columns(look, KEY))


@pytest.fixture
def listed(office: Office, staff: Staff) -> int:
    """The list as it was matched and kept."""
    with office.act(staff["mzj.chief"]) as act:
        return almoner.keep(act, KEY, *TITLE, entries(office))


def make(office: Office, staff: Staff, roster_id: int) -> list[Any]:
    """Make what is to be made of a list; what came of each line."""
    with office.look() as look:
        waiting = rosters.waiting(look.db, roster_id)
    made = office.each(staff["mzj.chief"], waiting, almoner.make, of_cases=False)
    return [came.code if isinstance(came, Refused) else came and came.no for _, came in made]


def shown(office: Office, staff: Staff, watch: Watch, roster_id: int) -> None:
    """Show the list in public, and let its time pass."""
    with office.act(staff["mzj.chief"]) as act:
        almoner.publish(act, roster_id)
    watch.pass_days(8)


def test_a_list_says_of_everybody_whether_and_why(office: Office, staff: Staff) -> None:
    """§1.3 政策匹配到人: a preview makes no case and keeps nothing."""
    before = builders.everything(office)
    with office.act(staff["mzj.chief"]) as act:
        matched = almoner.match(act, KEY, entries(office))
    assert [str(each.ruled.way) for each in matched] == ["automatic", "automatic", "none", "none"]
    assert matched[3].ruled.why == "名单没有写明残疾等级，不能匹配。"
    assert builders.everything(office) == before


def test_a_list_becomes_cases_after_it_was_shown_in_public(
    office: Office, staff: Staff, watch: Watch, listed: int
) -> None:
    """§1.3 名单匹配→公示→批量建件→兑付; each case tells its line and the version of the rule."""
    with office.act(staff["mzj.chief"]) as act:
        almoner.publish(act, listed)
    assert make(office, staff, listed) == ["roster.public"] * 2
    watch.pass_days(8)
    first, second = make(office, staff, listed)
    assert (state(office, first), state(office, second)) == ("accepted", "accepted")
    with office.look() as look:
        row = offers.of_case(look.db, builders.case_row(office, second).id)
    assert row is not None
    assert (row.rule_key, row.rule_version) == ("subsidy_list", 1)
    assert row.said["because"] == "《2026 年残疾人两项补贴名单》第 3 行（川民发〔2026〕1号）"
    assert builders.case_row(office, second).flags["living_subsidy"] is True
    watch.pass_days(8)
    worker.drain(office)
    assert (state(office, first), state(office, second)) == ("granted", "granted")


def test_making_it_again_makes_no_doubles(office: Office, staff: Staff, watch: Watch, listed: int) -> None:
    """§1.3: a line is a case once, however often it is tried; the same list is not taken twice."""
    shown(office, staff, watch, listed)
    with office.look() as look:
        waiting = rosters.waiting(look.db, listed)
    assert len(make(office, staff, listed)) == 2
    assert make(office, staff, listed) == []
    again = office.each(staff["mzj.chief"], waiting, almoner.make, of_cases=False)
    assert [came for _, came in again] == [None, None]
    keep = partial(almoner.keep, key=KEY, title="又一份", policy="同上", entries=entries(office))
    assert refused(office, staff["mzj.chief"], keep).code == "roster.same"


def test_an_objection_takes_a_line_off_and_a_person_may_decline(
    office: Office, staff: Staff, watch: Watch, listed: int
) -> None:
    """§1.3: 公示有异议的不建件, 允许申请人放弃."""
    with office.look() as look:
        first, _ = rosters.waiting(look.db, listed)
    with office.act(staff["mzj.leader"]) as act:
        almoner.strike(act, first, "已迁出本区，经社区核实")
    shown(office, staff, watch, listed)
    (no,) = make(office, staff, listed)
    do(office, APPLICANT, applicant.decline, no, "")
    assert state(office, no) == "declined"
    assert refused(office, staff["mzj.chief"], almoner.make, first).code == "entry.not-for"


def test_who_has_it_already_is_not_given_it_twice(
    office: Office, staff: Staff, watch: Watch, listed: int
) -> None:
    """§1.3: he applied by himself between the list and its cases."""
    who = receiving.Person("person", "510703195001010011", "赵一")
    builders.accepted(office, staff, KEY, applicant=who)
    shown(office, staff, watch, listed)
    assert make(office, staff, listed)[0] == "entry.not-for"


def test_a_bad_list_is_taken_not_at_all(office: Office) -> None:
    """Nothing is half done: every wrong line is named."""
    bad = LIST + "510703195001010011,赵一,1,否\n510703195001010097,,1,否\n"
    with pytest.raises(Refused) as refusal:
        entries(office, bad)
    assert refusal.value.code == "roster.lines"
    assert {found.element for found in refusal.value.findings} == {"第 6 行", "第 7 行"}
