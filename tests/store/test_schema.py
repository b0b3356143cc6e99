"""The migrated schema and the tables in code are the same, word for word, on both databases."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine.domain.almanac import Almanac
from engine.domain.case import Channel, State
from engine.domain.day import Day
from engine.domain.deadline import Clock
from engine.domain.material import Standing
from engine.office import Office
from engine.store import calendars, schema
from engine.store.cases import cases
from engine.store.db import Database
from engine.store.everything import metadata
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.store.earlier import emptied


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.pool.connect() as db:
        opts = {
            "compare_type": True,
            "compare_server_default": not database.is_sqlite,
        }  # SQLite quotes them anew
        context = MigrationContext.configure(db, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_the_database_is_at_the_head(database: Database) -> None:
    assert schema.revision(database) == schema.head()


@pytest.mark.parametrize(
    ("table", "name", "known"),
    [
        ("cases", "ck_cases_state", State),
        ("cases", "ck_cases_channel", Channel),
        ("materials", "ck_materials_standing", Standing),
        ("deadlines", "ck_deadlines_clock", Clock),
    ],
)
def test_the_checks_know_the_words_of_the_rules(
    database: Database, table: str, name: str, known: Iterable[StrEnum]
) -> None:
    with database.pool.connect() as db:
        checks = {check["name"]: check["sqltext"] for check in sa.inspect(db).get_check_constraints(table)}
    assert set(checks[name].split("'")[1::2]) == set(known)


def test_a_word_the_rules_do_not_know_is_refused_by_the_table(office: Office, staff: Staff) -> None:
    builders.apply(office, staff, "tobacco_retail")
    with pytest.raises(sa.exc.IntegrityError), office.database.transaction() as db:
        db.execute(sa.text("UPDATE cases SET state = 'lost'"))


def test_upgrading_again_keeps_the_data(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, "tobacco_retail")
    before = builders.everything(office)
    schema.upgrade(office.database)
    assert builders.everything(office) == before
    assert builders.state(office, no) == "granted"


@pytest.mark.parametrize("table", ["materials", "tasks", "deadlines", "journal"])
def test_what_hangs_on_a_case_is_found_by_an_index(table: str) -> None:
    found = metadata.tables[table]
    indexed = [next(iter(index.columns)).name for index in found.indexes]
    unique = [next(iter(c.columns)).name for c in found.constraints if isinstance(c, sa.UniqueConstraint)]
    assert "case_id" in indexed + unique


def test_a_moment_without_a_time_zone_is_refused(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "tobacco_retail")
    naive = datetime.fromisoformat("2026-11-23T09:00")
    with pytest.raises(sa.exc.StatementError, match="time zone"), office.database.transaction() as db:
        db.execute(sa.update(cases).where(cases.c.no == no).values(closed_at=naive))


def test_a_moment_comes_back_as_it_went_in(office: Office, staff: Staff, watch: Watch) -> None:
    watch.time += timedelta(microseconds=123_457)
    no = builders.apply(office, staff, "tobacco_retail")
    assert builders.case_row(office, no).received_at == watch()


def test_diagrams_of_the_first_schema_are_diagrams_still(database: Database) -> None:
    emptied(database, "0001")
    with database.transaction() as db:
        db.execute(
            sa.text(
                "INSERT INTO definitions (key, version, name, source, sha256, status, findings, made_at) "
                "VALUES ('standard', 1, '通用', :source, 'x', 'published', '[]', :at)"
            ),
            {"source": b"<bpmn/>", "at": "2026-11-23 09:00:00"},
        )
    schema.upgrade(database)
    with database.transaction() as db:
        assert db.execute(sa.text("SELECT kind, key, source FROM definitions")).all() == [
            ("diagram", "standard", b"<bpmn/>")
        ]
        assert db.execute(sa.text("SELECT count(*) FROM pins")).scalar() == 0
    assert schema.revision(database) == schema.head()


def test_an_upgrade_that_fails_halfway_leaves_nothing_behind(database: Database) -> None:
    with database.transaction() as db:
        metadata.drop_all(db)
        db.execute(sa.text("DROP TABLE alembic_version"))
        db.execute(sa.text("CREATE TABLE tasks (id INTEGER)"))  # in the way of the last step
    with pytest.raises(sa.exc.DBAPIError):
        schema.upgrade(database)
    assert sa.inspect(database.pool).get_table_names() == ["tasks"]
    assert schema.revision(database) is None


OLD_CALENDARS = (
    """INSERT INTO calendar_versions (id, no, sources, sha256, active, imported_at) VALUES
       (1, 'v1', '[]', 'x', false, '2026-11-01 08:00:00'), (2, 'v2', '[]', 'y', true, '2026-11-02 08:00:00')""",
    """INSERT INTO calendar_days (version_id, day, working, name) VALUES
       (1, '2026-01-01', false, '元旦'), (2, '2026-01-01', false, '元旦')""",
)


def test_the_calendar_versions_there_were_are_kept_with_their_life(database: Database) -> None:
    """0003: what was active stays so, what it replaced was superseded when it came; every day is kept."""
    emptied(database, "0002")
    with database.transaction() as db:
        for statement in OLD_CALENDARS:
            db.execute(sa.text(statement))
    schema.upgrade(database)
    with database.reading() as db:
        newest, older = calendars.versions(db, "CN")
        assert (older.no, older.status, newest.no, newest.status) == ("v1", "superseded", "v2", "active")
        assert older.superseded_at == newest.activated_at == newest.imported_at
        kept = [calendars.days(db, row.id) for row in (older, newest)]
        assert kept == [{date(2026, 1, 1): Day(working=False, name="元旦")}] * 2
        assert calendars.in_force(db) == Almanac("v2", {"CN": "v2"})
