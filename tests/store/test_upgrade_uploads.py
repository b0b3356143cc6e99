"""From the schema before it was known who brought a file: what lies there goes on lying there."""

import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import THEN, filled

FILE: dict[str, object] = {
    "id": 3, "sha256": "x", "name": "a.pdf", "media_type": "application/pdf", "size": 1, "content": b"%", "at": THEN,
}  # fmt: skip


def test_files_stay_and_nobody_is_said_to_have_brought_them(database: Database) -> None:
    before = filled(database, "0019", ("files", FILE))
    schema.upgrade(before)
    with before.reading() as db:
        assert db.execute(sa.text("SELECT id FROM files")).scalar_one() == 3
        assert db.execute(sa.text("SELECT count(*) FROM uploads")).scalar_one() == 0
