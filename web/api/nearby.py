"""Where people can go (就近办): anybody may ask, at a walking pace."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from engine.domain import hours
from engine.domain.nearness import DATUM, METRES_A_MINUTE
from engine.queries import nearby
from engine.queries.nearby import Wish
from web import auth, finding
from web.api import shown
from web.api.door import Room, plain
from web.pace import Pace

public = Room("nearby", "服务站点", open_=True)


@public.get("/nearby", takes=finding.Nearby, gives=shown.NearbyShown)
def listed(wish: Wish) -> ResponseReturnValue:
    """List the places that fit, nearest first, each with what it does, when it is open, and how near it is.

    Distances are straight lines in metres; minutes on foot at 4 km an hour; coordinates are CGCS2000.
    """
    pace: Pace = flask.current_app.extensions["nearby-pace"]
    pace.knock()
    with auth.look() as look:
        found = nearby.nearby(look.db, look.at, look.calendar_at, wish)
        covered = nearby.coverage(look.db, look.at, look.calendar_at, wish.matter)
    return {
        "items": [_told(spot) for spot in found.spots],
        "coverage": plain(covered),
        "datum": DATUM,
        "metres_a_minute": round(METRES_A_MINUTE, 1),
    }


def _told(spot: nearby.Spot) -> dict[str, Any]:
    told: dict[str, Any] = {**plain(spot), "today": hours.words(spot.today)}
    near = {"within_15_minutes": spot.walkable, "within_5_km": spot.close}
    return {**told, **(near if spot.metres is not None else dict.fromkeys(near))}
