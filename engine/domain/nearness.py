"""How near a place is (15 分钟圈、5 公里圈): in a straight line, at a walker's speed that is named.

Coordinates are those of CGCS2000 (国家2000, 天地图); WGS-84 (GPS) is the same within a metre. Those of GCJ-02
(高德、腾讯) lie some hundred metres off and are not to be entered.
"""

import math
from dataclasses import dataclass

from engine.domain.errors import Incomplete, Malformed

#: How the coordinates are to be understood, in so many words.
DATUM = "CGCS2000"
#: 4 km an hour: the 15-minute circle is then 1000 m, as GB 50180 (城市居住区规划设计标准) draws it.
METRES_A_MINUTE = 1000 / 15
#: The circles that are promised: fifteen minutes on foot, five kilometres.
QUARTER, FIVE_KM = 1000, 5000
#: Within which degrees a place of ours can lie at all: a pair the wrong way round does not.
EAST, NORTH = (73.0, 136.0), (3.0, 54.0)
#: The mean radius of the earth, in metres.
_EARTH = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Point:
    """Where something is, in degrees."""

    longitude: float
    latitude: float


def point(longitude: float | None, latitude: float | None) -> Point | None:
    """Return where a pair of degrees is; None where neither is told.

    Raises `Incomplete` for half a pair, `Malformed` for one that lies elsewhere.
    """
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        missing, name = ("longitude", "经度") if longitude is None else ("latitude", "纬度")
        raise Incomplete(f"经度和纬度要一起填，缺{name}。", code="place.half", field=missing)
    if EAST[0] <= latitude <= EAST[1] and NORTH[0] <= longitude <= NORTH[1]:
        raise Malformed(
            f"经度 {longitude}、纬度 {latitude} 像是填反了，请对调：经度 {latitude}、纬度 {longitude}。",
            code="place.swapped",
            field="longitude",
        )
    for value, (least, most), field, name in (
        (longitude, EAST, "longitude", "经度"),
        (latitude, NORTH, "latitude", "纬度"),
    ):
        if not least <= value <= most:
            raise Malformed(
                f"{name} {value} 不在境内（{least:.0f}–{most:.0f} 度），请在天地图上重新取点。",
                code="place.elsewhere",
                field=field,
            )
    return Point(longitude, latitude)


def metres(one: Point, other: Point) -> float:
    """Return how far two points are apart in a straight line (haversine)."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def minutes(distance: float) -> int:
    """Return how many minutes a walker needs, a minute begun being one."""
    return math.ceil(distance / METRES_A_MINUTE - 1e-9)
