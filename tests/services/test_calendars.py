"""Calendars a city runs: two people, history kept, due dates that follow (R-CNT-7, rulebook §0.3, §12)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import worker
from engine.domain import notice as rules
from engine.domain.clock import Clock
from engine.domain.errors import Refused
from engine.domain.hours import OfficeHours
from engine.domain.identity import CLOCK
from engine.domain.limit import Limit
from engine.office import NOTICE_EVERY, Office
from engine.queries import behind, impact, inbox, integrity
from engine.queries.impact import Impact
from engine.queries.pools import View
from engine.services import holidays, registrar, timing
from engine.store import calendars as kept
from engine.store import cases, catalog, dues, journal
from engine.store.db import Database
from engine.store.deadlines import deadlines
from engine.sweep import SOON
from tests import builders
from tests.conftest import Watch
from tests.people import Staff

SHELF = Path(__file__).parents[2] / "bpmn" / "calendars"
NEWER = "国务院放假通知至2019年"
SEVEN_DAYS = "tobacco_retail"
BINDING = (Clock.PROMISED, Clock.LEGAL)
TERMS = {"promised_limit": {"value": 7, "unit": "workday"}}


def notice(year: int) -> bytes:
    return (SHELF / f"{year}.json").read_bytes()


@pytest.fixture
def year_2018(office: Office, watch: Watch) -> None:
    """It is 2018-12-20, and the State Council has not yet said how 2019 will be."""
    watch.set("2018-12-20 10:00")
    with office.database.transaction() as db:
        for table in (kept.calendar_days, kept.calendar_versions, kept.calendars):
            db.execute(sa.delete(table))
    office.renew_calendar()
    with office.act(CLOCK) as act:
        registrar.publish_calendar(act, [SHELF / f"{year}.json" for year in range(2012, 2019)])


def seven_days(office: Office, staff: Staff) -> str:
    """A case accepted today with a promise of seven working days."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, SEVEN_DAYS)
        catalog.publish(act.db, "matter", {**row.record, **TERMS}, row.definition_id, act.at)
    return builders.accepted(office, staff, SEVEN_DAYS)


def drafted(office: Office, staff: Staff, source: bytes, code: str = "CN", **more: Any) -> int:
    """Ding drafts what was handed in; return the draft."""
    with office.act(staff["registrar"]) as act:
        proposal = holidays.propose(act, code, rules.read(source) if source else None, **more)
        return int(registrar.draft_calendar(act, proposal).id)


def activated(office: Office, staff: Staff, source: bytes, code: str = "CN", **more: Any) -> None:
    """Ding drafts, Deng puts it in force, the worker does what follows."""
    draft = drafted(office, staff, source, code, **more)
    with office.act(staff["deng"]) as act:
        registrar.activate_calendar(act, draft)
    worker.drain(office)


def weighed(office: Office, source: bytes, code: str = "CN", **more: Any) -> Impact:
    with office.look() as look:
        proposal = holidays.propose(look, code, rules.read(source) if source else None, **more)
        return impact.impact(
            look.db, holidays.present(look, code), holidays.prospect(look, proposal), look.at
        )


def refused(office: Office, staff: Staff, login: str, draft: int) -> str:
    with pytest.raises(Refused) as refusal, office.act(staff[login]) as act:
        registrar.activate_calendar(act, draft)
    return refusal.value.code


# -- the notice that changed the December before it ------------------------------------------------------------


def test_a_notice_moves_a_running_case_two_days_forward(
    office: Office, staff: Staff, year_2018: None
) -> None:
    """R-CNT-7: accepted 2018-12-20 with seven working days, 12-31 before the notice and 12-29 after it."""
    no = seven_days(office, staff)
    assert builders.last_days(office, no)["promised"] == "2018-12-31"
    activated(office, staff, notice(2019), document="国办发明电〔2018〕15号")
    assert builders.last_days(office, no)["promised"] == "2018-12-29"
    assert builders.clocks(office, no)["promised"].calendar == NEWER


def test_the_ledger_keeps_what_was_known_before(
    office: Office, staff: Staff, year_2018: None, watch: Watch
) -> None:
    no = seven_days(office, staff)
    watch.set("2018-12-21 09:00")
    activated(office, staff, notice(2019), document="国办发明电〔2018〕15号")
    with office.look() as look:
        rows = dues.of_case(look.db, cases.id_of(look.db, no))
    before, after = (row for row in rows if row.clock == "promised")
    assert (before.cause, before.calendar, before.until) == ("started", "国务院放假通知至2018年", watch())
    assert (after.cause, after.calendar, after.document) == ("calendar", NEWER, "国办发明电〔2018〕15号")
    assert before.due_at > after.due_at


