"""Who may see a case, and a file on its shelf; what one may not see is not there."""

from dataclasses import dataclass
from pathlib import PurePath

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Role
from engine.store import cases as rows
from engine.store import files
from engine.store.cases import cases, materials, tasks
from engine.store.copies import copies
from engine.store.db import Connection
from engine.store.projects import projects

#: Posts that may look at every case.
OVERSEERS = (Role.MANAGER, Role.REGISTRAR)


def find(db: Connection, actor: Actor, no: str) -> int:
    """Return the id of case number *no*, if *actor* may see it. Raises `NotFound`."""
    case_id = rows.id_of(db, no)
    must_see(db, actor, case_id)
    return case_id


def must_see(db: Connection, actor: Actor, case_id: int) -> None:
    """Raise `NotFound` unless *actor* holds a post where the case, or one of its bundle, is or was handled.

    Whoever was shown the case (抄送) sees it too, and who champions its project (包抓人).
    """
    if actor.id is not None and (
        any(actor.holds(role) for role in OVERSEERS) or _handles(db, actor, case_id)
    ):
        return
    raise NotFound("没有这个办件，或不归您的岗位查看。", code="case.unknown")


def _handles(db: Connection, actor: Actor, case_id: int) -> bool:
    where = {post.org for post in actor.posts}
    root = sa.select(sa.func.coalesce(cases.c.parent_id, cases.c.id)).where(cases.c.id == case_id)
    family = sa.or_(cases.c.id == root.scalar_subquery(), cases.c.parent_id == root.scalar_subquery())
    touched = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.org_id.in_(where))
    places = (
        cases.c.hall_id,
        cases.c.authority_id,
        cases.c.street_id,
        cases.c.pickup_id,
        cases.c.acceptor_id,
    )
    shown = sa.exists().where(copies.c.case_id == cases.c.id, copies.c.to_id == actor.id)
    championed = cases.c.project_id.in_(sa.select(projects.c.id).where(projects.c.champion_id == actor.id))
    handled = sa.or_(*(place.in_(where) for place in places), touched, shown, championed)
    return db.execute(sa.select(cases.c.id).where(family, handled).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as it lies on a case: called by what it is there, for the same bytes may lie with somebody else too."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def file(db: Connection, actor: Actor, file_id: int) -> Filed:
    """Return a file that lies on the shelf of a case *actor* may see. Raises `NotFound`."""
    laid = sa.select(materials.c.case_id, materials.c.code).where(materials.c.file_id == file_id)
    for row in db.execute(laid.order_by(materials.c.id)).all():
        try:
            must_see(db, actor, row.case_id)
        except NotFound:
            continue
        kept = files.get(db, file_id)
        name = f"{row.code}{PurePath(kept.name).suffix}"
        return Filed(name, kept.media_type, kept.sha256, kept.content)
    raise NotFound("没有这个文件。", code="file.unknown")
