"""Across regions: what goes between two places; places and what they may do; powers; key projects."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.identity import Role, must_hold
from engine.queries import counter, crossings, endeavours, premises, sight
from engine.services import authoriser, champion, liaison, subordinate
from engine.services.act import Act
from web import auth, finding, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("regions", "跨区通办、委托、授权、重点项目")

#: Where each act on a crossing case stands.
CASE = "/cases/<key:no>"


def _case(act: Act, no: str) -> Any:
    return act.take(sight.find(act.db, act.by, no))


@room.get("/crossings", gives=shown.CrossingsShown)
def board() -> ResponseReturnValue:
    """What my windows have to send, to receive, to send back (跨区通办)."""
    with reading() as look:
        found = crossings.board(look.db, look.at, look.calendar, counter.halls(look.db, look.by))
    told: dict[str, Any] = plain(found)
    return told


@room.get(f"{CASE}/crossing", gives=shown.CrossingShown)
def crossing(no: str) -> ResponseReturnValue:
    """Where a crossing case is now, and its fellows at other homes."""
    with reading() as look:
        sight.find(look.db, look.by, no)
        found = crossings.crossing(look.db, no, look.at, look.calendar)
    return {**plain(found.between), "sites": plain(list(found.sites))}


@room.post(f"{CASE}/hand-over", takes=schemas.HandOver, gives=shown.CaseShown)
def hand_over(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Send what was taken in to its home (转送属地)."""
    with auth.act() as act:
        return answer(act, brief(liaison.hand_over(act, _case(act, no), **given)))


