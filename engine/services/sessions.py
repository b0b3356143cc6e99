"""Signing in and out, recognising who asks, and tokens for machines."""

import secrets
from datetime import timedelta

from engine.domain.errors import NotFound, NotYours
from engine.domain.identity import Actor
from engine.services import passwords
from engine.services.act import Act
from engine.store import people

#: So many wrong passwords lock an account, for so long (rulebook §9).
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)


def sign_in(act: Act, login: str, password: str) -> tuple[str | None, str]:
    """Return ``(session secret, "")``, or ``(None, why not)``.

    A wrong password is written down, so it is an answer and not a refusal: a refusal would roll it back.
    """
    user = people.by_login(act.db, login)
    if user is None or not user.active:
        return None, "用户名或密码不对。"
    if user.locked_until is not None and user.locked_until > act.at:
        return None, "密码连续输错五次，账号已锁定 30 分钟。"
    if not passwords.fits(user.password, password):
        failures = user.failures + 1
        locked = act.at + LOCKED_FOR if failures >= MOST_FAILURES else None
        people.mark_login(act.db, user.id, 0 if locked else failures, locked)
        act.record("sign-in failed", login=login)
        return None, "用户名或密码不对。"
    people.mark_login(act.db, user.id, 0, None)
    secret = secrets.token_urlsafe(32)
    people.open_session(act.db, secret, user.id, act.at)
    act.record("signed in", login=login)
    return secret, ""


def sign_out(act: Act, secret: str) -> None:
    """End a session."""
    people.close_session(act.db, secret)
    act.record("signed out")


def recognise(look: Act, secret: str, idle: timedelta, awake: timedelta) -> tuple[Actor | None, bool]:
    """Return who holds a session used within *idle*, and whether it was last written as awake before *awake*."""
    found = people.session_user(look.db, secret, look.at - idle)
    if found is None:
        return None, False
    return _actor(look, found.user_id), found.seen_at < look.at - awake


def keep_awake(act: Act, secret: str) -> None:
    """Write down that a session is in use."""
    people.touch_session(act.db, secret, act.at)


def by_token(act: Act, secret: str) -> Actor | None:
    """Return whose API token *secret* is."""
    user_id = people.token_user(act.db, secret)
    return None if user_id is None else _actor(act, user_id)


def _actor(act: Act, user_id: int) -> Actor | None:
    try:
        return people.actor(act.db, user_id, act.at)
    except NotFound:
        return None


def token(act: Act, login: str, note: str = "") -> str:
    """Make an API token for *login*; it is shown once. Raises `NotFound`."""
    user = people.by_login(act.db, login)
    if user is None:
        raise NotFound(f"没有用户“{login}”。", code="user.unknown", field="user")
    secret = "lb_" + secrets.token_urlsafe(32)
    people.add_token(act.db, secret, user.id, note, act.at)
    act.record("token made", login=login, note=note)
    return secret


def must_be_known(actor: Actor | None) -> Actor:
    """Return the actor, or raise `NotYours`: nobody acts unrecognised."""
    if actor is None:
        raise NotYours("请先登录。", code="sign-in.needed")
    return actor
