"""How a due date came about, square by square."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import register, sight
from web.api import shown
from web.api.door import Room, plain, reading

room = Room("deadlines", "时限")


@room.get("/deadlines/<number:deadline_id>/explain", gives=shown.DeadlineShown)
def explain(deadline_id: int) -> ResponseReturnValue:
    """Explain a deadline: a square for each day, one sentence, the articles of law."""
    with reading() as look:
        found = register.deadline(look.db, deadline_id, look.calendar, look.at)
        sight.must_see(look.db, look.by, found.case_id)
    return told(found)


def told(found: register.Reckoned) -> dict[str, Any]:
    """Tell a clock with its explanation."""
    return {name: value for name, value in plain(found).items() if name != "case_id"}
