"""The papers of a case (文书)."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import papers, sight
from web import printing
from web.api import shown
from web.api.door import Room, plain, reading

room = Room("papers", "文书")


@room.get("/cases/<key:no>/papers", gives=shown.PapersShown)
def listed(no: str) -> dict[str, Any]:
    """List the papers a case gave rise to, in order."""
    with reading() as look:
        return {"items": plain(papers.written(look.db, [sight.find(look.db, look.by, no)]))}


@room.get("/papers/<number:paper>.pdf", kind="application/pdf")
def pdf(paper: int) -> ResponseReturnValue:
    """Hand a paper out as PDF/A; 409 ``paper.glyph`` or ``paper.no-font`` where it cannot be set."""
    with reading() as look:
        found = papers.seen(look.db, look.by, paper)
    return printing.pdf(found)
