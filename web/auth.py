"""Who is asking, and ``with act() as act``: the door every changing request goes through."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.datastructures import FileStorage

from engine.domain.errors import NotYours
from engine.domain.identity import APPLICANT, CLOCK, Actor
from engine.office import Office
from engine.services import sessions
from engine.services.act import Act

COOKIE = "lianban"
SAFE = {"GET", "HEAD", "OPTIONS"}
#: A session is written back as awake at most this often.
_AWAKE = timedelta(minutes=1)


def office() -> Office:
    """The office this application stands on."""
    found: Office = current_app.extensions["office"]
    return found


def who() -> Actor | None:
    """Return who is asking: by session cookie, or by bearer token."""
    if "actor" not in g:
        g.actor = _by_token() or _by_cookie()
    actor: Actor | None = g.actor
    return actor


def me() -> Actor:
    """Return who is asking. Raises `NotYours` when nobody is signed in."""
    return sessions.must_be_known(who())


def _by_token() -> Actor | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    with office().look() as look:
        return sessions.by_token(look, secret.strip())


def _by_cookie() -> Actor | None:
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    idle = timedelta(minutes=office().settings.session_minutes)
    with office().look() as look:
        actor, stale = sessions.recognise(look, secret, idle, _AWAKE)
    if actor is not None and stale:
        with office().act(CLOCK) as act:
            sessions.keep_awake(act, secret)
    return actor


@contextmanager
def act(by: Actor | None = None, command: Mapping[str, Any] | None = None) -> Iterator[Act]:
    """Do one act as whoever is asking. The request's idempotency key makes it happen once."""
    key = request.headers.get("Idempotency-Key") or request.form.get("_key")
    body = command if command is not None else _body()
    with office().act(by or me(), key, {"path": request.path, **body}) as doing:
        yield doing


@contextmanager
def act_as_applicant() -> Iterator[Act]:
    """Do one act as the applicant, who proves himself by the tracking code in the address."""
    with act(by=APPLICANT) as doing:
        yield doing


@contextmanager
def look() -> Iterator[Act]:
    """Look at the record as whoever is asking."""
    with office().look(who() or APPLICANT) as looking:
        yield looking


def _body() -> dict[str, Any]:
    if request.is_json:
        sent = request.get_json(silent=True)
        return sent if isinstance(sent, dict) else {"body": sent}
    typed = {key: request.form.getlist(key) for key in request.form if key != "_key"}
    sent = {field: [_digest(file) for file in request.files.getlist(field)] for field in request.files}
    return {**typed, "files": sent} if sent else typed


def _digest(sent: FileStorage) -> str:
    """What tells one file from another; whoever reads it next begins at its beginning."""
    sent.stream.seek(0)
    found = hashlib.sha256(sent.stream.read()).hexdigest()
    sent.stream.seek(0)
    return found


def refuse_foreign_forms() -> None:
    """Refuse a changing request that another site sent with our cookie (CSRF)."""
    if request.method in SAFE or COOKIE not in request.cookies:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = (
        site in {"same-origin", "none"} if site else origin is None or urlsplit(origin).netloc == request.host
    )
    if not own:
        raise NotYours("请求来自其他网站，已拒绝。", code="origin.foreign")


def set_cookie(response: Response, secret: str) -> Response:
    """Hand the session to the browser, out of reach of scripts and of other sites."""
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return response


def clear_cookie(response: Response) -> Response:
    """Take the session back."""
    response.delete_cookie(COOKIE, path="/")
    return response
