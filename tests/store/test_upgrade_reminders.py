"""From the schema before reminders and the places on a map: licences and places are kept, the new rows have room."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import THEN, filled, insert

LICENCE: dict[str, object] = {
    "id": 5, "number": "ZN1", "kind": "food-licence", "name": "食品经营许可证", "applicant_id": 1, "case_id": 1,
    "matter_key": "food", "authority_id": 1, "issued_at": THEN, "valid_from": "2026-11-02",
    "valid_until": "2031-11-02",
}  # fmt: skip
REMINDER: dict[str, object] = {
    "licence_id": 5, "until": "2031-11-02", "last": "2031-10-12", "kind": "open", "matter_key": "food",
    "renews": True, "made_at": THEN,
}  # fmt: skip


@pytest.fixture
def after(database: Database) -> Database:
    """A database with a licence and a hall in it, brought from the schema before this one."""
    found = filled(database, "0021-1", ("licences", LICENCE))
    schema.upgrade(found)
    return found


def test_what_was_there_is_kept(after: Database) -> None:
    with after.reading() as db:
        licence = db.execute(sa.text("SELECT id, number, state FROM licences")).one()
        place = db.execute(sa.text("SELECT code, kind FROM orgs")).one()
    assert (tuple(licence), tuple(place)) == ((5, "ZN1", "valid"), ("HALL", "hall"))


def test_one_reminder_of_a_kind_for_each_end(after: Database) -> None:
    with after.transaction() as db:
        insert(db, "reminders", {"id": 1, **REMINDER})
        insert(db, "reminders", {"id": 2, **REMINDER, "kind": "last"})
    with pytest.raises(sa.exc.IntegrityError), after.transaction() as db:
        insert(db, "reminders", {"id": 3, **REMINDER})


@pytest.mark.parametrize("longitude", [104.7, None])
def test_half_a_pair_of_coordinates_is_refused(after: Database, longitude: float | None) -> None:
    place = {"org_id": 1, "longitude": longitude, "latitude": None if longitude else 31.4, "at": THEN}
    with pytest.raises(sa.exc.IntegrityError), after.transaction() as db:
        insert(db, "spots", place)
