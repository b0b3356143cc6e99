"""Guidance before filing (申报辅导): what was advised and brought, kept without any clock, filed on one click."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from engine.domain.case import Channel
from engine.domain.errors import NotNow
from engine.domain.identity import must_hold
from engine.domain.material import Handed, Standing
from engine.services import applicant, receiving
from engine.services.act import Act
from engine.services.mandating import Presented
from engine.services.receiving import Application, Person
from engine.store import assists
from engine.store.cases import Case
from engine.store.db import Row


def advise(act: Act, application: Application, words: str) -> int:
    """Keep what was advised with all that was filled in and brought; nothing is received and no clock starts."""
    hall = act.library.org(act.db, application.hall)
    must_hold(act.by, "window", hall)
    receiving.consider(act, application)
    made = assists.advise(
        act.db,
        org_id=hall,
        matter_key=application.matter,
        name=application.applicant.name,
        application=_told(application),
        words=words.strip(),
        at=act.at,
        by_id=act.by.id,
    )
    act.record("advised before filing", guidance=made, matter=application.matter)
    return made


def file(act: Act, guidance_id: int) -> Case:
    """File what was prepared as a formal application: received now, by whoever advised as first contact (首问)."""
    row = _open(act, guidance_id)
    case = applicant.apply(act, _read(row.application))
    case.first_contact_id = row.by_id
    assists.change(act.db, row.id, case_id=case.id, filed_at=act.at)
    act.record("filed after guidance", case, words=row.words)
    return case


def close(act: Act, guidance_id: int) -> None:
    """Lay a guidance aside that led to nothing."""
    row = _open(act, guidance_id)
    assists.change(act.db, row.id, closed_at=act.at)
    act.record("guidance closed", guidance=row.id)


def _open(act: Act, guidance_id: int) -> Row:
    row = assists.guidance(act.db, guidance_id)
    must_hold(act.by, "window", row.org_id)
    if row.filed_at is not None or row.closed_at is not None:
        raise NotNow("这条辅导已经转为正式申请或已结束。", code="guidance.over")
    return row


def _told(application: Application) -> dict[str, Any]:
    """An application as it is kept."""
    until = application.licence_until
    shown = application.mandate
    return {
        **{name: getattr(application, name) for name in ("matter", "hall", "street")},
        "channel": str(application.channel),
        "applicant": asdict(application.applicant),
        "agent": asdict(application.agent) if application.agent else None,
        "mandate": {**asdict(shown), "until": shown.until.isoformat()} if shown else None,
        "members": list(application.members),
        "flags": dict(application.flags),
        "answers": dict(application.answers),
        "materials": [{**asdict(each), "standing": str(each.standing)} for each in application.materials],
        "licence_until": until.isoformat() if until else None,
        "licence": application.licence,
    }


def _read(told: Mapping[str, Any]) -> Application:
    """Return the application that was kept."""
    shown = told["mandate"]
    return Application(
        matter=told["matter"],
        hall=told["hall"],
        street=told["street"],
        channel=Channel(told["channel"]),
        applicant=Person(**told["applicant"]),
        agent=Person(**told["agent"]) if told["agent"] else None,
        mandate=Presented(date.fromisoformat(shown["until"]), tuple(shown["matters"]), shown["file_id"])
        if shown
        else None,
        members=tuple(told["members"]),
        flags=told["flags"],
        answers=told["answers"],
        materials=tuple(
            Handed(each["code"], Standing(each["standing"]), each["file_id"], each["remark"])
            for each in told["materials"]
        ),
        licence_until=date.fromisoformat(told["licence_until"]) if told["licence_until"] else None,
        licence=told.get("licence", ""),
    )
