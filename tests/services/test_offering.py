"""Beginning unasked, exactly once: a letter read twice, a death in the middle, a rule that moves on (R-DEC-4)."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.domain.availability import Availability
from engine.domain.identity import APPLICANT, CLOCK, COURIER
from engine.office import Office
from engine.services import applicant, approver, bundle, desk, drawings, registrar, rulings
from engine.services.act import Act
from engine.store import catalog, journal, offers
from engine.store.definitions import definitions
from tests import builders
from tests.builders import do, refusal, state
from tests.people import Staff
from tests.stories.test_application_free import RETIRES, begun


def letters(office: Office) -> list[Any]:
    """Every letter that told of a result, taken or not."""
    with office.look() as look:
        rows = journal.letters
        return list(look.db.execute(rows.select().where(rows.c.topic == "landed").order_by(rows.c.id)))


def granted(office: Office, staff: Staff) -> str:
    return builders.granted(office, staff, "pension_retirement", **RETIRES)


def test_a_letter_read_twice_begins_one_case(office: Office, staff: Staff) -> None:
    no = granted(office, staff)
    (letter,) = letters(office)
    before = builders.everything(office)["journal"]
    with office.act(COURIER) as act:
        assert not bundle.receive(act, letter)
    assert builders.everything(office)["journal"] == before
    assert len(begun(office, no)) == 1


def test_a_second_letter_about_the_same_result_begins_nothing(office: Office, staff: Staff) -> None:
    no = granted(office, staff)
    with office.act(CLOCK) as act:
        case = act.case(no)
        act.record("reminded", case, task="再投一次")
        act.post(case.id, case, "landed", on="granted")
    assert [letter.taken_at is None for letter in letters(office)] == [False, False]
    assert len(begun(office, no)) == 1


def test_who_dies_in_the_middle_leaves_nothing_and_the_letter_waits(
    office: Office, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the plug were pulled after the case was made and before the commit: it is made anew, once."""
    no = builders.accepted(office, staff, "pension_retirement", **RETIRES)
    builders.work(office, staff, no, until="decide")
    task = builders.step(office, no, "decide")
    with monkeypatch.context() as plug:
        plug.setattr(office, "_deliver_to", lambda _: None)
        with office.act(builders.holder(office, staff, task)) as act:
            approver.complete(act, task.id, "granted", "同意")
    (letter,) = letters(office)
    with pytest.raises(KeyboardInterrupt):
        _unplugged(office, letter)
    assert begun(office, no) == {}
    office.deliver(letter)
    office.deliver(letter)
    assert list(begun(office, no)) == ["medical_active_to_retired"]
    assert builders.incidents(office) == []


def _unplugged(office: Office, letter: Any) -> None:
    """Begin what follows, and die before it is committed."""
    with office.act(COURIER) as act:
        bundle.receive(act, letter)
        assert offers.begun(act.db, letter.to_id)
        raise KeyboardInterrupt


def test_what_follows_a_delivery_waits_for_it(office: Office, staff: Staff) -> None:
    """R-BUN-4's kinds hold here too: on granted, on delivered."""
    with office.act(CLOCK) as act:
        for key, field, value in (
            ("medical_active_to_retired", "application_free", {"on": "delivered"}),
            ("pension_retirement", "followed_by", None),
        ):
            row = catalog.current(act.db, key)
            old = row.record[field]
            new = {**old, **value} if value else [{**each, "on": "delivered"} for each in old]
            catalog.publish(act.db, row.kind, {**row.record, field: new}, row.definition_id, act.at)
    no = granted(office, staff)
    assert begun(office, no) == {}
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert list(begun(office, no)) == ["medical_active_to_retired"]


def test_nothing_is_begun_of_a_matter_that_is_paused(office: Office, staff: Staff) -> None:
    """§1.6 暂停: whoever is due it hears why it was not begun."""
    with office.act(staff["registrar"]) as act:
        registrar.make_available(act, "medical_active_to_retired", Availability.PAUSED, "系统升级")
    no = granted(office, staff)
    assert (begun(office, no), builders.entry(office, no, "not begun")["reason"]) == ({}, "系统升级")


def test_a_case_keeps_the_rule_it_was_begun_by(office: Office, staff: Staff) -> None:
    """R-DEC-4 规则快照: a newer version is for those who come after."""
    first = begun(office, granted(office, staff))["medical_active_to_retired"]
    with office.act(staff["designer"]) as act:
        old = act.db.execute(definitions.select().where(definitions.c.key == "retired_medical")).one()
        stricter = old.source.replace(b"&gt;= 25", b"&gt;= 35").replace(b"&lt; 25", b"&lt; 35")
        rulings.keep(act, stricter, None, published=True)
    second = begun(office, granted(office, staff))["medical_active_to_retired"]
    with office.look() as look:
        rows = [offers.of_case(look.db, builders.case_row(office, no).id) for no in (first, second)]
    assert [(row.rule_version, row.way) for row in rows if row] == [(1, "automatic"), (2, "handled")]


def _without_materials(act: Act) -> None:
    row = catalog.current(act.db, "newborn_medical")
    free = {**row.record["application_free"], "after": "mars", "materials": {}}
    drawings.must_agree(act, {**row.record, "application_free": free}, row.definition_id)


def test_a_record_that_cannot_be_begun_so_is_not_published(office: Office) -> None:
    """Lint at publish: each finding at its material or field."""
    unsound = builders.refused(office, CLOCK, _without_materials)
    assert {(each.code, each.element) for each in unsound.findings} == {
        ("application-free.unknown-predecessor", "after"),
        ("application-free.unmapped", "newborn-household-register"),
        ("application-free.unmapped", "birth-certificate"),
    }


def test_who_applied_himself_withdraws_and_does_not_decline(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    for say in (applicant.agree, lambda act, case: applicant.decline(act, case, "")):
        assert refusal(office, APPLICANT, say, no).code == "offer.none"


def test_an_automatic_step_is_in_nobodys_hands(office: Office, staff: Staff) -> None:
    """R-DEC-4: until a human is asked for, no officer takes it; a second wish for one is refused."""
    no = begun(office, granted(office, staff))["medical_active_to_retired"]
    task = builders.open_tasks(office, no)[0]
    assert builders.task_refusal(office, staff, task, "pass").code == "offer.automatic"
    do(office, APPLICANT, applicant.ask_human, no, "请核对")
    assert refusal(office, APPLICANT, applicant.ask_human, no, "再核对").code == "offer.handled"


def test_who_agrees_need_not_wait(office: Office, staff: Staff) -> None:
    no = begun(office, granted(office, staff))["medical_active_to_retired"]
    do(office, APPLICANT, applicant.agree, no)
    assert state(office, no) == "granted"
    assert refusal(office, APPLICANT, applicant.agree, no).code == "case.wrong-state"


def test_nothing_is_begun_by_what_is_denied(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "birth_certificate")
    builders.complete(office, staff, builders.step(office, no, "decide"), "denied")
    assert (begun(office, no), letters(office)) == ({}, [])
    with office.look() as look:
        assert look.db.scalar(sa.select(sa.func.count()).select_from(offers.offers)) == 0