def test_who_holds_a_task_that_comes_earlier_is_told(office: Office, staff: Staff, year_2018: None) -> None:
    no = seven_days(office, staff)
    activated(office, staff, notice(2019), document="国办发明电〔2018〕15号")
    said = builders.entry(office, no, "brought forward")
    assert (said["was"], said["until"], said["document"]) == (
        "2018-12-31",
        "2018-12-29",
        "国办发明电〔2018〕15号",
    )
    task = builders.open_tasks(office, no)[0]
    with office.look() as look:
        page = inbox.items(
            look.db, builders.holder(office, staff, task), look.at, look.calendar, View.CLAIMABLE
        )
    assert "到期日提前到 2018-12-29（原 2018-12-31）" in page.items[0].reason


def test_a_case_and_its_tasks_follow_their_clock(office: Office, staff: Staff, year_2018: None) -> None:
    no = seven_days(office, staff)
    activated(office, staff, notice(2019))
    due = builders.clocks(office, no)["promised"].due_at
    row = builders.case_row(office, no)
    assert row.promised_due_at == due
    assert {task.due_at for task in builders.open_tasks(office, no) if not task.limit_text} <= {due}


def test_what_has_ended_keeps_its_dates(office: Office, staff: Staff, year_2018: None) -> None:
    ended = builders.granted(office, staff, SEVEN_DAYS)
    with office.look() as look:
        query = sa.select(deadlines).where(deadlines.c.settled_at.is_not(None)).order_by(deadlines.c.id)
        before = look.db.execute(query).all()
    activated(office, staff, notice(2019))
    with office.look() as look:
        assert look.db.execute(query).all() == before
    assert "calendar changed" not in builders.acts(office, ended)


def test_days_that_lie_behind_are_said_to(
    office: Office, staff: Staff, year_2018: None, watch: Watch
) -> None:
    builders.granted(office, staff, SEVEN_DAYS)
    watch.set("2018-12-30 10:00")
    seen = weighed(office, notice(2019))
    assert [str(change.day) for change in seen.changes if change.past] == ["2018-12-29"]
    assert seen.ended > 0


def test_what_would_move_is_listed_before_anybody_confirms(
    office: Office, staff: Staff, year_2018: None
) -> None:
    no = seven_days(office, staff)
    before = builders.everything(office)
    seen = weighed(office, notice(2019))
    assert builders.everything(office) == before
    first = seen.moves[0]
    assert (first.case, first.earlier, seen.earlier >= 1) == (no, True, True)
    assert [(str(c.day), c.old.working, c.new.working) for c in seen.changes][:3] == [
        ("2018-12-29", False, True),
        ("2018-12-30", False, False),
        ("2018-12-31", True, False),
    ]


def test_what_was_foretold_is_what_happens(office: Office, staff: Staff, year_2018: None) -> None:
    for _ in range(3):
        seven_days(office, staff)
    seen = weighed(office, notice(2019))
    activated(office, staff, notice(2019))
    for move in seen.moves:
        rows = builders.clocks(office, move.case)
        assert any(row.due_at == move.new and row.clock == move.clock for row in rows.values())


def test_a_clock_that_stands_is_reckoned_when_it_goes_on(
    office: Office, staff: Staff, year_2018: None, watch: Watch
) -> None:
    """R-CNT-5: stopped from 12-21 to 12-24 (one working day), so 2018-12-31 becomes 2019-01-02 — or 12-29 + 1."""
    no = seven_days(office, staff)
    watch.set("2018-12-21 10:00")
    builders.do(office, CLOCK, timing.stop, no, BINDING, "检验")
    activated(office, staff, notice(2019))
    watch.set("2018-12-24 10:00")
    builders.do(office, CLOCK, timing.resume, no, BINDING)
    assert builders.last_days(office, no)["promised"] == "2019-01-02"
    assert builders.clocks(office, no)["promised"].calendar == NEWER


# -- two people ------------------------------------------------------------------------------------------------

STORM = "2026-11-30,true,暴雨停办".encode()


