"""Reports: which cases are late."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import filters, lateness
from web import schemas
from web.api import shown
from web.api.door import Room, plain, reading

room = Room("reports", "统计")


@room.get("/reports/overdue", takes=schemas.Overdue, gives=shown.LateShown)
def overdue(given: dict[str, Any]) -> ResponseReturnValue:
    """Count what is late at a moment, by department, matter, channel or month, with the case numbers."""
    with reading() as look:
        reach = filters.reach(look.by)
        return dict(plain(lateness.late(look.db, given["as_of"] or look.at, given["group_by"], reach)))
