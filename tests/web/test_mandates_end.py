"""A mandate that is about to end, as its principal, its agent, the window and a machine see it (R-ACC-7)."""

from datetime import date

from engine.domain.case import Channel
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import agent
from tests import builders
from tests.builders import LI
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor

CATERING, AD = "small_catering", "outdoor_ad"


def test_whoever_it_concerns_reads_when_it_ends(office: Office, staff: Staff, watch: Watch) -> None:
    own = builders.apply(office, staff, AD)
    with office.act(APPLICANT) as act:
        row = agent.authorise(act, act.case(own), LI, [CATERING], date(2026, 11, 27))
    with office.act(agent.acting(row)) as act:
        no = agent.apply(act, row, builders.application(office, CATERING, channel=Channel.ONLINE)).no
    told = "授权将于 11月27日"
    assert told in Visitor(office).text(f"/t/{builders.case_row(office, own).code}")
    assert told in Visitor(office).text(f"/agent/{row.code}")
    desk = Visitor(office, "lin").text("/desk")
    assert all(words in desk for words in ("代办授权到期", no, "即将到期", "请联系申请人续办授权"))
    watch.set("2026-11-28 00:00")
    (listed,) = Machine(office).get("/mandates/ending", "lin").json["items"]
    assert (listed["no"], listed["agent"], listed["over"]) == (no, "李**", True)
