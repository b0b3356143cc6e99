"""The papers of cases (文书), as they are listed and as each was issued."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import paper as rules
from engine.domain.errors import NotFound
from engine.domain.identity import Actor
from engine.queries import sight
from engine.store import cases as rows
from engine.store.cases import cases
from engine.store.db import Connection, Row
from engine.store.documents import documents


@dataclass(frozen=True, slots=True)
class Written:
    """A paper as a list shows it: what it is called, its number, what it says and what it rests on."""

    id: int
    kind: str
    title: str
    no: str
    text: str
    articles: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Paper(Written):
    """A paper whole: everything it says, from whom and to whom, and the code its case is tracked by."""

    case_id: int
    case_no: str
    code: str
    addressee: str
    authority: str
    facts: Mapping[str, Any]
    template: str


_WHOLE = sa.select(documents, cases.c.no.label("case_no"), cases.c.code).join(
    cases, cases.c.id == documents.c.case_id
)


def written(db: Connection, case_ids: Iterable[int]) -> tuple[Written, ...]:
    """Return the papers of some cases, in order."""
    query = sa.select(documents).where(documents.c.case_id.in_(list(case_ids))).order_by(documents.c.id)
    return tuple(Written(**_listed(row)) for row in db.execute(query))


def of_application(db: Connection, case_id: int) -> tuple[Written, ...]:
    """Return the papers of an application and, of a bundle, of its members."""
    parts = sa.select(cases.c.id).where(sa.or_(cases.c.id == case_id, cases.c.parent_id == case_id))
    query = sa.select(documents).where(documents.c.case_id.in_(parts)).order_by(documents.c.id)
    return tuple(Written(**_listed(row)) for row in db.execute(query))


def seen(db: Connection, actor: Actor, paper_id: int) -> Paper:
    """Return a paper of a case *actor* may see. Raises `NotFound`."""
    row = db.execute(_WHOLE.where(documents.c.id == paper_id)).first()
    if row is None:
        raise _unknown()
    sight.must_see(db, actor, row.case_id)
    return _whole(row)


def tracked(db: Connection, code: str, paper_id: int) -> Paper:
    """Return a paper of the application *code* opens, or of its bundle. Raises `NotFound`."""
    opened = rows.id_by_code(db, code)
    root = sa.func.coalesce(cases.c.parent_id, cases.c.id)
    own = sa.select(root).where(cases.c.id == opened).scalar_subquery()
    row = db.execute(_WHOLE.where(documents.c.id == paper_id, root == own)).first()
    if row is None:
        raise _unknown()
    return _whole(row)


def _unknown() -> NotFound:
    return NotFound("没有这份文书，或不归您查看。", code="paper.unknown")


def _listed(row: Row) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in ("id", "kind", "no", "text", "at")}
    return {**same, "title": _facts(row)["title"], "articles": tuple(row.articles)}


def _whole(row: Row) -> Paper:
    same = ("case_id", "case_no", "code", "addressee", "authority", "template")
    return Paper(**_listed(row), **{name: getattr(row, name) for name in same}, facts=_facts(row))


def _facts(row: Row) -> Mapping[str, Any]:
    """What a paper says; of one from before papers kept it all, what is known."""
    plain = {"paragraphs": [row.text], "tables": [], "remedies": "", "signatures": [], "own": False}
    title = rules.title(rules.Kind(row.kind), rules.LICENCE)
    return {"title": title, **plain, **row.facts}
