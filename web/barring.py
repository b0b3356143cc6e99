"""What comes in about false papers (虚假材料): a finding, and what the list of them is narrowed to."""

from engine.domain.bar import STANDING_NAMES
from web.fields import Choice, Text, Whole
from web.schemas import Form


class Finding(Form):
    """What was hidden or false, and how that was found."""

    facts = Text("事实和证据", 500, load_default="")


class Findings(Form):
    """A page of findings, by how they stand; ``q`` is in a case number, a matter's or an applicant's name."""

    standing = Choice(
        "认定状态",
        {"": "全部", **{str(each): name for each, name in STANDING_NAMES.items()}},
        load_default="",
    )
    q = Text("查找内容", 60, load_default="")
    limit = Whole("每页条数", 1, 200, load_default=50)
    cursor = Whole("翻页位置", load_default=None)
