"""Applying: at the window, online, through an agent; and what no application may contain (R-ACC-7)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.domain.case import Channel
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, Actor
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant
from engine.services.mandating import Presented
from engine.store import people
from engine.store.people import applicants
from tests import builders
from tests.builders import LI, case_row, clocks, member, state, steps
from tests.people import Staff

FOOD = "food_operation_new"


def _refused(office: Office, by: Actor, key: str, **more: Any) -> Refused:
    asked = builders.application(office, FOOD)
    asked = builders.replace(asked, matter=key, **more)
    before = builders.everything(office)
    with pytest.raises(Refused) as refused, office.act(by) as act:
        applicant.apply(act, asked)
    assert builders.everything(office) == before
    return refused.value


def test_lin_takes_an_application_in_at_the_window(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    case = case_row(office, no)
    assert (case.state, case.channel, steps(office, no)) == ("received", "window", ["accept"])
    assert case.first_contact_id == staff["lin"].id
    assert case.received_at == case.complete_at


def test_wang_applies_online_and_waits_for_prereview(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    assert (state(office, no), steps(office, no)) == ("submitted", ["prereview"])
    assert case_row(office, no).first_contact_id is None


def test_li_applies_for_wang_as_his_agent(office: Office, staff: Staff) -> None:
    """R-ACC-7: one may be represented."""
    no = builders.apply(
        office, staff, FOOD, channel=Channel.AGENT, agent=LI, mandate=Presented(date(2026, 12, 31))
    )
    with office.look() as look:
        name = sa.select(applicants.c.name).where(applicants.c.id == case_row(office, no).agent_id)
        assert look.db.scalar(name) == "李代办"
    assert state(office, no) == "received"


def test_the_notice_clock_runs_from_the_day_of_receipt(office: Office, staff: Staff) -> None:
    """R-ACC-1: five working days, the first not counted (R-CNT-1)."""
    no = builders.apply(office, staff, FOOD)
    assert list(clocks(office, no)) == ["stage", "notice"]
    assert builders.last_days(office, no)["notice"] == "2026-11-30"


def test_every_application_has_a_number_and_a_tracking_code_of_its_own(office: Office, staff: Staff) -> None:
    rows = [case_row(office, builders.apply(office, staff, FOOD)) for _ in range(3)]
    assert [row.no[15:21] for row in rows] == ["000001", "000002", "000003"]
    assert len({row.code for row in rows}) == 3


def test_one_applicant_is_one_however_often_he_comes(office: Office, staff: Staff) -> None:
    first, second = (case_row(office, builders.apply(office, staff, FOOD)) for _ in range(2))
    assert first.applicant_id == second.applicant_id


def _comes_as(office: Office, by: Actor, before: str, **said: str) -> tuple[str, str]:
    """What is known of Wang once somebody applies in his name, with the code of an earlier case or without."""
    asked = builders.application(office, FOOD)
    channel = Channel.ONLINE if by is APPLICANT else Channel.WINDOW
    wang = builders.replace(asked.applicant, **said)
    with office.act(by) as act:
        no = applicant.apply(act, builders.replace(asked, applicant=wang, channel=channel, code=before)).no
    with office.look() as look:
        row = people.applicant_row(look.db, case_row(office, no).applicant_id)
        return row.name, row.phone


def test_who_stands_at_the_window_is_known_by_his_new_name_and_phone(office: Office, staff: Staff) -> None:
    builders.apply(office, staff, FOOD)
    new = {"name": "王大满", "phone": "13900000000"}
    assert _comes_as(office, staff["lin"], "", **new) == ("王大满", "13900000000")
    assert _comes_as(office, staff["lin"], "", name="王大满", phone="") == ("王大满", "13900000000")


def test_a_form_anybody_can_fill_in_changes_nothing_that_is_known_of_anybody(
    office: Office, staff: Staff
) -> None:
    """An identity number is no secret: neither the name nor the phone behind it follows a stranger's word."""
    earlier = case_row(office, builders.apply(office, staff, FOOD))
    had = builders.WANG.phone
    assert _comes_as(office, APPLICANT, "", phone="13700000000")[1] == had
    wrong = builders.replace(builders.WANG, name="王假名")
    refused = _refused(office, APPLICANT, FOOD, applicant=wrong, channel=Channel.ONLINE)
    assert (refused.code, refused.field) == ("applicant.name", "applicant.name")
    assert _comes_as(office, APPLICANT, earlier.code, phone="13700000000")[1] == "13700000000"


def test_what_nobody_asks_for_is_not_taken(office: Office, staff: Staff) -> None:
    """Nothing beyond the guide may be asked for or kept (rulebook §1.1)."""
    refused = _refused(
        office, staff["lin"], FOOD, materials=(Handed("grandmother-photo", Standing.RECEIVED),)
    )
    assert (refused.code, refused.field) == ("material.unknown", "materials")


def test_a_file_that_is_not_there_is_refused(office: Office, staff: Staff) -> None:
    refused = _refused(office, staff["lin"], FOOD, materials=(Handed("floor-plan", Standing.RECEIVED, 99),))
    assert refused.code == "file.unknown"


def test_a_matter_nobody_knows_is_refused(office: Office, staff: Staff) -> None:
    assert _refused(office, staff["lin"], "moon_landing").code == "matter.unknown"


def test_a_question_nobody_asks_is_refused(office: Office, staff: Staff) -> None:
    assert _refused(office, staff["lin"], FOOD, flags={"full_moon": True}).code == "flag.unknown"


def test_a_matter_outside_the_bundle_is_no_member(office: Office, staff: Staff) -> None:
    refused = _refused(office, staff["lin"], "open_restaurant", members=("film_projection",))
    assert (refused.code, refused.field) == ("bundle.member", "members")


def test_an_agent_must_be_named(office: Office, staff: Staff) -> None:
    assert _refused(office, staff["lin"], FOOD, channel=Channel.AGENT).code == "agent.missing"


def test_only_the_window_applies_at_the_window(office: Office, staff: Staff) -> None:
    assert _refused(office, staff.of("approver", "SCJG"), FOOD).code == "post.missing"


def test_a_hall_nobody_knows_is_refused(office: Office, staff: Staff) -> None:
    assert _refused(office, APPLICANT, FOOD, channel=Channel.ONLINE, hall="MARS").code == "org.unknown"


def test_a_member_belongs_to_its_own_authority_and_the_bundle_to_its_lead(
    office: Office, staff: Staff
) -> None:
    no = builders.apply(office, staff, "open_restaurant", members=("tobacco_retail",))
    tobacco = case_row(office, member(office, no, "tobacco_retail"))
    with office.look() as look:
        assert tobacco.authority_id == look.library.org(look.db, "YC")
        assert case_row(office, no).authority_id == look.library.org(look.db, "SCJG")
    assert tobacco.parent_id == case_row(office, no).id


def test_answers_stay_with_the_bundle_and_scenario_flags_go_to_its_members(
    office: Office, staff: Staff
) -> None:
    """R-BUN-5: one form."""
    flags = {"public_gathering_place": True}
    no = builders.apply(office, staff, "open_restaurant", flags=flags, answers={"shop": "小满面馆"})
    fire = case_row(office, member(office, no, "fire_check"))
    assert (case_row(office, no).answers, fire.answers) == ({"shop": "小满面馆"}, {})
    assert fire.flags["public_gathering_place"] is True
    assert (case_row(office, no).flags["in_bundle"], fire.flags["in_bundle"]) == (False, True)
