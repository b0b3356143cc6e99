"""Places and what they may do: the matrix, entrustments, presence in the hall; and powers given by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.capability import LEVEL_NAMES, VISITED_NAMES
from engine.domain.entrustment import SCOPE_NAMES, Scope
from engine.domain.hours import KIND_NAMES as DAY_NAMES
from engine.domain.identity import ROLE_NAMES, Actor, Role, must_hold
from engine.domain.power import REACH_NAMES
from engine.queries import guidebook, house, nearby, premises
from engine.services import authoriser
from web import auth, finding, page, schemas, workbook
from web.i18n import gettext
from web.workbook import Cell

bp = Blueprint("places", __name__)

#: What the colours of the matrix say beside its words.
TONES = {"accept": "green", "forward": "blue", "help": "grey", "none": "red"}


def _named(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """The words of a table as the options of a field."""
    return [(str(value), gettext(name)) for value, name in names.items()]


def _page(**_at: int) -> str:
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        matrix = premises.matrix(look.db, look.at)
        return render_template(
            "registrar/places.html",
            matrix=matrix,
            visited=nearby.registered(look.db),
            kinds_of_place=VISITED_NAMES,
            covered=nearby.coverage(look.db, look.at, look.calendar_at),
            spots=[(place.code, place.name) for place in matrix.places],
            entrustments=premises.entrustments(look.db, look.at),
            presence=premises.presence(look.db),
            organs=[(org.code, org.name) for org in premises.organs(look.db)],
            kinds=_named(authoriser.KINDS),
            levels=_named(LEVEL_NAMES),
            scopes=_named(SCOPE_NAMES),
            tones=TONES,
        )


@bp.get("/admin/places")
def places() -> str:
    """What each place may do, who entrusted whom, and what is in the hall."""
    return _page()


@bp.get("/admin/places.xlsx")
def export() -> Response:
    """The matrix as a workbook."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        found, at = premises.matrix(look.db, look.at), look.today
    headings = (("事项", 40), *((place.name, 16) for place in found.places))
    above = (f"机构×事项办理清单，截至 {at.isoformat()}",)
    book = workbook.written([("办理清单", above, headings, _rows(found))])
    answer = Response(book, mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="places.xlsx"'
    return answer


def _rows(found: premises.Matrix) -> Iterator[tuple[Cell, ...]]:
    for key, name in found.matters:
        cells = (found.cells[place.id, key] for place in found.places)
        yield (name, *(_said(cell) for cell in cells))


def _said(cell: premises.Cell) -> str:
    return SCOPE_NAMES[Scope(cell.scope)] if cell.scope else LEVEL_NAMES[cell.level]


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if request.form.get(name)}
    return schemas.load(schema(), {**sent, **fields})


@bp.post("/admin/places")
@page.or_again(_page)
def found() -> ResponseReturnValue:
    """Add a place."""
    given = _given(schemas.Place)
    with auth.act() as act:
        authoriser.found(act, **given)
        return page.go(act, page.done("/admin/places", "founded"))


@bp.post("/admin/capabilities")
@page.or_again(_page)
def lay_down() -> ResponseReturnValue:
    """Say what a place does about matters."""
    given = _given(schemas.LayDown, matters=request.form.getlist("matters"))
    with auth.act() as act:
        authoriser.lay_down(act, **given)
        return page.go(act, page.done("/admin/places", "laid-down"))


@bp.post("/admin/entrustments")
@page.or_again(_page)
def entrust() -> ResponseReturnValue:
    """Entrust somebody with a matter, or devolve it."""
    given = _given(schemas.Entrust)
    with auth.act() as act:
        authoriser.entrust(act, **given)
        return page.go(act, page.done("/admin/places", "entrusted"))


@bp.post("/admin/entrustments/<number:entrustment_id>/end")
@page.or_again(_page)
def end_entrustment(entrustment_id: int) -> ResponseReturnValue:
    """End an entrustment, with reason."""
    with auth.act() as act:
        authoriser.end_entrustment(act, entrustment_id, request.form.get("reason", ""))
        return page.go(act, page.done("/admin/places", "entrustment-ended"))


# -- where a place is ---------------------------------------------------------------------------------------------


def _spot(code: str) -> str:
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        place = nearby.spot(look.db, code)
    keeps = nearby.keeps(place)
    return render_template(
        "registrar/spot.html",
        place=place,
        kinds=VISITED_NAMES,
        kept=list(keeps.told()) if keeps else [],
        days=DAY_NAMES,
    )


@bp.get("/admin/places/<code>")
def spot(code: str) -> str:
    """Where a place is, how it is reached, when it is open."""
    return _spot(code)


@bp.post("/admin/places/<code>")
@page.or_again(_spot)
def locate(code: str) -> ResponseReturnValue:
    """Write that down."""
    season = {str(kind): text for kind in DAY_NAMES if (text := request.form.get(kind, "").strip())}
    sent = {n: request.form.get(n, "").strip() for n in ("address", "phone", "longitude", "latitude")}
    given = schemas.load(finding.Located(), sent)
    with auth.act() as act:
        authoriser.locate(act, code, **{**given, "hours": [season] if season else ()})
        return page.go(act, page.done(f"/admin/places/{code}", "spot-kept"))


# -- powers given by name ----------------------------------------------------------------------------------------


def _powers(**_at: int) -> str:
    me = auth.me()
    whose = None if me.holds(Role.REGISTRAR) else me.id
    with auth.look() as look:
        names = {org.id: org for org in house.house(look.db, look.calendar, look.at).orgs}
        return render_template(
            "registrar/powers.html",
            given=premises.given(look.db, look.at, whose),
            matters=[(e.key, e.name.zh) for shelf in guidebook.index(look.db).shelves for e in shelf.entries],
            staff=premises.colleagues(look.db),
            mine=_posts(me, names),
            roles=ROLE_NAMES,
            reaches=_named(REACH_NAMES),
        )


def _posts(me: Actor, names: Mapping[int, house.Org]) -> list[tuple[str, str]]:
    """The posts that are one's own to give from."""
    own = [p for p in me.posts if p.role in authoriser.GIVEN and not me.powers_at(p.role, p.org)]
    return [
        (f"{p.role}@{names[p.org].code}", f"{gettext(ROLE_NAMES[Role(p.role)])} · {names[p.org].name}")
        for p in sorted(own, key=lambda post: (post.org, post.role))
    ]


@bp.get("/powers")
def powers() -> str:
    """What I gave and was given; of everybody for the registrar."""
    return _powers()


@bp.post("/powers")
@page.or_again(_powers)
def empower() -> ResponseReturnValue:
    """Give the decisions of one's post to a colleague."""
    role, _, org = request.form.get("post", "").partition("@")
    given = _given(schemas.Empower, role=role, org=org)
    with auth.act() as act:
        authoriser.empower(act, **given)
        return page.go(act, page.done("/powers", "empowered"))


@bp.post("/powers/<number:power_id>/end")
@page.or_again(_powers)
def end_power(power_id: int) -> ResponseReturnValue:
    """Take a power back."""
    with auth.act() as act:
        authoriser.end_power(act, power_id)
        return page.go(act, page.done("/powers", "power-ended"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