def test_a_draft_changes_nothing(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    before = builders.last_days(office, no)
    drafted(office, staff, STORM)
    worker.drain(office)
    assert builders.last_days(office, no) == before
    assert office.calendar is not None
    assert office.calendar.is_working(date(2026, 11, 30))


def test_whoever_drafts_does_not_activate(office: Office, staff: Staff) -> None:
    draft = drafted(office, staff, STORM)
    assert refused(office, staff, "registrar", draft) == "calendar.same-person"
    assert refused(office, staff, "manager", draft) == "post.missing"


def test_the_table_itself_knows_that_it_takes_two(office: Office, staff: Staff) -> None:
    draft = drafted(office, staff, STORM)
    with pytest.raises(sa.exc.IntegrityError), office.database.transaction() as db:
        kept.activate(db, kept.version(db, draft), staff["registrar"].id, "丁登记", office.now())


def test_of_two_drafts_the_second_is_stale(office: Office, staff: Staff) -> None:
    first, second = drafted(office, staff, STORM), drafted(office, staff, b"2026-12-01,true,x")
    with office.act(staff["deng"]) as act:
        registrar.activate_calendar(act, first)
    assert refused(office, staff, "deng", second) == "calendar.stale"


def test_what_is_in_force_is_frozen(office: Office, staff: Staff) -> None:
    activated(office, staff, STORM)
    with office.look() as look:
        row = kept.active(look.db, "CN")
    assert row is not None
    assert refused(office, staff, "deng", row.id) == "calendar.frozen"
    with pytest.raises(Refused, match="不能再改动"), office.act(staff["deng"]) as act:
        registrar.discard_calendar(act, row.id)


def test_who_did_what_is_on_record(office: Office, staff: Staff) -> None:
    activated(office, staff, STORM, document="川府明电〔2026〕3号")
    with office.look() as look:
        row = kept.active(look.db, "CN")
        told = [
            e.act
            for e in look.db.execute(sa.select(journal.journal).where(journal.journal.c.case_id.is_(None)))
        ]
    assert row is not None
    assert (row.imported_name, row.activated_name, row.document) == (
        "丁登记",
        "邓登记",
        "川府明电〔2026〕3号",
    )
    assert [act for act in told if act.startswith("calendar")][:2] == [
        "calendar drafted",
        "calendar activated",
    ]


def test_a_version_that_was_altered_behind_our_back_is_named(office: Office) -> None:
    with office.database.transaction() as db:
        day = kept.calendar_days.c.day == date(2026, 10, 1)
        db.execute(sa.update(kept.calendar_days).where(day).values(working=True))
    with office.look() as look:
        assert "calendar.altered" in {fault.code for fault in integrity.faults(look.db)}


def test_the_same_again_is_no_new_version(office: Office, staff: Staff) -> None:
    with pytest.raises(Refused) as refusal:
        drafted(office, staff, notice(2026))
    assert refusal.value.code == "calendar.unchanged"


def test_one_may_go_back_to_what_was(office: Office, staff: Staff) -> None:
    activated(office, staff, STORM)
    activated(office, staff, notice(2026))
    with office.look() as look:
        assert look.calendar.is_working(date(2026, 11, 30))
        assert [row.status for row in kept.versions(look.db, "CN")] == ["active", "superseded", "superseded"]


def test_what_comes_with_the_product_does_not_undo_what_the_city_decided(
    office: Office, staff: Staff
) -> None:
    activated(office, staff, STORM)
    with office.act(CLOCK) as act:
        assert not registrar.publish_calendar(act, sorted(SHELF.glob("[0-9]*.json")))
    with office.look() as look:
        assert not look.calendar.is_working(date(2026, 11, 30))


def test_a_newer_notice_of_the_product_waits_for_two_people(
    office: Office, staff: Staff, year_2018: None
) -> None:
    for expected in (True, False):
        with office.act(CLOCK) as act:
            assert registrar.publish_calendar(act, sorted(SHELF.glob("201*.json"))) is expected
    with office.look() as look:
        newest = kept.versions(look.db, "CN")[0]
        assert (newest.status, newest.note) == ("draft", "随软件版本提供")
        assert not kept.days(look.db, newest.id)[date(2018, 12, 31)].working
        assert look.calendar.last == date(2018, 12, 31)


# -- regions and halls -----------------------------------------------------------------------------------------


def hall(
    office: Office,
    staff: Staff,
    source: bytes,
    orgs: tuple[str, ...] = ("YC",),
    code: str = "YC-1",
    **more: Any,
) -> None:
    """The tobacco bureau gets a calendar of its own, in force."""
    with office.look() as look:
        known = {row.code for row in kept.everything(look.db)}
    if code not in known:
        with office.act(staff["registrar"]) as act:
            registrar.found_calendar(act, code, "烟草专卖局", more.pop("parent", "CN"))
    activated(office, staff, source, code, orgs=orgs, **more)


def test_a_closed_hall_moves_its_own_cases_and_no_others(office: Office, staff: Staff) -> None:
    mine, other = (builders.accepted(office, staff, key) for key in (SEVEN_DAYS, "food_operation_new"))
    before = builders.last_days(office, mine), builders.last_days(office, other)
    hall(office, staff, STORM)
    assert builders.last_days(office, mine)["promised"] > before[0]["promised"]
    assert builders.last_days(office, other) == before[1]
    fresh = builders.accepted(office, staff, SEVEN_DAYS)
    assert builders.clocks(office, fresh)["legal"].calendar == "国务院放假通知至2026年+YC-1.1"


def test_a_department_goes_by_the_calendar_of_the_district_above_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    hall(office, staff, STORM, orgs=("DISTRICT",), code="DI")
    assert builders.clocks(office, no)["promised"].calendar.endswith("+DI.1")
    hall(office, staff, b"2026-12-01,true,x", code="YC-2", parent="DI")
    assert builders.clocks(office, no)["promised"].calendar.endswith("+DI.1+YC-2.1")


def test_who_leaves_a_calendar_goes_by_the_one_above_again(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    before = builders.last_days(office, no)
    hall(office, staff, STORM)
    hall(office, staff, b"", orgs=())
    assert builders.last_days(office, no) == before
    assert builders.clocks(office, no)["promised"].calendar == "国务院放假通知至2026年"


def test_a_day_given_back_is_as_above(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    before = builders.last_days(office, no)
    hall(office, staff, "2026-11-30,true,停办\n2026-12-01,true,停办".encode())
    hall(office, staff, b"2026-11-30,,\n2026-12-01,,")
    assert builders.last_days(office, no) == before


def test_a_new_notice_of_the_nation_reaches_those_who_have_their_own(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    hall(office, staff, STORM)
    before = builders.last_days(office, no)
    activated(office, staff, b"2026-12-01,true,x")
    assert builders.last_days(office, no)["promised"] > before["promised"]
    assert builders.clocks(office, no)["promised"].calendar == "国务院放假通知至2026年·2+YC-1.1"


def test_the_depth_and_the_code_of_a_calendar_are_bounded(office: Office, staff: Staff) -> None:
    codes = []
    for code, parent in (
        ("A1", "CN"),
        ("A2", "A1"),
        ("A3", "A2"),
        ("a", "CN"),
        ("A1", "CN"),
        ("B1", "nowhere"),
    ):
        try:
            with office.act(staff["registrar"]) as act:
                registrar.found_calendar(act, code, "x", parent)
        except Refused as refusal:
            codes.append(refusal.code)
    assert codes == ["calendar.depth", "calendar.code", "calendar.taken", "calendar.unknown"]


# -- office hours ----------------------------------------------------------------------------------------------

SEED = OfficeHours.read(
    [{"from": "01-01", "workday": "09:00-20:00", "saturday": "09:00-16:00", "sunday": "09:00-12:00"}]
)


def test_what_comes_on_an_open_saturday_is_valid_and_counts_from_the_next_working_day(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-CNT-1, rulebook §1.1: a Friday, a Saturday and a Sunday lead to the same day, hall open or not."""
    hall(office, staff, b"", hours=SEED)
    found = set()
    for day in ("2026-11-27 10:00", "2026-11-28 10:00", "2026-11-29 10:00"):
        watch.set(day)
        found.add(builders.last_days(office, builders.accepted(office, staff, SEVEN_DAYS))["promised"])
    assert len(found) == 1


def test_working_hours_are_those_of_the_hall_on_working_days(
    office: Office, staff: Staff, watch: Watch
) -> None:
    watch.set("2026-11-27 18:00")  # Friday; open till eight, and on Saturday, which does not count
    no = builders.accepted(office, staff, SEVEN_DAYS)
    hall(office, staff, b"", hours=SEED)
    with office.act(CLOCK) as act:
        row = timing.row(act, act.case(no), Clock.STAGE, Limit.parse("3 hour"), act.at)
    assert row["due_at"].astimezone(watch().tzinfo).isoformat()[:16] == "2026-11-30T10:00"


def test_other_hours_move_limits_in_working_hours(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, SEVEN_DAYS)
    with office.act(CLOCK) as act:
        case = act.case(no)
        timing.start(act, case, [timing.row(act, case, Clock.ASSIGN, Limit.parse("8 hour"), act.at)])
    before = builders.clocks(office, no)["assign"].due_at
    assert weighed(office, b"", "CN", hours=SEED).earlier == 1
    activated(office, staff, b"", hours=SEED)
    assert builders.clocks(office, no)["assign"].due_at < before


# -- the worker ------------------------------------------------------------------------------------------------


def test_a_worker_that_died_halfway_leaves_the_rest_to_the_next(
    office: Office, staff: Staff, database: Database, watch: Watch
) -> None:
    numbers = [builders.accepted(office, staff, SEVEN_DAYS) for _ in range(3)]
    draft = drafted(office, staff, STORM)
    with office.act(staff["deng"]) as act:
        registrar.activate_calendar(act, draft)
    office.reckon_anew(office.behind()[0])  # and here it dies
    other = Office(office.settings, database, clock=watch)
    with other.look() as look:
        assert behind.how_many(look.db, look.versions) > 0
    worker.drain(other)
    with other.look() as look:
        assert behind.how_many(look.db, look.versions) == 0
    assert [builders.acts(office, no).count("calendar changed") for no in numbers] == [1, 1, 1]


def test_another_process_notices_within_seconds(
    office: Office, staff: Staff, database: Database, watch: Watch
) -> None:
    other = Office(office.settings, database, clock=watch)
    assert other.calendar is not None
    activated(office, staff, STORM)
    assert other.calendar.is_working(date(2026, 11, 30))  # for some seconds it goes on as it did
    watch.time += NOTICE_EVERY
    assert not other.calendar.is_working(date(2026, 11, 30))


def test_what_a_process_wrote_by_the_old_calendar_is_healed(
    office: Office, staff: Staff, database: Database, watch: Watch
) -> None:
    other = Office(office.settings, database, clock=watch)
    assert other.calendar is not None
    activated(office, staff, STORM)
    late = builders.accepted(other, staff, SEVEN_DAYS)
    assert builders.clocks(other, late)["promised"].calendar == "国务院放假通知至2026年"
    watch.time += SOON
    worker.drain(office)
    assert builders.clocks(office, late)["promised"].calendar == "国务院放假通知至2026年·2"


def test_what_the_new_calendar_put_off_does_not_fire(
    office: Office, staff: Staff, database: Database, watch: Watch
) -> None:
    no = builders.apply(office, staff, SEVEN_DAYS)
    watch.set("2026-12-01 00:30")  # five working days have passed, but 11-30 is going to be off
    draft = drafted(office, staff, STORM)
    with office.act(staff["deng"]) as act:
        registrar.activate_calendar(act, draft)
    assert worker.tick(Office(office.settings, database, clock=watch)) == 0
    assert builders.state(office, no) == "received"


def test_a_case_that_cannot_be_reckoned_does_not_stop_the_others(office: Office, staff: Staff) -> None:
    bad, good = (builders.accepted(office, staff, SEVEN_DAYS) for _ in range(2))
    with office.database.transaction() as db:
        spoilt = (
            sa.update(deadlines)
            .where(deadlines.c.case_id == cases.id_of(db, bad))
            .values(limit_text="9999 year")
        )
        db.execute(spoilt)
    activated(office, staff, STORM)
    assert builders.clocks(office, good)["promised"].calendar == "国务院放假通知至2026年·2"
    assert builders.incidents(office)


def test_the_end_of_the_notices_is_announced_once(office: Office) -> None:
    """Rulebook §12-3: on 2026-11-23 the calendar reaches 38 days ahead."""
    for _ in range(3):
        worker.tick(office)
    with office.look() as look:
        told = sa.select(journal.journal.c.data).where(journal.journal.c.act == "calendar running out")
        assert look.db.execute(told).scalars().all() == [
            {"version": "国务院放假通知至2026年", "last": "2026-12-31", "days": 38}
        ]
