"""History import: a former system's cases are counted as they were, and nothing it says is dropped in silence."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.domain.errors import Malformed, NotFound, NotNow
from engine.domain.history import Plan
from engine.office import Office
from engine.queries import archive, figures, integrity, lateness, listing
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.queries.lateness import Group, Late
from engine.services import archivist, manager, sheaf
from engine.services.sheaf import Sheaf
from engine.store.cases import cases
from engine.store.dues import dues
from engine.store.former import former
from engine.store.measures import measures
from tests import builders
from tests.people import Staff
from tests.services import former as old


def plan(**more: Any) -> Plan:
    return Plan.parse({**old.PLAN, **more})


def read(file: Path, **more: Any) -> Sheaf:
    """Only look at a file."""
    with sheaf.read(file, plan(**more)) as found:
        return found


def take_over(office: Office, staff: Staff, file: Path, **more: Any) -> dict[str, int]:
    with sheaf.read(file, plan(**more)) as found, office.act(staff["registrar"]) as act:
        return archivist.take_over(act, found)


def report(office: Office, at: datetime, **asked: Any) -> Late:
    with office.look() as look:
        return lateness.late(look.db, look.calendar, at, look.at, **asked)


def numbers(groups: Iterable[Group]) -> set[str]:
    listed = [no for group in groups for no in group.cases]
    assert len(listed) == len(set(listed)) == sum(group.count for group in groups)
    return set(listed)


def written(path: Path, *lines: str) -> Path:
    """A small file: the heading of our own log, and rows."""
    file = path / "small.csv"
    file.write_text(
        "\n".join(("case,kind,department,channel,clerk,start,due,end", *lines)) + "\n", encoding="utf8"
    )
    return file


@pytest.mark.parametrize("kind", ["case", "event", "xes"])
def test_the_report_equals_an_independent_recount_case_by_case(
    office: Office, staff: Staff, tmp_path: Path, kind: str
) -> None:
    """Instant and date precision at three instants (R-CNT-2, rulebook §13)."""
    made = old.cases(150)
    counts = take_over(
        office, staff, old.write(made, tmp_path, kind), rows="event" if kind == "event" else "case"
    )
    impossible = [each for each in made if not each.is_possible]
    assert (counts["added"], counts["aside"]) == (150 - len(impossible), len(impossible))
    assert impossible
    differ = 0
    for at in old.instants(made):
        for precision in ("instant", "date"):
            found = report(office, at, precision=precision)
            assert numbers(found.groups) == old.overdue(made, at, precision)
            assert numbers(found.finished_late.groups) == old.finished_late(made, at, precision)
        differ += len(old.overdue(made, at, "instant") ^ old.overdue(made, at, "date"))
    assert differ  # the three instants tell the two precisions apart


@pytest.mark.parametrize("group_by", [*lateness.GROUPS])
def test_every_grouping_counts_the_same_cases(
    office: Office, staff: Staff, tmp_path: Path, group_by: str
) -> None:
    made = old.cases(80)
    take_over(office, staff, old.write(made, tmp_path, "case"))
    at = datetime(2025, 8, 1, tzinfo=UTC)
    found = report(office, at, group_by=group_by)
    assert numbers(found.groups) == old.overdue(made, at, "instant")
    if group_by == "channel":
        mine = {each.number: old.CHANNELS[each.channel] for each in made}
        assert all({mine[no] for no in group.cases} == {group.key} for group in found.groups)


def test_one_second_late_is_late_and_the_due_instant_is_in_time(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    take_over(
        office, staff, written(tmp_path, "A-1,许可,科室,,,2025-03-01T09:00:00Z,2025-03-10T09:00:00+08:00,")
    )
    due = datetime(2025, 3, 10, 1, tzinfo=UTC)
    assert report(office, due).count == 0
    assert report(office, due + timedelta(seconds=1)).count == 1
    assert report(office, due + timedelta(hours=14), precision="date").count == 0
    assert report(office, due + timedelta(hours=15), precision="date").count == 1


def test_a_due_day_without_a_time_is_in_time_to_its_end(office: Office, staff: Staff, tmp_path: Path) -> None:
    take_over(office, staff, written(tmp_path, "A-1,许可,科室,,,2025-03-01,2025/3/10,"))
    assert report(office, datetime(2025, 3, 10, 15, 59, 59, tzinfo=UTC)).count == 0
    assert report(office, datetime(2025, 3, 10, 16, tzinfo=UTC)).count == 1


def test_the_same_file_again_changes_nothing_and_a_better_one_mends(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    file = written(
        tmp_path, "A-1,许可,科室,,,2025-03-01,2025-03-10,", "A-2,许可,科室,,,2025-03-01,2025-03-10,2025-03-12"
    )
    assert take_over(office, staff, file)["added"] == 2
    assert take_over(office, staff, file) == {
        "records": 2,
        "added": 0,
        "changed": 0,
        "unchanged": 2,
        "aside": 0,
    }
    mended = written(
        tmp_path, "A-1,许可,科室,,,2025-03-01,2025-03-20,", "A-2,许可,科室,,,2025-03-01,2025-03-10,2025-03-12"
    )
    assert take_over(office, staff, mended)["changed"] == 1
    at = datetime(2025, 3, 15, tzinfo=UTC)
    assert (report(office, at).count, report(office, at).finished_late.count) == (0, 1)
    with office.look() as look:
        told = (look.db.scalar(sa.select(sa.func.count()).select_from(t)) for t in (former, dues, measures))
        assert tuple(told) == (2, 2, 1)


IMPOSSIBLE = {
    "history.number-missing": ",许可,科室,,,2025-03-01,2025-03-10,",
    "history.start-missing": "B-1,许可,科室,,,,2025-03-10,",
    "history.end-before-start": "B-2,许可,科室,,,2025-03-05,2025-03-10,2025-03-04",
    "history.time-unreadable": "B-3,许可,科室,,,2025-03-05,十日,",
    "history.row-torn": "B-4,许可,科室,,,2025-03-05,2025-03-10",
    "history.number-twice": "GOOD,许可,科室,,,2025-03-05,2025-03-10,",
    "history.number-unfit": f"{'9' * 61},许可,科室,,,2025-03-05,2025-03-10,",
}


def test_what_cannot_be_true_is_set_aside_with_its_place_and_reason(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    file = written(tmp_path, "GOOD,许可,科室,,,2025-03-01,2025-03-10,", *IMPOSSIBLE.values())
    assert take_over(office, staff, file)["aside"] == len(IMPOSSIBLE)
    with office.look() as look:
        kept = archive.asides(look.db)
    assert {aside.code for aside in kept} == set(IMPOSSIBLE)
    assert {aside.place for aside in kept} == {f"第 {n} 行" for n in range(3, 3 + len(IMPOSSIBLE))}
    assert all(aside.reason and aside.record for aside in kept)


def test_a_number_of_ours_or_of_another_system_is_never_taken(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    ours = builders.accepted(office, staff, "small_catering")
    file = written(
        tmp_path, f"{ours},许可,科室,,,2025-03-01,2025-03-10,", "A-1,许可,科室,,,2025-03-01,2025-03-10,"
    )
    assert take_over(office, staff, file)["aside"] == 1
    assert take_over(office, staff, file, origin="另一系统")["aside"] == 2
    assert take_over(office, staff, file, origin="另一系统", prefix="另-")["added"] == 2
    assert builders.state(office, ours) == "accepted"


def test_events_after_the_end_are_noted_and_the_case_counts(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    file = tmp_path / "log.xes"
    file.write_text(
        '<log><trace><string key="case" value="X-1"/><date key="start" value="2025-03-01T08:00:00+01:00"/>'
        '<date key="end" value="2025-03-03T08:00:00+01:00"/><event><string key="activity" value="归档"/>'
        '<date key="time" value="2025-03-09T08:00:00-05:00"/></event></trace></log>'
    )
    counts = take_over(office, staff, file)
    assert counts["added"] == 1
    with office.look(staff["manager"]) as look:
        case_id = look.db.scalar(sa.select(cases.c.id).where(cases.c.no == "X-1"))
        shown = archive.case(look.db, look.by, case_id)
    assert shown.notes == ("办结之后还有事件", "没有到期时间")
    assert [(event.activity, event.after_end) for event in shown.events] == [("归档", True)]


def test_an_end_may_be_told_by_an_event(office: Office, staff: Staff, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    file.write_text(
        '<log><trace><string key="case" value="X-1"/><event><string key="activity" value="受理"/>'
        '<date key="time" value="2025-03-01T08:00:00Z"/></event><event><string key="activity" value="发证"/>'
        '<date key="time" value="2025-03-03T08:00:00Z"/></event></trace></log>'
    )
    take_over(office, staff, file, ends=["发证"])
    row = builders.case_row(office, "X-1")
    assert (row.accepted_at.day, row.decided_at.day, row.state) == (1, 3, "ended")


def test_an_imported_case_is_for_the_reports_alone(office: Office, staff: Staff, tmp_path: Path) -> None:
    take_over(office, staff, written(tmp_path, "A-1,许可,科室,,,2025-03-01,2025-03-10,"))
    with pytest.raises(NotNow, match="历史导入"):
        builders.do(office, staff["manager"], manager.urge, "A-1", "快办")
    with office.look(staff["manager"]) as look:
        found = listing.listing(look.db, look.calendar, look.at, Filters(), "red")
        assert [(line.no, line.origin) for line in found.lines] == [("A-1", "旧系统")]
        assert figures.count(Counting(look.db, look.calendar, look.at), "open") == 1
        assert list(integrity.faults(look.db, look.almanac)) == []
    with office.look(staff["wjw.leader"]) as look, pytest.raises(NotFound):
        archive.case(look.db, look.by, builders.case_row(office, "A-1").id)


def test_a_known_department_and_matter_are_recognised_by_name(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    with office.look() as look:
        name = look.library.current(look.db, "small_catering").name
    take_over(
        office, staff, written(tmp_path, f"A-1,{name},市场监督管理局,,,2025-03-01,2025-03-10,2025-03-04")
    )
    row = builders.case_row(office, "A-1")
    assert (row.matter_key, builders.org_code(office, row.authority_id)) == ("small_catering", "SCJG")


def test_one_entry_of_the_journal_tells_the_import(office: Office, staff: Staff, tmp_path: Path) -> None:
    file = written(tmp_path, "A-1,许可,科室,,,2025-03-01,2025-03-10,")
    take_over(office, staff, file)
    with office.look() as look:
        entries = look.db.execute(sa.text("SELECT data FROM journal WHERE act = 'history imported'")).all()
        brought = archive.imported(look.db)
    assert len(entries) == 1
    assert [(each.origin, each.counts["added"], each.by_name) for each in brought] == [
        ("旧系统", 1, "丁登记")
    ]


def test_nothing_stays_of_an_import_that_breaks_off(office: Office, staff: Staff, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    file.write_text(
        '<log><trace><string key="case" value="X"/><date key="start" value="2025-03-01"/></trace><trace>'
    )
    before = builders.everything(office)
    with pytest.raises(Malformed, match="XML"):
        take_over(office, staff, file)
    assert builders.everything(office) == before


WRONG = {
    "history.file": ("log.txt", "x"),
    "xes.no-log": ("log.xes", "<definitions/>"),
    "xml.doctype": ("log.xes", '<!DOCTYPE log [<!ENTITY a "b">]><log/>'),
    "history.column": ("log.csv", "case,start\n"),
    "history.gzip": ("log.csv.gz", "no archive"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path, code: str) -> None:
    name, content = WRONG[code]
    file = tmp_path / name
    file.write_text(content)
    with pytest.raises(Malformed) as refused:
        read(file)
    assert refused.value.code == code


def test_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    line = "case,kind,department,channel,clerk,start,due,end\nA-1,许可,科室,,,2025-03-01,2025-03-10,\n"
    file.write_bytes(line.encode("gb18030"))
    with pytest.raises(Malformed, match="gb18030"):
        read(file)
    assert read(file, encoding="gb18030").taken == 1


MAPS: dict[str, dict[str, Any]] = {
    "origin": {"origin": ""},
    "case.number": {"case": {"start": "x"}},
    "case.start": {"case": {"number": "x"}, "event": {}},
    "case.colour": {"case": {"number": "x", "colour": "y"}},
    "colour": {"colour": "red"},
    "timezone": {"timezone": "Mars/Olympus"},
    "rows": {"rows": "both"},
    "words.outcome": {"words": {"outcome": {"ok": "lost"}}},
    "times": {"times": "%Y"},
}


@pytest.mark.parametrize("field", MAPS)
def test_a_map_that_cannot_be_followed_names_the_field(field: str) -> None:
    with pytest.raises(Malformed) as refused:
        plan(**MAPS[field])
    assert (refused.value.code, refused.value.field) == ("history.map", field)


def test_times_are_read_in_the_zone_of_their_own_row(office: Office, staff: Staff, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(
        "case,zone,start,due\nA,Europe/Amsterdam,01.03.2025 08:00,\nB,-05:00,01.03.2025 08:00,\nC,,01.03.2025 08:00,\n"
    )
    columns = {"number": "case", "zone": "zone", "start": "start", "due": "due"}
    take_over(office, staff, file, case=columns, event={}, times=["%d.%m.%Y %H:%M"])
    assert [builders.case_row(office, no).accepted_at.hour for no in "ABC"] == [7, 13, 0]
