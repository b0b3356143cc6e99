"""Diagrams and decisions: hand one in as bytes, publish it, get it back byte for byte; see a diagram drawn."""

from dataclasses import replace
from typing import Any

import flask
from flask import Response
from flask.typing import ResponseReturnValue

from engine.domain.errors import Malformed
from engine.queries import diagrams
from engine.services import designer
from engine.spiff import intake, track
from web import auth, migrating, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("definitions", "流程图")

#: How many cases an answer tells of one by one; those that are kept come first.
MOST_LINES = 500

_SHOWN = ("id", "kind", "key", "version", "name", "status", "sha256", "findings")


def _definition(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHOWN}


@room.post("/definitions", takes=None, gives=shown.DefinitionShown, status=201)
def hand_in() -> ResponseReturnValue:
    """Keep a diagram or a decision (raw XML, or multipart with ``file``) as a draft, with its findings."""
    source = _source()
    with auth.act(command={"source": source.hex()}) as act:
        return answer(act, _definition(designer.hand_in(act, source))), 201


def _source() -> bytes:
    if flask.request.mimetype == "multipart/form-data":
        sent = flask.request.files.get("file")
        source = sent.read() if sent else b""
    elif flask.request.is_json or flask.request.mimetype == "application/x-www-form-urlencoded":
        raise Malformed(
            "流程图或决策请以 XML 正文（Content-Type: application/xml）或 multipart 的 file 字段发送。",
            code="definition.media-type",
            field="Content-Type",
        )
    else:
        source = flask.request.get_data()
    if not source:
        raise Malformed(
            "没有收到流程图或决策；请以 XML 正文或 multipart 的 file 字段发送。",
            code="upload.empty",
            field="file",
        )
    intake.must_fit(len(source))
    return source


@room.post("/definitions/<number:definition_id>/publish", gives=shown.DefinitionShown)
def publish(_given: dict[str, Any], definition_id: int) -> ResponseReturnValue:
    """Publish a draft; one with errors is refused with all of them."""
    with auth.act() as act:
        return answer(act, _definition(designer.publish(act, definition_id)))


@room.post("/definitions/<number:definition_id>/migrate", takes=schemas.Migrate, gives=shown.MigrationShown)
def migrate(given: dict[str, Any], definition_id: int) -> ResponseReturnValue:
    """Move running cases to this version (迁移), each in an act of its own; by default only say what would come.

    One request moves a good number of cases; ``left`` says how many the next one goes on with.
    """
    done = migrating.migrate(
        auth.office(), auth.me(), definition_id, given["names"], given["source"], apply=not given["dry_run"]
    )
    told = [{**plain(line), "moves": line.moves} for line in done.lines[:MOST_LINES]]
    return {**plain(replace(done, lines=())), "items": told}


@room.get("/definitions/<number:definition_id>", gives=shown.DefinitionShown)
def show(definition_id: int) -> ResponseReturnValue:
    """Show a version and its findings."""
    with reading() as look:
        return _definition(diagrams.one(look.db, definition_id))


@room.get("/definitions/<number:definition_id>/source", kind="application/xml")
def source(definition_id: int) -> ResponseReturnValue:
    """Return the bytes as they were uploaded."""
    with reading() as look:
        found = diagrams.one(look.db, definition_id)
    name = f'attachment; filename="{found.id}{found.suffix}"'
    # No charset: the encoding is what the bytes themselves declare.
    return Response(found.source, content_type="application/xml", headers={"Content-Disposition": name})


@room.get("/definitions/<number:definition_id>/track.svg", kind="image/svg+xml")
def picture(definition_id: int) -> ResponseReturnValue:
    """Draw a version of a diagram."""
    with reading() as look:
        found = diagrams.drawn(look.db, definition_id)
    return Response(track.render(found.source, (), ()), mimetype="image/svg+xml")
