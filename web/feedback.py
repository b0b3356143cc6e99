"""What people say of the house comes in here: ratings, tickets, opinions of visitors; read into values."""

from typing import Any

import marshmallow as ma

from engine.domain.rating import ABOUT_NAMES, GROUND_NAMES, OCCASION_NAMES, About, Ground, Level, Occasion
from engine.domain.ticket import CAUSE_NAMES, KIND_NAMES, SOURCE_NAMES, STANDING_NAMES, Cause, Kind, Source
from engine.services.appraising import Said
from engine.services.ticketing import Told
from web.fields import Choice, Pairs, Text, Whole, Word, Yes
from web.schemas import Form


def _words(names: Any) -> dict[str, str]:
    return {str(each): name for each, name in names.items()}


#: What somebody may come with; a follow-up the house begins itself.
KINDS = {str(each): name for each, name in KIND_NAMES.items() if each is not Kind.FOLLOW_UP}
SOURCES = {str(each): name for each, name in SOURCE_NAMES.items() if each is not Source.HOUSE}
CAUSES = _words(CAUSE_NAMES)


class Rate(Form):
    """What an applicant says of how he was served; loads into a `Said`."""

    level = Whole("评价等级", 1, 5, required=True)
    occasion = Choice("评价事由", _words(OCCASION_NAMES), load_default=Occasion.MATTER.value)
    about = Choice("评价哪一段", _words(ABOUT_NAMES), load_default=About.WHOLE.value)
    scores = Pairs("分项评价", Whole("分项评价", 1, 5, required=True), load_default=dict)
    words = Text("意见", 500, load_default="")
    named = Yes("实名评价", load_default=True)

    @ma.post_load
    def said(self, read: dict[str, Any], **_: Any) -> Said:
        return Said(
            **{
                **read,
                "level": Level(read["level"]),
                "occasion": Occasion(read["occasion"]),
                "about": About(read["about"]),
            }
        )


class RateByCode(Rate):
    """The same from a machine, with the tracking code that proves whose it is; *receipt* to change what was said."""

    code = Word("查询码", 30, required=True)
    receipt = Word("评价回执", 40, load_default="")

    @ma.post_load
    def said(self, read: dict[str, Any], **_: Any) -> Any:
        code, receipt = read.pop("code"), read.pop("receipt")
        return code, receipt, Rate().said(read)


class Account(Form):
    """What was found, done or said."""

    words = Text("情况", 1000, load_default="")


class Called(Account):
    """Whether somebody was reached, and what he said."""

    reached = Yes("是否联系上", load_default=True)


class Survey(Form):
    """How satisfied he is with what was done; nothing where he does not want to say."""

    level = Whole("测评等级", 1, 5, load_default=None, allow_none=True)


class OwnSurvey(Form):
    """The same, said by himself."""

    level = Whole("测评等级", 1, 5, required=True)


class Appeal(Account):
    """Why a bad rating ought not to count."""

    ground = Choice("申诉类别", _words(GROUND_NAMES), load_default=Ground.MISTAKEN.value)


class Review(Account):
    """What a second person thinks of an appeal."""

    overturn = Yes("申诉是否成立", required=True)


class Take(Form):
    """What somebody came with; loads into a `Told`."""

    kind = Choice("工单类型", KINDS, required=True)
    source = Choice("来源", SOURCES, load_default=Source.WINDOW.value)
    words = Text("反映的问题", 1000, required=True)
    no = Word("办件编号", 60, load_default="")
    matter = Word("事项", 60, load_default="")
    caller = Text("反映人", 100, load_default="")
    phone = Text("联系电话", 30, load_default="")
    cause = Choice("原因", {"": "未定", **CAUSES}, load_default="")
    connected = Yes("是否接通", load_default=None, allow_none=True)
    org = Word("承办机构", 40, load_default="")

    @ma.post_load
    def told(self, read: dict[str, Any], **_: Any) -> Told:
        cause = Cause(read["cause"]) if read["cause"] else None
        return Told(**{**read, "kind": Kind(read["kind"]), "source": Source(read["source"]), "cause": cause})


class PassOn(Account):
    """Who is to answer a ticket instead, and why."""

    org = Word("转办机构", 40, required=True)


class Answer(Account):
    """What is answered to a ticket, and why it happened."""

    cause = Choice("原因", {"": "未定", **CAUSES}, load_default="")

    @ma.post_load
    def cause_of(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "cause": Cause(read["cause"]) if read["cause"] else None}


class CallBack(Account):
    """Whether whoever came was reached, and how satisfied he is."""

    connected = Yes("是否联系上", load_default=True)
    satisfaction = Whole("满意度", 1, 5, load_default=None, allow_none=True)


class Tickets(Form):
    """A page of tickets, by kind and standing."""

    kind = Choice("工单类型", {"": "全部", **_words(KIND_NAMES)}, load_default="")
    standing = Choice("工单状态", {"": "全部", **_words(STANDING_NAMES)}, load_default="open")
    cursor = Whole("翻页位置", load_default=None)


class Ratings(Form):
    """A page of bad ratings."""

    view = Choice(
        "视图",
        {"open": "待办", "appealed": "申诉待复核", "closed": "已办结", "all": "全部"},
        load_default="open",
    )
    cursor = Whole("翻页位置", load_default=None)


class Opinion(Form):
    """An opinion sheet (意见单)."""

    scores = Pairs("分项评分", Whole("分项评分", 1, 5, required=True), load_default=dict)
    opinion = Text("问题和建议", 2000, load_default="")


class SatisfactionMonth(Form):
    """Which month is looked at, and by what its figures are grouped."""

    month = Text("月份", 7, load_default="")
    by = Choice("分组", {"department": "部门", "matter": "事项", "person": "人员"}, load_default="department")
