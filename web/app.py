"""The application: rooms, one table from refusal to status, headers, health."""

import logging
import secrets
from collections.abc import Iterable
from importlib import import_module
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from engine.domain.errors import AlreadyDone, Refused
from engine.office import Office
from web import auth, i18n, numbers, page, words

log = logging.getLogger(__name__)

#: The rooms of the house, one for each actor, and the machines' door.
ROOMS = (
    "sessions",
    "approver",
    "colleague",
    "desk",
    "applicant",
    "papers",
    "manager",
    "board",
    "cards",
    "licences",
    "inspector",
    "hearings",
    "committee",
    "designer",
    "composer",
    "registrar",
    "calendars",
    "api",
    "health",
    "booking",
    "service",
    "around",
    "agency",
    "bars",
    "checks",
    "ratings",
    "tickets",
    "oversight",
    "crossing",
    "places",
    "projects",
    "rota",
    "supervision",
    "offers",
    "benefits",
    "reminders",
    "nearby",
)

_CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def create_app(office: Office, rooms: Iterable[str] = ROOMS) -> Flask:
    """Return the application on *office*, with all its rooms or some."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]  # outcomes come in the order they were drawn
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    app.extensions["office"] = office
    numbers.install(app)
    i18n.install(app)
    words.install(app)
    page.install(app)
    app.before_request(_must_not_be_too_large)
    app.before_request(auth.refuse_foreign_forms)
    app.after_request(_headers)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
    for room in rooms:
        import_module(f"web.{room}").install(app)
    return app


def _must_not_be_too_large() -> None:
    """Refuse by its announced size what is too large, whatever the view would have read of it."""
    most = current_app.config["MAX_CONTENT_LENGTH"]
    if most is not None and (request.content_length or 0) > most:
        abort(413)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_machine() -> bool:
    return request.path.startswith("/api/")


def _refused(refusal: Refused) -> ResponseReturnValue:
    if isinstance(refusal, AlreadyDone):
        return _again(refusal)
    unknown = refusal.code == "sign-in.needed"
    if unknown and not _is_machine():
        return redirect(
            f"/sign-in?next={quote(request.full_path.rstrip('?'))}" if request.method == "GET" else "/sign-in"
        )
    status = 401 if unknown else words.STATUS.get(type(refusal), 400)
    return problem(status, refusal.code, refusal.message, refusal)


def _again(done: AlreadyDone) -> ResponseReturnValue:
    if _is_machine():
        return jsonify(done.answer), 200
    return redirect(str(done.answer.get("location", "/")), code=303)


def problem(status: int, code: str, detail: str, refusal: Refused | None = None) -> ResponseReturnValue:
    """Say no: ``application/problem+json`` to machines (RFC 9457), a page to people."""
    body: dict[str, Any] = {
        "type": f"urn:lianban:{code}",
        "title": words.TITLES.get(status, "不能办理"),
        "status": status,
        "code": code,
        "detail": detail,
        "findings": [words.finding(f) for f in refusal.findings] if refusal else [],
    }
    if refusal and refusal.field:
        body["field"] = refusal.field
    if refusal and refusal.element:
        body["element"] = refusal.element
    if _is_machine():
        response = jsonify(body)
        response.content_type = "application/problem+json"
        return response, status
    return render_template("problem.html", problem=body), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:  # a redirect is no error
        return error.get_response()
    status = error.code or 500
    return problem(status, f"http.{status}", words.HTTP.get(status, str(error.description)))


def _fault(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    log.exception("request failed", exc_info=error, extra={"path": request.path, "reference": reference})
    return problem(500, "fault", f"系统出现故障，未做任何改动。请把编号 {reference} 告诉管理员后再试。")
