"""The catalogue: matters, bundles (一件事) and their guides (办事指南)."""

from flask.typing import ResponseReturnValue

from engine.queries import guide, guidebook
from web.api import shown
from web.api.door import Room, plain, reading

room = Room("catalogue", "事项与一件事")


@room.get("/matters", gives=shown.ListShown)
def matters() -> ResponseReturnValue:
    """List the matters in force."""
    with reading() as look:
        shelves = guidebook.index(look.db).shelves
    return {"items": [plain(entry) for shelf in shelves for entry in shelf.entries]}


@room.get("/bundles", gives=shown.ListShown)
def bundles() -> ResponseReturnValue:
    """List the bundles in force."""
    with reading() as look:
        return {"items": plain(guidebook.index(look.db).bundles)}


@room.get("/matters/<key:code>/guide", gives=shown.RecordShown)
def tell(code: str) -> ResponseReturnValue:
    """Tell what a matter or bundle asks for, how long it takes, and what it comes to."""
    with reading() as look:
        return dict(plain(guide.guide(look.db, code)))
