"""What comes in about places people go to: what somebody looks for, and where a place is."""

import math
import re
from typing import Any

import marshmallow as ma

from engine.domain import nearness
from engine.queries.nearby import Wish
from web.fields import Part, Remark, Several, Text, Yes
from web.schemas import Form, SeasonSchema

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


class Degrees(ma.fields.Field[Any]):
    """A longitude or latitude in decimal degrees, as a number or typed; nothing typed is nothing told."""

    default_error_messages = {  # noqa: RUF012  read by marshmallow as a plain dictionary
        "invalid": Remark(
            "经纬度写作十进制的度，如 104.7312；不写度分秒，经度和纬度分开填。", "place.degrees"
        ),
        "null": Remark("经纬度写作十进制的度，如 104.7312。", "place.degrees"),
    }

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> Any:
        text = str(value).strip() if not isinstance(value, bool) else "?"
        if text == "":
            return None
        if isinstance(value, float) and not math.isfinite(value):
            raise self.make_error("invalid")
        if not isinstance(value, float | int) and not _DEGREES.fullmatch(text):
            raise self.make_error("invalid")
        return float(value)


class Nearby(Form):
    """What somebody looks for: a matter, a street, open places; near a community or a point."""

    matter = Text("事项", 60, load_default="")
    street = Text("街道", 40, load_default="")
    near = Text("从哪个社区出发", 40, load_default="")
    longitude = Degrees(load_default=None, allow_none=True)
    latitude = Degrees(load_default=None, allow_none=True)
    open = Yes("正在开放", load_default=False)

    @ma.post_load
    def wish(self, read: dict[str, Any], **_: Any) -> Wish:
        at = nearness.point(read.pop("longitude"), read.pop("latitude"))
        return Wish(**read, at=at)


class Located(Form):
    """Where a place is, how it is reached, and its hours where they are its own."""

    address = Text("地址", 200, load_default="")
    phone = Text("电话", 30, load_default="")
    longitude = Degrees(load_default=None, allow_none=True)
    latitude = Degrees(load_default=None, allow_none=True)
    hours = Several("开放时间", Part("一季作息", SeasonSchema), 12, load_default=tuple)
