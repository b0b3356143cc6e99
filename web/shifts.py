"""What comes in and goes out of the rota (排班): whose week, who is on a shift, and how a week is shown."""

from typing import Any

import marshmallow as ma
from marshmallow.fields import Boolean, Date, DateTime, Integer, List, Nested, String

from engine.domain.identity import POOLED, ROLE_NAMES, Role
from engine.domain.rota import PLACE_NAMES, SPAN_NAMES, Place, Span
from engine.services.foreman import Trio
from web.fields import Choice, Day, Word
from web.schemas import Form

#: The posts that may have a rota, by their names.
ROLES = {str(role): ROLE_NAMES[role] for role in POOLED}
SPANS = {str(span): name for span, name in SPAN_NAMES.items()}


class _Post(Form):
    """A post: a role in an organisation."""

    org = Word("机构", 40, required=True)
    role = Choice("岗位", ROLES, required=True)

    @ma.post_load
    def of_role(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Say the role as the rules do."""
        return {**read, "role": Role(read["role"])}


class AskWeek(_Post):
    """Whose rota is asked for, in the week of which day; without one, this week."""

    week = Day("周", load_default=None, allow_none=True)


class CopyWeek(_Post):
    """Into the week of which day the week before is copied."""

    week = Day("周", required=True)


class ChangeShift(Form):
    """Which part of the day a shift is, and its three people by login (2 主 1 备)."""

    span = Choice("时段", SPANS, required=True)
    first = Word(PLACE_NAMES[Place.FIRST], 60, required=True)
    second = Word(PLACE_NAMES[Place.SECOND], 60, required=True)
    spare = Word(PLACE_NAMES[Place.SPARE], 60, required=True)

    @ma.post_load
    def trio(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Say the shift as the rules do."""
        three = Trio(*(read.pop(place) for place in Place))
        return {**read, "span": Span(read["span"]), "trio": three}


class DrawShift(ChangeShift, _Post):
    """A new shift of a post on a day."""

    day = Day("日期", required=True)


class PersonShown(ma.Schema):
    """Somebody on a shift; ``fit`` while he still holds the post."""

    login = String()
    name = String()
    fit = Boolean()


class SlotShown(ma.Schema):
    """A shift; ``open`` while it may still be changed, ``runs`` now."""

    id = Integer()
    span = String()
    mains = List(Nested(PersonShown))
    spare = Nested(PersonShown)
    open = Boolean()
    runs = Boolean()


class LineShown(ma.Schema):
    """A day of the rota; ``gaps`` are the halves that have no shift and may still be drawn."""

    day = Date()
    working = Boolean()
    holiday = String()
    slots = List(Nested(SlotShown))
    gaps = List(String())


class AttendanceShown(ma.Schema):
    """One of the three who are on duty now, whether he is there, and who covers him (AB岗)."""

    name = String()
    spare = Boolean()
    there = Boolean()
    covered_by = List(String())


class ChangeShown(ma.Schema):
    """Something done to the rota of the week; ``ended`` where a shift was changed or removed."""

    day = Date()
    span = String()
    names = List(String())
    at = DateTime()
    by = String()
    ended = Boolean()


class WeekShown(ma.Schema):
    """The rota of one post in one week."""

    org = String()
    org_name = String()
    role = String()
    monday = Date()
    lines = List(Nested(LineShown))
    now = List(Nested(AttendanceShown))
    holders = List(List(String()))
    changes = List(Nested(ChangeShown))
    may_draw = Boolean()


class Copied(ma.Schema):
    """How many shifts were copied; what could not be is left out."""

    copied = Integer()
