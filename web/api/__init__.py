"""``/api/v1``, the machines' door: one room for each noun, on the same acts and queries as the pages."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from web.api import (
    acts,
    around,
    bars,
    benefits,
    calendars,
    cards,
    cases,
    catalogue,
    credit,
    deadlines,
    definitions,
    door,
    files,
    hearings,
    holdings,
    incidents,
    inspections,
    licences,
    messages,
    nearby,
    offers,
    oversight,
    papers,
    pushes,
    ratings,
    regions,
    reminders,
    reports,
    rotas,
    tasks,
    tickets,
    tokens,
    votes,
)

_ROOMS = (
    tokens,
    definitions,
    catalogue,
    files,
    cases,
    papers,
    acts,
    tasks,
    rotas,
    cards,
    deadlines,
    credit,
    holdings,
    incidents,
    licences,
    messages,
    reports,
    inspections,
    hearings,
    votes,
    calendars,
    around,
    bars,
    ratings,
    tickets,
    oversight,
    regions,
    offers,
    pushes,
    benefits,
    reminders,
)


#: Every room there is, those anybody may enter last.
ROOMS: tuple[door.Room, ...] = (*(each.room for each in _ROOMS), licences.public, nearby.public)


def install(app: Flask) -> None:
    """Add the rooms, their OpenAPI description and the page that shows it."""
    api = door.open_door(app, ROOMS)
    app.add_url_rule("/api/docs", "api_docs", lambda: _docs(api))


def _docs(api: door.Door) -> ResponseReturnValue:
    return render_template("api/docs.html", spec=api.spec.to_dict())
