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
    """Count what is late as of a moment, by department, matter, channel or month, with the case numbers.

    What had been decided late by then is told apart; ``within`` adds what falls due in so many days.
    """
    with reading() as look:
        asked = {name: given[name] for name in ("group_by", "precision", "within")}
        at = given["as_of"] or look.at
        reach = filters.reach(look.by)
        return dict(plain(lateness.late(look.db, look.calendar, at, look.at, reach=reach, **asked)))
