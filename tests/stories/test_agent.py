"""帮办代办 (rulebook §1.2, R-ACC-7): an agent acts within his mandate, in his own name, and not a day longer."""

from datetime import date

from engine import worker
from engine.domain.case import Channel
from engine.domain.identity import APPLICANT, Actor
from engine.office import Office
from engine.queries import ending
from engine.services import agent, applicant, usher
from engine.services.mandating import Presented
from engine.store import mandates
from engine.store.db import Row
from tests import builders
from tests.builders import LI, WANG, acts, do, entry, paper, refused, state
from tests.conftest import Watch
from tests.people import Staff

CATERING, AD = "small_catering", "outdoor_ad"
LETTER = Presented(date(2026, 12, 31), (CATERING,))


def _of(office: Office, mandate_id: int) -> Row:
    with office.look() as look:
        return mandates.get(look.db, mandate_id)


def _given_online(office: Office, no: str) -> Row:
    """Wang gives Li a mandate with the tracking code of what he filed himself."""
    with office.act(APPLICANT) as act:
        return agent.authorise(act, act.case(no), LI, [CATERING], date(2026, 12, 31))


def test_li_applies_with_the_letter_he_shows_and_for_nothing_it_does_not_name(
    office: Office, staff: Staff
) -> None:
    """R-ACC-7: no mandate, no agent; and only what it says."""
    as_agent = builders.application(office, CATERING, channel=Channel.AGENT, agent=LI)
    assert refused(office, staff["lin"], applicant.apply, as_agent).code == "mandate.missing"
    no = builders.apply(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    assert entry(office, no, "applied")["words"] == "李代办代王小满申请"
    other = builders.application(office, AD, channel=Channel.AGENT, agent=LI)
    assert refused(office, staff["lin"], applicant.apply, other).code == "mandate.scope"


def test_wang_authorises_li_online_and_the_journal_names_both(office: Office, staff: Staff) -> None:
    """R-ACC-7: the principal proves himself by his own tracking code; the agent by that of the mandate."""
    row = _given_online(office, builders.apply(office, staff, AD))
    asked = builders.application(office, CATERING, channel=Channel.ONLINE)
    with office.act(agent.acting(row)) as act:
        no = agent.apply(act, row, asked).no
    with office.act(agent.acting(row)) as act:
        agent.withdraw(act, row, act.case(no), "本人改了主意")
    assert state(office, no) == "withdrawn"
    with office.look() as look:
        names = {e.by_name for e in builders.journal.of_case(look.db, look.case(no).id)}
    assert names == {"李代办（代王小满）"}


def test_a_mandate_that_is_over_works_no_more_and_the_case_goes_on(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.accepted(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    with office.look() as look:
        pair = look.case(no).applicant_id, builders.case_row(office, no).agent_id
        given = mandates.between(look.db, *pair)[0].id
    with office.act(staff["lin"]) as act:
        agent.revoke(act, given, "本人到窗口撤销")
    assert (state(office, no), "mandate over" in acts(office, no)) == ("accepted", True)
    assert "不受影响" in str(paper(office, no, "mandate_over").facts)
    row = _of(office, given)
    assert refused(
        office, agent.acting(row), lambda act: agent.withdraw(act, row, act.case(no), "撤")
    ).code == ("mandate.over")


def test_nor_after_its_last_day(office: Office, staff: Staff, watch: Watch) -> None:
    row = _given_online(office, builders.apply(office, staff, AD))
    watch.set("2026-12-31 23:59")
    asked = builders.application(office, CATERING, channel=Channel.ONLINE)
    with office.act(agent.acting(row)) as act:
        agent.apply(act, row, asked)
    watch.set("2027-01-01 00:00")
    assert refused(office, agent.acting(row), agent.apply, row, asked).code == "mandate.over"


def test_an_agent_cannot_authorise_another_with_his_principals_case(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    refusal = builders.refusal(office, APPLICANT, agent.authorise, no, WANG, [], date(2026, 12, 31))
    assert refusal.code == "mandate.not-own"


def test_help_is_told_in_the_timeline(office: Office, staff: Staff) -> None:
    """帮办: counted, the old and the weak apart (rulebook §1.2)."""
    no = builders.apply(office, staff, CATERING)
    do(office, staff["lin"], usher.assist, no, "代填申请表、代扫描")
    assert entry(office, no, "assisted")["words"] == "代填申请表、代扫描"


def _listed(office: Office, login: Actor) -> list[tuple[str, str, bool]]:
    with office.look() as look:
        return [(each.no, each.agent, each.over) for each in ending.ending(look.db, login, look.at)]


def test_both_are_told_a_week_before_it_ends_and_the_window_calls(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-7: once, by the clock; it stands on the case, and on the list of the window and of its first contact."""
    no = builders.apply(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    watch.set("2026-12-24 23:00")
    worker.tick(office)
    assert ("mandate ending" in acts(office, no), _listed(office, staff["lin"])) == (False, [])
    watch.set("2026-12-25 09:00")
    worker.tick(office)
    worker.tick(office)
    assert acts(office, no).count("mandate ending") == 1
    assert entry(office, no, "mandate ending")["until"] == "2026-12-31"
    assert _listed(office, staff["lin"]) == [(no, "李**", False)]


def test_when_it_is_over_the_principal_has_it_in_writing(office: Office, staff: Staff, watch: Watch) -> None:
    """R-ACC-7: the case goes on, and nobody is told twice."""
    no = builders.accepted(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    watch.set("2027-01-01 00:00")
    worker.tick(office)
    worker.tick(office)
    assert acts(office, no).count("mandate expired") == 1
    assert "已经到期" in paper(office, no, "mandate_over").text
    assert (state(office, no), _listed(office, staff["lin"])) == ("accepted", [(no, "李**", True)])


def test_who_has_another_that_goes_on_is_not_told(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=LETTER)
    longer = Presented(date(2027, 6, 30))
    builders.apply(office, staff, CATERING, channel=Channel.AGENT, agent=LI, mandate=longer)
    watch.set("2027-01-01 00:00")
    worker.tick(office)
    assert not {"mandate ending", "mandate expired"} & set(acts(office, no))
    assert _listed(office, staff["lin"]) == []
