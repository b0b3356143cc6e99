"""Where people can go (就近办): points by matter, street and distance, on a map of our own, open now or when."""

import json
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from engine.domain import hours
from engine.domain.capability import LEVEL_NAMES, VISITED_NAMES
from engine.domain.hours import Opening
from engine.domain.nearness import DATUM
from engine.domain.pause import BEIJING, day_of
from engine.queries import nearby
from engine.queries.nearby import Found, Spot
from engine.services.act import Act
from web import auth, finding, maps, page, schemas, workbook
from web.i18n import gettext
from web.pace import Pace
from web.words import day

bp = Blueprint("nearby", __name__)

#: How often one address may look for places, a minute.
MOST = 60
_COLUMNS = (
    *("机构代码", "名称", "类型", "街道", "地址", "电话", "今日开放", "现在", "办理方式"),
    *("经度（CGCS2000）", "纬度（CGCS2000）", "距离（米）", "步行（分钟）", "15 分钟内", "5 公里内", "数据"),
)


def _wish() -> nearby.Wish:
    asked = {name: value for name in finding.Nearby().fields if (value := request.args.get(name, "").strip())}
    wish: nearby.Wish = schemas.load(finding.Nearby(), asked)
    return wish


def _found(look: Act) -> Found:
    pace: Pace = current_app.extensions["nearby-pace"]
    pace.knock()
    return nearby.nearby(look.db, look.at, look.calendar_at, _wish())


@bp.get("/nearby")
@page.or_again(lambda: _page(nearby.Wish()))
def listed() -> str:
    """The places one can go to, nearest first."""
    return _page(_wish())


def _page(wish: nearby.Wish) -> str:
    pace: Pace = current_app.extensions["nearby-pace"]
    pace.knock()
    with auth.look() as look:
        found = nearby.nearby(look.db, look.at, look.calendar_at, wish)
        covered = nearby.coverage(look.db, look.at, look.calendar_at, wish.matter)
    return render_template(
        "guide/nearby.html",
        found=found,
        covered=covered,
        wish=wish,
        kinds=VISITED_NAMES,
        levels=LEVEL_NAMES,
        matters=dict(found.matters),
        map=_map(found),
        datum=DATUM,
        when=lambda opening: when(opening, look.today),
        hours_words=hours.words,
        shape=lambda kind: maps.shape(kind, 13, 14),
        query=request.query_string.decode(),
    )


def _map(found: Found) -> str:
    marks = [
        maps.Mark(spot.name, spot.kind, spot.at, f"#p-{spot.code}", f"{spot.name} {_away(spot)}".strip())
        for spot in found.spots
        if spot.at is not None
    ]
    here = found.origin_name or gettext("出发点")
    return maps.drawn(
        marks, found.origin, gettext("站点示意图"), here, (gettext("步行 15 分钟"), gettext("5 公里"))
    )


def _away(spot: Spot) -> str:
    return "" if spot.metres is None else f"{spot.metres} m"


def when(opening: Opening, today: date) -> str:
    """Whether a place is open, and until when or from when; of today only the time is said."""
    if opening.until is None:
        return gettext("近期不开放")
    said = gettext("开放中，至") if opening.open else gettext("未开放，下次")
    on = f"{day(opening.until)} " if day_of(opening.until) != today else ""
    return f"{said} {on}{opening.until.astimezone(BEIJING):%H:%M}"


@bp.get("/nearby.csv")
def table() -> Response:
    """The same list as a table for a spreadsheet."""
    with auth.look() as look:
        found = _found(look)
    rows = (_cells(spot, look.today) for spot in found.spots)
    answer = Response(workbook.plain(_COLUMNS, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="nearby.csv"'
    return answer


def _cells(spot: Spot, today: date) -> tuple[str, ...]:
    placed = (str(spot.at.longitude), str(spot.at.latitude)) if spot.at else ("", "")
    away = ("", "", "", "") if spot.metres is None else (
        str(spot.metres), str(spot.minutes), "是" if spot.walkable else "否", "是" if spot.close else "否",
    )  # fmt: skip
    told = (spot.code, spot.name, VISITED_NAMES[spot.kind], spot.street, spot.address, spot.phone)
    open_ = (hours.words(spot.today) or "不开放", when(spot.opening, today), LEVEL_NAMES[spot.level])
    return (*told, *open_, *placed, *away, "演示数据" if spot.invented else "登记")


@bp.get("/nearby.geojson")
def geojson() -> Response:
    """The same list as GeoJSON (RFC 7946); a place nobody has located has no geometry."""
    with auth.look() as look:
        found = _found(look)
    body = {"type": "FeatureCollection", "features": [feature(spot) for spot in found.spots]}
    answer = Response(json.dumps(body, ensure_ascii=False), mimetype="application/geo+json")
    answer.headers["Content-Disposition"] = 'attachment; filename="nearby.geojson"'
    return answer


def feature(spot: Spot) -> dict[str, Any]:
    """A place as a feature of GeoJSON."""
    told = ("code", "name", "kind", "street", "address", "phone", "invented", "metres", "minutes")
    at = spot.at
    return {
        "type": "Feature",
        "id": spot.code,
        "geometry": {"type": "Point", "coordinates": [at.longitude, at.latitude]} if at else None,
        "properties": {
            **{name: getattr(spot, name) for name in told},
            "level": spot.level.value,
            "open": spot.opening.open,
            "until": spot.opening.until.isoformat() if spot.opening.until else None,
            "within_15_minutes": spot.walkable if spot.metres is not None else None,
            "within_5_km": spot.close if spot.metres is not None else None,
            "datum": DATUM,
        },
    }


def install(app: Flask) -> None:
    """Add the room."""
    app.extensions["nearby-pace"] = Pace(MOST)
    app.register_blueprint(bp)
