"""办不成事反映窗口: taken by whoever is met first, passed on, answered in time, called back, and traced (§1.5)."""

from engine.domain.identity import Actor
from engine.domain.ticket import Cause, Kind, Source, Standing
from engine.office import Office
from engine.queries import ticketbook
from engine.queries.counting import Counting
from engine.queries.ticketbook import Seen
from engine.services import ticketing
from engine.services.ticketing import Told
from engine.store.db import Row
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import Visitor

STUCK = Told(
    Kind.STUCK, "三个部门互相推，办不成", caller="王小满", phone="13800000001", cause=Cause.PASSED_ON
)


def take(office: Office, by: Actor, told: Told = STUCK) -> Row:
    with office.act(by) as act:
        return ticketing.take(act, told)


def passed_on(office: Office, staff: Staff, told: Told = STUCK) -> Row:
    """A ticket of the hall that lies with the market supervision."""
    row = take(office, staff["lin"], told)
    with office.act(staff["lin"]) as act:
        return ticketing.transfer(act, row.id, "SCJG", "属市场监管")


def closed(office: Office, staff: Staff, told: Told = STUCK) -> Row:
    row = take(office, staff["lin"], told)
    with office.act(staff["lin"]) as act:
        ticketing.answer(act, row.id, "已协调办成")
    with office.act(staff["lin"]) as act:
        return ticketing.call_back(act, row.id, "本人满意", connected=True, satisfaction=5)


def test_it_needs_no_case_and_stays_with_its_first_contact_whoever_answers(
    office: Office, staff: Staff
) -> None:
    """首问负责: passed on, the first contact and the due moment stay."""
    row = passed_on(office, staff)
    assert (row.case_id, row.first_contact_id) == (None, staff["lin"].id)
    assert builders.org_code(office, row.org_id) == "SCJG"
    said = Visitor(office, "scjg.chief").text(f"/tickets/{row.id}")
    assert "林窗口" in said
    assert "11月30日" in said  # five working days from Monday 23rd


def test_a_wrongly_assigned_one_goes_back_within_twenty_four_hours(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """安阳: 误派 24 小时退回."""
    row = passed_on(office, staff)
    watch.set("2026-11-24 08:59")
    with office.act(staff.of("chief", "SCJG")) as act:
        back = ticketing.give_back(act, row.id, "属城管")
    assert builders.org_code(office, back.org_id) == "HALL"
    late = passed_on(office, staff)
    watch.set("2026-11-25 09:00")
    refusal = builders.refused(office, staff.of("chief", "SCJG"), ticketing.give_back, late.id, "属城管")
    assert refusal.code == "ticket.back-late"


def test_a_hard_one_gets_five_more_days_once(office: Office, staff: Staff, watch: Watch) -> None:
    """5 + 5 working days, on the manager's word."""
    row = take(office, staff["lin"])
    assert builders.refused(office, staff["lin"], ticketing.extend, row.id, "疑难").code == "post.missing"
    with office.act(staff["manager"]) as act:
        more = ticketing.extend(act, row.id, "涉及三个部门")
    assert (more.due_at - row.due_at).days == 7
    assert builders.refused(office, staff["manager"], ticketing.extend, row.id, "再延").code == "extend.twice"


def test_an_answer_says_why_and_is_closed_by_a_call_that_satisfies(office: Office, staff: Staff) -> None:
    row = take(office, staff["lin"], Told(Kind.STUCK, "办不成"))
    assert builders.refused(office, staff["lin"], ticketing.answer, row.id, "已办").code == "cause.missing"
    with office.act(staff["lin"]) as act:
        ticketing.answer(act, row.id, "已协调", Cause.UNCLEAR)
    for connected, level, standing in ((False, None, "answered"), (True, 1, "open")):
        with office.act(staff["lin"]) as act:
            row = ticketing.call_back(act, row.id, "回访", connected=connected, satisfaction=level)
        assert row.standing == standing
    with office.act(staff["lin"]) as act:
        ticketing.answer(act, row.id, "再次协调，已办成")
    with office.act(staff["lin"]) as act:
        row = ticketing.call_back(act, row.id, "仍有意见", connected=True, satisfaction=1)
    assert row.standing == Standing.CLOSED  # heard twice; the rest is 责任倒查


def test_three_of_one_cause_are_a_matter_of_the_house_and_are_traced(office: Office, staff: Staff) -> None:
    """集中性问题, 责任倒查."""
    rows = [closed(office, staff, Told(Kind.STUCK, "推诿", cause=Cause.PASSED_ON)) for _ in range(3)]
    with office.act(staff["manager"]) as act:
        for row in rows:
            ticketing.trace(act, row.id, "SCJG", "首问未落实，已约谈")
    with office.look() as look:
        seen = Seen(staff["manager"], look.at, look.calendar, look.library.rules())
        (cluster,) = ticketbook.clusters(Counting(look.db, look.calendar, look.at), seen)
    assert (cluster.cause, cluster.count, "市场监督" in cluster.org) == ("passed_on", 3, True)
    assert "部门推诿" in Visitor(office, "manager").text("/tickets/figures")


def test_the_three_rates_of_the_hotline_are_counted_with_the_lists_behind_them(
    office: Office, staff: Staff
) -> None:
    """004 电话接通率、服务办结率、评价回访率."""
    hotline = {"source": Source.HOTLINE, "cause": Cause.SLOW}
    closed(office, staff, Told(Kind.COMPLAINT, "太慢", connected=True, **hotline))
    take(office, staff["lin"], Told(Kind.COMPLAINT, "打不通", connected=False, **hotline))
    with office.look() as look:
        seen = Seen(staff["manager"], look.at, look.calendar, look.library.rules())
        counting = Counting(look.db, look.calendar, look.at)
        counts = ticketbook.counts(counting, seen)
        rates = [rate.of(counts) for rate in ticketbook.RATES]
        listed = {each.key: len(ticketbook.behind(counting, seen, each.key)) for each in ticketbook.FIGURES}
    assert rates == [0.5, 0.5, 1.0]
    assert listed == counts


def test_it_turns_red_by_the_rules_for_complaints(office: Office, staff: Staff, watch: Watch) -> None:
    """§5 投诉: a notice in time, red when the limit is over."""
    take(office, staff["lin"])
    assert "红牌" not in Visitor(office, "lin").text("/tickets")
    watch.set("2026-12-01 09:00")
    page = Visitor(office, "lin").text("/tickets")
    assert "红牌" in page
    assert "超 1 日" in page
