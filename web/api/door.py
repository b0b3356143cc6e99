"""The machines' door: how a body is read, how a view is described, how an answer is given.

`Room` is the typed face of flask-smorest. A view gets what its schema made of the request as ``given``; what
does not fit never reaches it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, NoReturn, TypeVar

import flask
import marshmallow as ma
from flask import Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api, Blueprint
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import BaseConverter

from engine.domain.deadline import BEIJING
from engine.domain.errors import Malformed
from engine.domain.limit import Limit
from engine.services.act import Act
from web import auth, schemas
from web.fields import refuse
from web.numbers import Number

PREFIX = "/api/v1"
#: No body of fields is longer; files and diagrams come another way.
MOST_JSON = 2 * 1024 * 1024
#: An idempotency key must fit its column beside the caller's id.
MOST_KEY = 80

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Key(BaseConverter):
    """A case number or a key of the catalogue."""

    regex = "[A-Za-z0-9_.-]{1,60}"


class _Parser(FlaskParser):
    """Reads bodies, and refuses as the house does."""

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        if (req.content_length or 0) > MOST_JSON:
            raise RequestEntityTooLarge
        if not core.is_json(req.mimetype):
            if req.get_data(cache=True):
                raise UnsupportedMediaType
            return core.missing
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError) as error:  # a number or a nesting no reader takes
            raise _unreadable() from error

    def _handle_invalid_json_error(self, error: ValueError, *_: Any, **__: Any) -> NoReturn:
        raise _unreadable() from error

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        assert isinstance(error.messages, dict)
        refuse(ma.ValidationError(next(iter(error.messages.values()))))


def _unreadable() -> Malformed:
    return Malformed("请求正文不是可读的 JSON，请检查后再发送。", code="json.unreadable", field="body")


class Problem(ma.Schema):
    """A refusal (RFC 9457): a stable ``code``, a sentence for people, and each field that is wrong."""

    type = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String()
    detail = ma.fields.String()
    field = ma.fields.String()
    element = ma.fields.String()
    findings = ma.fields.List(ma.fields.Dict())


class Door(Api):  # type: ignore[misc]  # flask-smorest has no types
    """The description of the interface, kept in step with the views."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to the application's own handlers, the same for machines and people."""


class _Blueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    ARGUMENTS_PARSER = _Parser()


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同一个键只办一次：重复提交返回第一次的结果（200）。",
    "schema": {"type": "string", "maxLength": MOST_KEY},
}


class Room:
    """Views that belong together; nobody enters unrecognised unless the room is ``open_``."""

    def __init__(self, name: str, description: str, *, open_: bool = False) -> None:
        self.blueprint = _Blueprint(f"api-{name}", __name__, url_prefix=PREFIX, description=description)
        if not open_:
            self.blueprint.before_request(_known)
        self.blueprint.before_request(_short_key)

    def get(
        self,
        rule: str,
        *,
        gives: type[ma.Schema] | None = None,
        takes: type[ma.Schema] | None = None,
        kind: str = "",
    ) -> Callable[[View], View]:
        """Add a view that only looks; *takes* are its query parameters, *kind* its media type if not JSON."""

        def add(view: View) -> View:
            shown = self._described(view, 200, gives, kind)
            read = self.blueprint.arguments(takes, location="query")(shown) if takes else shown
            self.blueprint.add_url_rule(rule, view.__name__, read, methods=["GET"])
            return view

        return add

    def post(
        self,
        rule: str,
        *,
        takes: type[ma.Schema] | None = schemas.Nothing,
        gives: type[ma.Schema],
        status: int = 200,
    ) -> Callable[[View], View]:
        """Add a view that changes something; with *takes* None it reads the body itself."""

        def add(view: View) -> View:
            shown = self._described(view, status, gives, "")
            read = (
                self.blueprint.arguments(takes, required=takes is not schemas.Nothing)(shown)
                if takes
                else shown
            )
            self.blueprint.add_url_rule(
                rule, view.__name__, read, methods=["POST"], parameters=[_IDEMPOTENCY]
            )
            return view

        return add

    def _described(self, view: View, status: int, gives: type[ma.Schema] | None, kind: str) -> Any:
        return self.blueprint.alt_response(status, schema=gives, content_type=kind or None, success=True)(
            view
        )


def _known() -> None:
    auth.me()


def _short_key() -> None:
    key = flask.request.headers.get("Idempotency-Key", "")
    if len(key) > MOST_KEY or not key.isprintable():
        raise Malformed(
            f"Idempotency-Key 最多 {MOST_KEY} 个可见字符。", code="idempotency.key", field="Idempotency-Key"
        )


def open_door(app: Flask, rooms: tuple[Room, ...]) -> Door:
    """Install *rooms* and return the description of them all."""
    app.url_map.converters["key"] = Key
    app.config.update(
        API_TITLE="联办 Lianban",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"security": [{"bearer": []}]},
    )
    door = Door(app)
    door.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    door.flask_plugin.register_converter(Number, lambda _: {"type": "integer", "minimum": 1})
    for room in rooms:
        door.register_blueprint(room.blueprint)
    return door


def answer(act: Act, body: Mapping[str, Any]) -> dict[str, Any]:
    """Give *body*, and keep it as what the act answers when the same command comes again."""
    act.answer = plain(body)
    return act.answer


#: What an act tells of the case it was done to.
_BRIEF = (
    "no",
    "kind",
    "state",
    "received_at",
    "accepted_at",
    "decided_at",
    "closed_at",
    "promised_due_at",
    "legal_due_at",
)


def brief(case: Any) -> dict[str, Any]:
    """Tell a case as an act left it."""
    return {
        "matter": case.matter_key,
        "paused": case.paused_at is not None,
        **{name: getattr(case, name) for name in _BRIEF},
    }


@contextmanager
def reading() -> Iterator[Act]:
    """Look at the record as whoever is asking, who is known."""
    with auth.office().look(auth.me()) as look:
        yield look


#: How what JSON does not know is written: limits and moments as words, sets as lists.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    Limit: str,
    Enum: lambda value: value.value,
    datetime: lambda value: value.astimezone(BEIJING).isoformat(),
    date: lambda value: value.isoformat(),
    Mapping: lambda value: {str(key): plain(each) for key, each in value.items()},
    list: lambda value: [plain(each) for each in value],
    tuple: lambda value: [plain(each) for each in value],
    frozenset: lambda value: sorted(plain(each) for each in value),
}


def plain(value: Any) -> Any:
    """Return *value* as JSON knows it: moments (in Beijing) and days in ISO 8601, records and rows as objects."""
    if hasattr(value, "_asdict"):  # a row of a table
        value = value._asdict()
    for kind, written in _PLAIN.items():
        if isinstance(value, kind):
            return written(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