@room.post(f"{CASE}/receive", gives=shown.CaseShown)
def receive(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Confirm that the materials arrived (属地接收)."""
    with auth.act() as act:
        return answer(act, brief(liaison.receive(act, _case(act, no))))


@room.post(f"{CASE}/send-back", takes=schemas.SendBack, gives=shown.CaseShown)
def send_back(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Return what arrived to the place of intake (退回收件地)."""
    with auth.act() as act:
        return answer(act, brief(liaison.send_back(act, _case(act, no), **given)))


@room.post(f"{CASE}/send-result", takes=schemas.SendResult, gives=shown.CaseShown)
def send_result(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Send the result back to the place of intake (回寄结果)."""
    with auth.act() as act:
        return answer(act, brief(liaison.send_result(act, _case(act, no), **given)))


@room.post("/tasks/<number:task_id>/report-up", takes=schemas.ReportUp, gives=shown.CaseShown)
def report_up(given: dict[str, Any], task_id: int) -> ResponseReturnValue:
    """Complete an initial review and pass the case up (转报)."""
    with auth.act() as act:
        return answer(act, brief(subordinate.report_up(act, task_id, **given)))


# -- places and powers -------------------------------------------------------------------------------------------


@room.get("/places", gives=shown.PlacesShown)
def places() -> ResponseReturnValue:
    """What each place does about each matter, entrustments, and presence in the hall (进驻率)."""
    with reading() as look:
        must_hold(look.by, Role.REGISTRAR)
        found = premises.matrix(look.db, look.at)
        present = premises.presence(look.db)
        entrusted = premises.entrustments(look.db, look.at)
    codes = {place.id: place.code for place in found.places}
    cells = [
        {"place": codes[place], "matter": key, **plain(cell)} for (place, key), cell in found.cells.items()
    ]
    return {
        "places": plain(list(found.places)),
        "cells": cells,
        "entrustments": plain(list(entrusted)),
        "presence": {**plain(present), "rate": present.rate},
    }


@room.post("/places", takes=schemas.Place, gives=shown.Made, status=201)
def found(given: dict[str, Any]) -> ResponseReturnValue:
    """Add a place, ours or of another region."""
    with auth.act() as act:
        return answer(act, {"id": authoriser.found(act, **given)}), 201


@room.post("/places/<key:code>/location", takes=finding.Located, gives=shown.RecordShown)
def locate(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """Say where a place is (CGCS2000), how it is reached, and its hours where they are its own."""
    with auth.act() as act:
        authoriser.locate(act, code, **given)
        return answer(act, {"code": code, **given})


@room.post("/capabilities", takes=schemas.LayDown, gives=shown.Made)
def lay_down(given: dict[str, Any]) -> ResponseReturnValue:
    """Say what a place does about matters (受理、代办、帮办、不办)."""
    with auth.act() as act:
        authoriser.lay_down(act, **given)
        return answer(act, {"id": None})


@room.post("/entrustments", takes=schemas.Entrust, gives=shown.Made, status=201)
def entrust(given: dict[str, Any]) -> ResponseReturnValue:
    """Entrust somebody with a matter, or devolve it (委托受理、委托实施、下放)."""
    with auth.act() as act:
        return answer(act, {"id": authoriser.entrust(act, **given)}), 201


@room.post("/entrustments/<number:entrustment_id>/end", takes=schemas.Reason, gives=shown.Made)
def end_entrustment(given: dict[str, Any], entrustment_id: int) -> ResponseReturnValue:
    """End an entrustment, with reason."""
    with auth.act() as act:
        authoriser.end_entrustment(act, entrustment_id, **given)
        return answer(act, {"id": entrustment_id})


@room.get("/powers", gives=shown.ListShown)
def powers() -> ResponseReturnValue:
    """The powers one gave and was given; of everybody for the registrar (授权表)."""
    with reading() as look:
        whose = None if look.by.holds(Role.REGISTRAR) else look.by.id
        given = premises.given(look.db, look.at, whose)
    return {"items": plain(list(given)), "next": None}


@room.post("/powers", takes=schemas.Empower, gives=shown.Made, status=201)
def empower(given: dict[str, Any]) -> ResponseReturnValue:
    """Give the decisions of one's post to a colleague (规范授权)."""
    with auth.act() as act:
        return answer(act, {"id": authoriser.empower(act, **given)}), 201


@room.post("/powers/<number:power_id>/end", gives=shown.Made)
def end_power(_given: dict[str, Any], power_id: int) -> ResponseReturnValue:
    """Take a power back."""
    with auth.act() as act:
        authoriser.end_power(act, power_id)
        return answer(act, {"id": power_id})


# -- key projects ------------------------------------------------------------------------------------------------


@room.get("/projects", gives=shown.ListShown)
def projects() -> ResponseReturnValue:
    """Key projects (重点项目): all for managers, one's own for a champion."""
    with reading() as look:
        whose = None if look.by.holds(Role.MANAGER) else look.by.id
        return {"items": plain(list(endeavours.listed(look.db, look.at, whose))), "next": None}


@room.post("/projects", takes=schemas.Project, gives=shown.ProjectMade, status=201)
def open_project(given: dict[str, Any]) -> ResponseReturnValue:
    """Open a project with its champion."""
    with auth.act() as act:
        return answer(act, {"no": champion.open_(act, **given)}), 201


@room.get("/projects/<key:no>", gives=shown.ProjectShown)
def project(no: str) -> ResponseReturnValue:
    """A project: its cases, their dates, what each waits for, what its champion was told."""
    with reading() as look:
        found = endeavours.project(look.db, no, look.calendar, look.at)
        endeavours.must_see(look.by, found)
    told: dict[str, Any] = plain(found)
    return told


@room.post("/projects/<key:no>/join", takes=schemas.Join, gives=shown.CaseShown)
def join(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Make a case part of a project."""
    with auth.act() as act:
        return answer(act, brief(champion.join(act, act.case(given["case"]), no)))


@room.post("/projects/<key:no>/leave", takes=schemas.Join, gives=shown.CaseShown)
def leave(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Take a case out of a project."""
    with auth.act() as act:
        return answer(act, brief(champion.leave(act, act.case(given["case"]), no)))


@room.post("/projects/<key:no>/champion", takes=schemas.Champion, gives=shown.ProjectMade)
def hand_to(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Give a project to another champion."""
    with auth.act() as act:
        champion.hand_to(act, no, given["champion"])
        return answer(act, {"no": no})


@room.post("/projects/<key:no>/close", gives=shown.ProjectMade)
def close(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Be done with a project."""
    with auth.act() as act:
        champion.close(act, no)
        return answer(act, {"no": no})


@room.post("/projects/<key:no>/read", gives=shown.ProjectMade)
def read(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say that one has read what one was told of a project."""
    with auth.act() as act:
        champion.read(act, no)
        return answer(act, {"no": no})
