"""Papers from before they kept everything: nothing is lost, and from whom and to whom is filled in."""

from datetime import UTC, datetime

import sqlalchemy as sa

from engine.queries import papers
from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import emptied
from tests.store.test_upgrade_clocks import ROWS

AT = datetime(2026, 11, 9, tzinfo=UTC)
BEFORE = "0008"
#: What a paper hangs on.
BELOW = ("orgs", "applicants", "definitions", "matters", "cases")
PAPER = {
    "id": 1, "case_id": 1, "kind": "stop_notice", "no": "510703特告〔2026〕000001号", "text": "须检验。",
    "articles": ["《行政许可法》第四十五条"], "at": AT,
}  # fmt: skip


def _filled(database: Database) -> None:
    emptied(database, BEFORE)
    old = sa.MetaData()
    with database.transaction() as db:
        old.reflect(db)
        for name, each in (*((name, ROWS[name][0]) for name in BELOW), ("documents", PAPER)):
            naive = {
                k: v.replace(tzinfo=None) if database.is_sqlite and isinstance(v, datetime) else v
                for k, v in each.items()
            }
            db.execute(sa.insert(old.tables[name]).values(naive))


def test_a_paper_keeps_what_it_said_and_learns_who_it_is_from(database: Database) -> None:
    _filled(database)
    schema.upgrade(database)
    with database.reading() as db:
        told = papers.tracked(db, "1", 1)
    assert (told.addressee, told.authority, told.no) == ("王小满", "大厅", PAPER["no"])
    assert (told.title, told.facts["paragraphs"]) == ("特别程序告知书", ["须检验。"])
    assert (told.articles, told.template) == (("《行政许可法》第四十五条",), "")


def test_the_next_number_goes_on_from_the_last(database: Database) -> None:
    _filled(database)
    with database.transaction() as db:
        db.execute(sa.text("INSERT INTO counters (name, value) VALUES ('decision 2026', 41)"))
    schema.upgrade(database)
    with database.reading() as db:
        assert db.execute(sa.text("SELECT value FROM counters WHERE name = 'decision 2026'")).scalar() == 41
