"""Letters between cases: each read once, by its addressee, and never lost; commands and incidents beside them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import worker
from engine.office import Office
from engine.services import bundle
from engine.store import journal
from tests import builders
from tests.conftest import Watch
from tests.people import Staff


@pytest.fixture
def ends(office: Office, staff: Staff) -> tuple[int, int]:
    """Two cases that may write to one another."""
    first, second = (builders.apply(office, staff, "tobacco_retail") for _ in range(2))
    return int(builders.case_row(office, first).id), int(builders.case_row(office, second).id)


def _post(office: Office, ends: tuple[int, int], topic: str = "state", seq: int = 1) -> None:
    with office.database.transaction() as db:
        row = {
            "from_id": ends[0],
            "to_id": ends[1],
            "topic": topic,
            "seq": seq,
            "data": {},
            "at": office.now(),
        }
        journal.post(db, [row])


def _waiting(office: Office, to: list[int] | None = None) -> list[int]:
    with office.look() as look:
        return [letter.seq for letter in journal.waiting(look.db, look.at, 10, to)]


def test_letters_wait_in_the_order_they_were_written(office: Office, ends: tuple[int, int]) -> None:
    for seq in (3, 1, 2):
        _post(office, ends, seq=seq)
    assert _waiting(office) == [3, 1, 2]


def test_they_wait_for_their_addressee_only(office: Office, ends: tuple[int, int]) -> None:
    _post(office, ends)
    assert (_waiting(office, [ends[1]]), _waiting(office, [ends[0]]), _waiting(office, [])) == ([1], [], [])


def test_a_letter_is_taken_once(office: Office, ends: tuple[int, int]) -> None:
    _post(office, ends)
    with office.database.transaction() as db:
        (letter,) = journal.waiting(db, office.now(), 10)
        assert [journal.take_letter(db, letter.id, office.now()) for _ in range(2)] == [True, False]
    assert _waiting(office) == []


def test_the_same_letter_is_not_written_twice(office: Office, ends: tuple[int, int]) -> None:
    _post(office, ends)
    with pytest.raises(sa.exc.IntegrityError):
        _post(office, ends)


def test_a_letter_that_could_not_be_read_waits_a_minute(
    office: Office, ends: tuple[int, int], watch: Watch
) -> None:
    _post(office, ends)
    with office.database.transaction() as db:
        (letter,) = journal.waiting(db, office.now(), 10)
        journal.postpone(db, letter.id, office.now() + timedelta(minutes=1))
    assert _waiting(office) == []
    watch.set("2026-11-23 09:01")
    assert _waiting(office) == [1]


def test_one_bad_letter_does_not_hold_up_the_post(
    office: Office, ends: tuple[int, int], watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one wall in the worker: what went wrong is written down, and tried again."""
    _post(office, ends, "unheard-of")
    watch.set("2026-11-23 09:00:02")
    worker.tick(office)
    assert len(builders.incidents(office)) == 1
    monkeypatch.setitem(bundle._READ, "unheard-of", bundle._prereview)
    watch.set("2026-11-23 09:02")
    worker.tick(office)
    assert (_waiting(office), len(builders.incidents(office))) == ([], 1)


def test_a_command_is_kept_once_with_its_answer(office: Office) -> None:
    with office.database.transaction() as db:
        assert journal.keep_command(db, "7:k", "d1", {"no": "1"}, office.now())
    with office.database.transaction() as db:
        assert not journal.keep_command(db, "7:k", "d2", {}, office.now())
        known = journal.command(db, "7:k")
    assert known is not None
    assert (known.digest, known.answer) == ("d1", {"no": "1"})
