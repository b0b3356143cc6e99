"""The designer's drawing board (组合一件事): matters, waits and questions in, a diagram to go on with out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from engine.domain.bundle import On
from engine.domain.errors import Refused
from engine.domain.identity import Role, must_hold
from engine.queries import composable
from engine.queries.composable import Stock
from engine.services import composing, designer
from engine.services.composing import Catalogue, Composed
from engine.spiff import track
from web import auth, page

#: What of a predecessor a member may wait for, as the page says it.
WAITS = ((On.GRANTED, "办结"), (On.ACCEPTED, "受理"), (On.DELIVERED, "送达"), (On.DATA, "数据"))
#: How many more empty lines of waits and questions the page offers.
MORE = 1
#: A promise has no more digits.
MOST_DIGITS = 4

bp = Blueprint("composer", __name__)


@bp.get("/studio/compose")
def board() -> str:
    """The form as it is filled in, and what becomes of it."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        stock = composable.stock(look.db)
    record = _record(stock)
    composed, refused = (None, page.refusal()) if page.refusal() else _composed(record, stock)
    return render_template(
        "designer/compose.html",
        stock=stock,
        record=record,
        base=_given().get("from") or _given().get("base", ""),
        composed=composed,
        refused=refused,
        drawing=track.render(composed.source, (), ()) if composed else "",
        waits=WAITS,
        asked=_asked(record, stock),
        slots={member["matter"]: _slots(member, record) for member in record["members"]},
        own=[*record["questions"], *({"key": "", "text": ""} for _ in range(MORE))],
    )


@bp.post("/studio/compose")
@page.or_again(board)
def save() -> ResponseReturnValue:
    """Keep the composed diagram as a draft, to go on with in the studio."""
    with auth.act() as act:
        must_hold(act.by, Role.DESIGNER)
        stock = composable.stock(act.db)
        composed = composing.compose(_record(stock), _catalogue(stock))
        row = designer.hand_in(act, composed.source, composed.record["key"])
        return page.go(act, page.done(f"/studio/{row.id}", "saved"))


@bp.get("/studio/compose/<any(diagram,record):what>")
def download(what: str) -> Response:
    """The diagram, or the record that belongs to it, as a file."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        stock = composable.stock(look.db)
    composed = composing.compose(_record(stock), _catalogue(stock))
    if what == "diagram":
        answer, name = Response(composed.source, mimetype="application/xml"), f"{composed.record['key']}.bpmn"
    else:
        text = yaml.safe_dump(dict(composed.record), allow_unicode=True, sort_keys=False)
        answer, name = Response(text, mimetype="application/yaml"), "bundle.yaml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _catalogue(stock: Stock) -> Catalogue:
    return Catalogue(stock.matters, {code: name.zh for code, name in stock.departments.items()})


def _composed(record: Mapping[str, Any], stock: Stock) -> tuple[Composed | None, Refused | None]:
    """What becomes of the form, or why nothing does; an empty form is no mistake."""
    if not record["members"]:
        return None, None
    try:
        return composing.compose(record, _catalogue(stock)), None
    except Refused as refused:
        return None, refused


# --- the form as a record -------------------------------------------------------------------------------------


def _given() -> MultiDict[str, str]:
    return request.form if request.method == "POST" else request.args


def _record(stock: Stock) -> dict[str, Any]:
    """The record the form describes, or that of the bundle it begins from."""
    given = _given()
    begun = stock.bundles.get(given.get("from", ""))
    if begun is not None:
        return {**begun, "questions": list(begun.get("questions") or ())}
    keys = [key for key in stock.matters if key in given.getlist("matter")]
    days = given.get("days", "").strip()
    record: dict[str, Any] = {
        **_rest(stock.bundles.get(given.get("base", ""), {}), keys),
        "key": given.get("key", "").strip(),
        "name": given.get("name", "").strip(),
        "members": [_member(key, keys, given) for key in keys],
        "questions": list(_questions(given)),
    }
    if days.isascii() and days.isdecimal() and len(days) <= MOST_DIGITS and int(days):
        record["promised_limit"] = {"value": int(days), "unit": "workday"}
    return record


def _rest(base: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """What stays of the bundle one began from: all the form does not say, but for what was said of its chain.

    Who is looked at together (多勘合一) stays as far as he is still a member.
    """
    lost = {"promised_limit", "critical_path", "critical_path_note"}
    kept = {name: value for name, value in base.items() if name not in lost}
    joint = kept.get("joint_inspection")
    if joint:
        left = [key for key in joint.get("members") or () if key in keys]
        kept["joint_inspection"] = {**joint, "members": left} if len(left) > 1 else None
    return kept


def _member(key: str, keys: list[str], given: MultiDict[str, str]) -> dict[str, Any]:
    taking = given.get(f"taking.{key}", "")
    waits = zip(given.getlist(f"after.{key}"), given.getlist(f"on.{key}"), strict=False)
    member: dict[str, Any] = {
        "matter": key,
        "after": [{"matter": other, "on": on} for other, on in waits if other in keys],
        "optional": taking == "optional",
        "condition": taking if taking not in {"", "optional"} else None,
        "prereview": given.get(f"prereview.{key}") == "1",
    }
    if given.get(f"verify.{key}") == "1":
        member["mode"] = "verify_only"
    return member


def _questions(given: MultiDict[str, str]) -> Iterator[dict[str, str]]:
    for key, text in zip(given.getlist("question.key"), given.getlist("question.text"), strict=False):
        if key.strip():
            yield {"key": key.strip(), "text": text.strip() or key.strip()}


def _slots(member: Mapping[str, Any], record: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """What the member waits for, and an empty line while there are others."""
    after = list(member.get("after") or ())
    empty = {"matter": "", "on": str(On.GRANTED)}
    return [*after, *(empty for _ in range(MORE if len(after) < len(record["members"]) - 1 else 0))]


def _asked(record: Mapping[str, Any], stock: Stock) -> dict[str, str]:
    """The questions a member's taking part may hang on: the bundle's own and its members'."""
    members = (stock.matters.get(member["matter"], {}) for member in record["members"])
    questions = [question for each in (*members, record) for question in each.get("questions") or ()]
    return {question["key"]: question["text"] for question in questions}


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
