"""The front door: sign in, sign out, choose a language, choose the large view (关怀版)."""

from flask import Blueprint, Flask, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Malformed
from engine.domain.identity import Actor
from engine.services import sessions
from web import auth, page
from web.i18n import LANGUAGES

bp = Blueprint("sessions", __name__)

#: Who signs the journal while nobody is recognised yet.
DOOR = Actor(id=None, name="登录")
_A_YEAR = 365 * 24 * 3600


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the form; somebody who is signed in is sent on."""
    to = page.inside(request.args.get("next", "/"))
    return redirect(to) if auth.who() else _form(to)


def _form(to: str) -> str:
    return render_template("sessions/sign_in.html", next=to)


@bp.post("/sign-in")
def signed_in() -> ResponseReturnValue:
    """Take the password. The command under the seal is empty: no trace of a password may be kept."""
    to = page.inside(request.form.get("next", "/"))
    with auth.act(by=DOOR, command={}) as act:
        secret, why = sessions.sign_in(act, request.form.get("login", ""), request.form.get("password", ""))
    if secret is None:
        g.refusal = Malformed(why, code="sign-in.wrong", field="login")
        return _form(to), 403
    return auth.set_cookie(_on(to), secret)


@bp.post("/sign-out")
def signed_out() -> ResponseReturnValue:
    """End the session."""
    secret = request.cookies.get(auth.COOKIE)
    if secret and auth.who():
        with auth.act() as act:
            sessions.sign_out(act, secret)
    return auth.clear_cookie(_on("/sign-in"))


@bp.get("/lang/<word>")
def language(word: str) -> ResponseReturnValue:
    """Choose the language of the pages."""
    return _remember("lang", word if word in LANGUAGES else LANGUAGES[0])


@bp.get("/care/<word>")
def care(word: str) -> ResponseReturnValue:
    """Choose the large, high-contrast view, or leave it."""
    return _remember("care", "on" if word == "on" else "off")


def _remember(name: str, value: str) -> Response:
    answer = _on(page.inside(request.args.get("next", "/")))
    answer.set_cookie(name, value, max_age=_A_YEAR, samesite="Lax", secure=request.is_secure, path="/")
    return answer


def _on(to: str) -> Response:
    answer = redirect(to, code=303)
    assert isinstance(answer, Response)
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
