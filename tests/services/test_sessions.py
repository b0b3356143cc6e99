"""Signing in and out; who is locked out, and who has been away too long (rulebook §9)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.domain.errors import NotFound, NotYours
from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.services import passwords, sessions
from engine.store import people
from tests.conftest import Watch

IDLE = timedelta(minutes=30)
AWAKE = timedelta(minutes=1)
PASSWORD = "铁马冰河入梦来"


@pytest.fixture
def zhao(office: Office) -> Office:
    """The office, with one who has a password."""
    with office.act(CLOCK) as act:
        people.add_user(act.db, "zhao", "赵新人", passwords.hashed(PASSWORD), [])
    return office


def _sign_in(office: Office, password: str = PASSWORD, login: str = "zhao") -> tuple[str | None, str]:
    with office.act(CLOCK) as act:
        return sessions.sign_in(act, login, password)


def _known(office: Office, secret: str | None) -> Actor | None:
    with office.look() as look:
        return sessions.recognise(look, secret or "", IDLE, AWAKE)[0]


def test_who_signs_in_is_recognised(zhao: Office) -> None:
    secret, why_not = _sign_in(zhao)
    actor = _known(zhao, secret)
    assert actor is not None
    assert (actor.name, why_not) == ("赵新人", "")


def test_a_wrong_password_and_a_wrong_name_are_told_alike(zhao: Office) -> None:
    """Nobody learns who works here."""
    assert _sign_in(zhao, "错") == _sign_in(zhao, PASSWORD, "nobody") == (None, "用户名或密码不对。")


def test_four_mistakes_are_forgiven(zhao: Office) -> None:
    for _ in range(4):
        _sign_in(zhao, "错")
    assert _sign_in(zhao)[0] is not None
    with zhao.look() as look:
        found = people.by_login(look.db, "zhao")
    assert found is not None
    assert found.failures == 0


def test_five_mistakes_lock_the_account_for_thirty_minutes(zhao: Office, watch: Watch) -> None:
    for _ in range(5):
        _sign_in(zhao, "错")
    assert "锁定 30 分钟" in _sign_in(zhao)[1]
    watch.set("2026-11-23 09:29:59")
    assert _sign_in(zhao)[0] is None
    watch.set("2026-11-23 09:30")
    assert _sign_in(zhao)[0] is not None


def test_after_the_lock_five_more_are_allowed(zhao: Office, watch: Watch) -> None:
    for _ in range(5):
        _sign_in(zhao, "错")
    watch.set("2026-11-23 09:30")
    for _ in range(4):
        _sign_in(zhao, "错")
    assert _sign_in(zhao)[0] is not None


def test_who_is_away_too_long_has_to_sign_in_again(zhao: Office, watch: Watch) -> None:
    secret, _ = _sign_in(zhao)
    watch.set("2026-11-23 09:30")
    assert _known(zhao, secret) is not None
    watch.set("2026-11-23 09:30:01")
    assert _known(zhao, secret) is None


def test_who_works_on_stays_signed_in(zhao: Office, watch: Watch) -> None:
    secret, _ = _sign_in(zhao)
    watch.set("2026-11-23 09:20")
    with zhao.act(CLOCK) as act:
        sessions.keep_awake(act, secret or "")
    watch.set("2026-11-23 09:45")
    assert _known(zhao, secret) is not None


def test_who_signs_out_is_gone(zhao: Office) -> None:
    secret, _ = _sign_in(zhao)
    with zhao.act(CLOCK) as act:
        sessions.sign_out(act, secret or "")
    assert _known(zhao, secret) is None


def test_who_was_dismissed_is_not_recognised_any_more(zhao: Office) -> None:
    secret, _ = _sign_in(zhao)
    with zhao.act(CLOCK) as act:
        act.db.execute(sa.update(people.users).where(people.users.c.login == "zhao").values(active=False))
    assert _known(zhao, secret) is None
    assert _sign_in(zhao)[0] is None


def test_neither_secret_nor_password_lies_in_the_database(zhao: Office) -> None:
    secret, _ = _sign_in(zhao)
    with zhao.act(CLOCK) as act:
        token = sessions.token(act, "zhao", "报表")
    with zhao.look() as look:
        rows = [
            repr(look.db.execute(sa.select(t)).all()) for t in (people.users, people.sessions, people.tokens)
        ]
    assert not any(word in row for word in (secret or "", token, PASSWORD) for row in rows)


def test_a_token_is_as_good_as_its_owner(zhao: Office) -> None:
    with zhao.act(CLOCK) as act:
        secret = sessions.token(act, "zhao")
    with zhao.look() as look:
        known = sessions.by_token(look, secret)
        assert known is not None
        assert known.name == "赵新人"
        assert sessions.by_token(look, secret + "x") is None


def test_nobody_gets_a_token_who_is_not_here(zhao: Office) -> None:
    with pytest.raises(NotFound), zhao.act(CLOCK) as act:
        sessions.token(act, "nobody")


def test_who_is_not_known_does_not_act() -> None:
    with pytest.raises(NotYours):
        sessions.must_be_known(None)
