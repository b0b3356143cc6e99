"""What an applicant keeps with us (材料库, 电子证照), as far as whoever asks may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain import holding, licence
from engine.domain.errors import NotFound
from engine.domain.holding import TRUST_NAMES, Holding
from engine.domain.identity import Actor
from engine.queries import sight
from engine.store import cases as rows
from engine.store import holdings, licences, people
from engine.store.cases import cases, materials
from engine.store.db import Connection


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands ready for a material the applicant would otherwise bring: a licence, or a file of his."""

    code: str
    licence: bool
    usable: bool
    words: str


@dataclass(frozen=True, slots=True)
class Held:
    """One file in the library as a list shows it; *obstacle* says why it is not used again."""

    id: int
    code: str
    name: str
    trust: str
    trust_name: str
    mark: str
    valid_until: date | None
    origin: str
    at: datetime
    consent_at: datetime | None
    withdrawn_at: datetime | None
    obstacle: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A kept file ready to be looked at, with its watermark (水印); its bytes are as they came."""

    file_id: int
    name: str
    media_type: str
    sha256: str
    content: bytes
    material: str
    mark: str
    trust_name: str
    case_no: str


def offers(
    db: Connection, id_number: str, wanted: Mapping[str, Sequence[str]], today: date, code: str | None = None
) -> dict[str, Offer]:
    """Return what stands ready for the materials *wanted*, each with the trust asked of it.

    *code* is the tracking code by which somebody online proves that the library is his own; the window needs none.
    """
    owner = people.applicant_of(db, id_number.strip().upper())
    if owner is None or (code is not None and not rows.is_own(db, code, owner)):
        return {}
    found = {each.code: each for each in _kept(db, owner, wanted, today)}
    return found | {each.code: each for each in _licensed(db, owner, wanted, today)}


def _kept(db: Connection, owner: int, wanted: Mapping[str, Sequence[str]], today: date) -> list[Offer]:
    kept = holdings.of_applicant(db, owner, wanted)
    found = []
    for code in {each.code for each in kept}:
        mine = [each for each in kept if each.code == code]
        best = holding.best(mine, wanted[code], today)
        why = holding.obstacle(mine[-1], wanted[code], today)
        found.append(
            Offer(code, licence=False, usable=best is not None, words=best.provenance() if best else why)
        )
    return found


def _licensed(db: Connection, owner: int, wanted: Mapping[str, Sequence[str]], today: date) -> list[Offer]:
    own = [each for each in licences.of_applicant(db, owner) if each.kind in wanted]
    found = []
    for kind in {each.kind for each in own}:
        mine = [each for each in own if each.kind == kind]
        best = licence.best(mine, today)
        words = best.provenance() if best else mine[-1].obstacle(today)
        found.append(Offer(kind, licence=True, usable=best is not None, words=words))
    return found


def of_case(db: Connection, case_id: int, today: date) -> tuple[Held, ...]:
    """Return the whole library of a case's applicant, for the staff that may see the case."""
    owner = db.execute(sa.select(cases.c.applicant_id).where(cases.c.id == case_id)).scalar_one()
    return tuple(_held(each, today) for each in holdings.of_applicant(db, owner))


def of_application(db: Connection, shelf: int, today: date) -> tuple[Held, ...]:
    """Return what came in with an application or lies on its shelf: no more is shown for its tracking code."""
    return tuple(_held(each, today) for each in holdings.of_shelf(db, shelf))


def _held(each: Holding, today: date) -> Held:
    same = (
        "id",
        "code",
        "name",
        "trust",
        "mark",
        "valid_until",
        "origin",
        "at",
        "consent_at",
        "withdrawn_at",
    )
    return Held(
        **{name: getattr(each, name) for name in same},
        trust_name=TRUST_NAMES[each.trust],
        obstacle=holding.obstacle(each, (), today),
    )


def copy(db: Connection, actor: Actor, file_id: int) -> Copy:
    """Return a file of a case *actor* may see, with what the window marked on it. Raises `NotFound`."""
    kept = sight.file(db, actor, file_id)
    query = (
        sa.select(materials.c.case_id, materials.c.code, cases.c.no)
        .join(cases, cases.c.id == materials.c.case_id)
        .where(materials.c.file_id == file_id)
    )
    for row in db.execute(query.order_by(materials.c.id)):
        try:
            sight.must_see(db, actor, row.case_id)
        except NotFound:
            continue
        held = next((h for h in holdings.of_shelf(db, row.case_id) if h.file_id == file_id), None)
        return Copy(
            file_id=file_id,
            name=kept.name,
            media_type=kept.media_type,
            sha256=kept.sha256,
            content=kept.content,
            material=held.name if held else row.code,
            mark=held.mark if held else "",
            trust_name=TRUST_NAMES[held.trust] if held else "",
            case_no=row.no,
        )
    raise NotFound("没有这个文件。", code="file.unknown")
