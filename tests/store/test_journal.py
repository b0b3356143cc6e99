"""The journal: one hash chain per case, and every kind of tampering is found by name."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.office import Office
from engine.store import cases, journal
from engine.store.journal import journal as entries
from tests import builders
from tests.people import Staff


@pytest.fixture
def case_id(office: Office, staff: Staff) -> int:
    """A case with some life behind it."""
    builders.granted(office, staff, "shop_sign_filing")
    no = builders.granted(office, staff, "tobacco_retail")
    return int(builders.case_row(office, no).id)


def _broken(office: Office) -> list[tuple[int, int]]:
    with office.look() as look:
        return journal.broken(look.db)


def _tamper(office: Office, case_id: int, seq: int, **values: Any) -> None:
    with office.database.transaction() as db:
        at = (entries.c.case_id == case_id) & (entries.c.seq == seq)
        assert db.execute(sa.update(entries).where(at).values(**values)).rowcount == 1


def test_what_nobody_touched_is_whole(office: Office, case_id: int) -> None:
    assert _broken(office) == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"outcome": "granted"}},
        {"by_name": "某某"},
        {"act": "decided"},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"hash": "0" * 64},
        {"prev": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_flipped_entry_is_named(office: Office, case_id: int, change: dict[str, Any]) -> None:
    _tamper(office, case_id, 2, **change)
    assert (case_id, 2) in _broken(office)


def test_a_deleted_entry_is_named_by_the_one_after_it(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        db.execute(sa.delete(entries).where(entries.c.case_id == case_id, entries.c.seq == 3))
    assert _broken(office) == [(case_id, 4)]


def test_an_entry_cut_off_the_end_is_missed_by_the_case(office: Office, case_id: int) -> None:
    """The chain alone cannot tell; the tip is written on the case too."""
    with office.database.transaction() as db:
        last = db.scalar(sa.select(sa.func.max(entries.c.seq)).where(entries.c.case_id == case_id))
        db.execute(sa.delete(entries).where(entries.c.case_id == case_id, entries.c.seq == last))
    assert _broken(office) == [(case_id, last)]


def test_an_inserted_entry_is_named(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        row = db.execute(sa.select(entries).where(entries.c.case_id == case_id, entries.c.seq == 2)).one()
        last = db.scalar(sa.select(sa.func.max(entries.c.seq)).where(entries.c.case_id == case_id)) or 0
        forged = {**row._mapping, "seq": last + 1}
        forged.pop("id")
        db.execute(sa.insert(entries).values(**forged))
    assert (case_id, last + 1) in _broken(office)


def test_two_entries_in_the_wrong_order_are_named(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        for old, new in ((2, -2), (3, 2), (-2, 3)):
            swapped = sa.update(entries).where(entries.c.case_id == case_id, entries.c.seq == old)
            db.execute(swapped.values(seq=new))
    assert {(case_id, 2), (case_id, 3)} <= set(_broken(office))


def test_a_chain_sealed_anew_does_not_reach_the_tip(office: Office, case_id: int) -> None:
    """Whoever rewrites a whole chain must rewrite the case too."""
    with office.database.transaction() as db:
        prev = ""
        for row in journal.of_case(db, case_id):
            data = {"forged": True} if row.seq == 2 else row.data
            sealed = journal.chained(prev, journal.body(row.seq, row.at, row.by_name, row.act, data))
            at = entries.c.id == row.id
            db.execute(sa.update(entries).where(at).values(data=data, prev=prev, hash=sealed))
            prev = sealed
    assert _broken(office) != []


def test_one_cases_tampering_is_nobody_elses(office: Office, case_id: int) -> None:
    _tamper(office, case_id, 1, by_name="某某")
    assert {found for found, _ in _broken(office)} == {case_id}


def test_the_case_knows_the_tip_of_its_chain(office: Office, case_id: int) -> None:
    with office.look() as look:
        last = journal.of_case(look.db, case_id)[-1]
        case = cases.lock(look.db, case_id)
    assert (case.seq, case.chain) == (last.seq, last.hash)


def test_the_seal_is_sm3() -> None:
    """GB/T 32905, appendix A: "abc"."""
    assert journal.chained("", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
