"""From the schema before the rota: who works here is kept, and a shift is three people once."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import THEN, filled, insert

PEOPLE = [
    ("users", {"id": n, "login": f"u{n}", "name": name, "password": "!"})
    for n, name in enumerate(("钱主岗", "孙主岗", "李备岗"), 1)
]
POSTS = [("posts", {"id": n, "user_id": n, "org_id": 1, "role": "window"}) for n in (1, 2, 3)]
SHIFT: dict[str, object] = {
    "org_id": 1, "role": "window", "day": "2026-11-25", "span": "day", "main_id": 1, "second_id": 2,
    "spare_id": 3, "made_at": THEN,
}  # fmt: skip


@pytest.fixture
def upgraded(database: Database) -> Database:
    """A database that was at the schema before this one, with people and their posts in it."""
    filled(database, "0019-1", *PEOPLE, *POSTS)
    schema.upgrade(database)
    return database


def test_everybody_keeps_his_post_and_nobody_is_on_a_rota(upgraded: Database) -> None:
    with upgraded.reading() as db:
        held = db.execute(
            sa.text("SELECT u.name, p.role FROM posts p JOIN users u ON u.id = p.user_id")
        ).all()
        assert sorted(name for name, role in held if role == "window") == ["孙主岗", "李备岗", "钱主岗"]
        assert db.execute(sa.text("SELECT count(*) FROM shifts")).scalar_one() == 0


@pytest.mark.parametrize("wrong", [{"second_id": 1}, {"spare_id": 2}, {"span": "night"}])
def test_what_is_no_shift_is_refused_by_the_table(upgraded: Database, wrong: dict[str, object]) -> None:
    with pytest.raises(sa.exc.IntegrityError), upgraded.transaction() as db:
        insert(db, "shifts", SHIFT | wrong)


def test_of_two_equal_shifts_one_stands_and_an_ended_one_is_no_hindrance(upgraded: Database) -> None:
    with upgraded.transaction() as db:
        insert(db, "shifts", SHIFT | {"ended_at": THEN})
        insert(db, "shifts", SHIFT)
    with pytest.raises(sa.exc.IntegrityError), upgraded.transaction() as db:
        insert(db, "shifts", SHIFT)
