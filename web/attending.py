"""What comes in about licences that end: which reminders to list, and what their holders said."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from engine.domain.reminder import SAID_NAMES, STANDING_NAMES, Said
from web.fields import Choice, Text
from web.schemas import Form

#: What a list of reminders may be narrowed to, with the words of each; the first is what is to be done.
SHOWN: dict[str, str] = {
    "call": "要联系的",
    "": "全部",
    **{str(standing): name for standing, name in STANDING_NAMES.items()},
}


class Reminders(Form):
    """Which reminders: by how they stand, and by the month of the first."""

    state = Choice("提醒状态", SHOWN, load_default="call")
    month = Text(
        "月份",
        7,
        load_default="",
        validate=validate.Regexp(r"(\d{4}-(0[1-9]|1[0-2]))?$", error="月份应写作“2026-11”。"),
    )


class Answered(Form):
    """What a holder said when he was called, and in which words."""

    said = Choice("联系结果", {str(said): name for said, name in SAID_NAMES.items()}, required=True)
    words = Text("备注", 500, load_default="")

    @ma.post_load
    def read(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "said": Said(read["said"])}
