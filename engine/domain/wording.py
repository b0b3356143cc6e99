"""How an explanation is worded in each language: what the clocks are called, and the phrases of the sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.domain.clock import Clock
from engine.domain.limit import WORDS, Unit

#: The articles cited here, as a Chinese document writes them.
NUMERALS: dict[int, str] = {
    32: "三十二",
    34: "三十四",
    42: "四十二",
    44: "四十四",
    45: "四十五",
    47: "四十七",
    48: "四十八",
    50: "五十",
    55: "五十五",
    69: "六十九",
    82: "八十二",
    201: "二百零一",
    202: "二百零二",
    203: "二百零三",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: what the clocks are called, and the phrases the sentence is put together from."""

    begins: Mapping[Clock, str]
    allowance: Mapping[Clock, str]
    papers: Mapping[Clock, str]
    labels: Mapping[str, str]
    opening: Mapping[str, str]
    phrases: Mapping[str, str]
    holidays: Mapping[str, str]
    day: Callable[[date, date], str]
    amount: Callable[[int, Unit], str]
    articles: Callable[[str, Sequence[int]], str]


def _chinese_day(day: date, near: date) -> str:
    return f"{day.month}月{day.day}日" if day.year == near.year else f"{day.year}年{day.month}月{day.day}日"


def _chinese_articles(law: str, numbers: Sequence[int]) -> str:
    return {"licensing": "《行政许可法》", "civil": "《民法典》"}[law] + "、".join(
        f"第{NUMERALS[n]}条" for n in numbers
    )


def _english_amount(n: int, unit: Unit) -> str:
    words = {Unit.WORKDAY: "working day", Unit.HOUR: "working hour", Unit.CLOCKHOUR: "hour"}.get(
        unit, str(unit)
    )
    return f"{n} {words}" + ("s" if n != 1 else "")


def _english_articles(law: str, numbers: Sequence[int]) -> str:
    names = {"licensing": "Administrative Licensing Law", "civil": "Civil Code"}
    return f"{names[law]} Art. {', '.join(map(str, numbers))}"


CHINESE = Wording(
    begins={
        Clock.NOTICE: "收到申请材料",
        Clock.PREREVIEW: "网上提交",
        Clock.PROMISED: "受理",
        Clock.LEGAL: "受理",
        Clock.STAGE: "进入本环节",
        Clock.CORRECTION: "告知补正",
        Clock.TOLERANCE: "容缺受理",
        Clock.DELIVERY: "作出决定",
        Clock.TIMER: "开始计时",
        Clock.SPECIAL: "特别程序开始",
        Clock.RENEWAL: "申请延续",
        Clock.ASSIGN: "受理",
        Clock.HEARING: "听证申请",
        Clock.RECTIFY: "派发整改",
        Clock.CONTACT: "收到差评",
        Clock.SUPERVISION: "发出督办",
        Clock.FOLLOW: "作出决定",
        Clock.ACKNOWLEDGE: "推送",
        Clock.TRANSFER: "收件",
        Clock.AFTERGRANT: "容缺办结",
        Clock.AMEND: "责令整改",
        Clock.REMIND: "容缺受理",
        Clock.DECLINE: "免申告知",
    },
    allowance={
        Clock.NOTICE: "告知期限",
        Clock.PREREVIEW: "预审期限",
        Clock.PROMISED: "承诺",
        Clock.LEGAL: "法定",
        Clock.STAGE: "环节时限",
        Clock.CORRECTION: "补正期限",
        Clock.TOLERANCE: "补齐期限",
        Clock.DELIVERY: "送达期限",
        Clock.TIMER: "流程设定",
        Clock.SPECIAL: "告知所需时间",
        Clock.RENEWAL: "证照剩余有效期",
        Clock.ASSIGN: "指派期限",
        Clock.HEARING: "听证期限",
        Clock.RECTIFY: "整改期限",
        Clock.CONTACT: "核实期限",
        Clock.SUPERVISION: "督办期限",
        Clock.FOLLOW: "核查期限",
        Clock.ACKNOWLEDGE: "签收期限",
        Clock.TRANSFER: "转送期限",
        Clock.AFTERGRANT: "后补期限",
        Clock.AMEND: "承诺整改期限",
        Clock.REMIND: "补齐前提醒",
        Clock.DECLINE: "放弃期",
    },
    papers={Clock.TOLERANCE: "容缺受理承诺书", Clock.TIMER: "流程图设定", Clock.REMIND: "流程图设定"},
    labels={
        "due": "到期",
        "extended": "延期",
        "skipped": "超期",
        "weekend": "周末",
        "makeup": "{name}调休上班",
    },
    opening={
        "days": "{when}{begins}，次日起算",
        "onspot": "{when}{begins}",
        "moment": "{when} {begins}，即时起算",
    },
    phrases={
        "allowed": "{allowance} {amount}",
        "onspot": "{allowance}当场办结",
        "fixed": "{allowance}以约定的日期为准",
        "extended": "经批准延期 {amount}{document}",
        "document": "（{no}）",
        "stopped": "{grounds}中止 {amount}（{span}）不计",
        "stopped_moments": "{grounds}中止（{span}）不计",
        "rest": "{names}不计",
        "off_hours": "非工作时间不计",
        "makeup": "{day}（周{weekday}）因{name}调休上班，计入",
        "natural": "按自然日计，含休息日",
        "rolled": "末日{day}为{name}，顺延至下一工作日",
        "ends": "到期 {when}",
        "running": "中止尚未结束，到期日随之顺延",
        "announced": "{ground}尚未结束，按告知的时间（至{day}）暂计，提前结束的到期日相应提前",
        "overrun": "{ground}超过告知的时间（至{day}），超出部分照计",
        "provisional": "{year}年放假安排待国务院通知，到期日为暂定",
        "basis": "依据：{basis}",
        "dated": "{name}（{span}）",
        "span": "{first}～{last}",
        "weekdays": "一二三四五六日",
        "and": "及",
        "comma": "、",
        "semicolon": "；",
        "stop": "。",
    },
    holidays={},
    day=_chinese_day,
    amount=lambda n, unit: f"{n} {WORDS[unit]}",
    articles=_chinese_articles,
)

ENGLISH = Wording(
    begins={
        Clock.NOTICE: "Received",
        Clock.PREREVIEW: "Submitted online",
        Clock.PROMISED: "Accepted",
        Clock.LEGAL: "Accepted",
        Clock.STAGE: "Step entered",
        Clock.CORRECTION: "Correction asked",
        Clock.TOLERANCE: "Accepted with tolerance",
        Clock.DELIVERY: "Decided",
        Clock.TIMER: "Timer started",
        Clock.SPECIAL: "Special procedure begun",
        Clock.RENEWAL: "Renewal asked",
        Clock.ASSIGN: "Accepted",
        Clock.HEARING: "Hearing asked",
        Clock.RECTIFY: "Rectification ordered",
        Clock.CONTACT: "Bad rating received",
        Clock.SUPERVISION: "Supervision order sent",
        Clock.FOLLOW: "Decided",
        Clock.ACKNOWLEDGE: "Pushed",
        Clock.TRANSFER: "Received",
        Clock.AFTERGRANT: "Granted with tolerance",
        Clock.AMEND: "Ordered to put right",
        Clock.REMIND: "Accepted with tolerance",
        Clock.DECLINE: "Told of a case begun unasked",
    },
    allowance={
        Clock.NOTICE: "notice limit",
        Clock.PREREVIEW: "pre-review limit",
        Clock.PROMISED: "promised",
        Clock.LEGAL: "legal limit",
        Clock.STAGE: "step limit",
        Clock.CORRECTION: "correction limit",
        Clock.TOLERANCE: "limit for the missing materials",
        Clock.DELIVERY: "delivery limit",
        Clock.TIMER: "set by the diagram",
        Clock.SPECIAL: "announced time",
        Clock.RENEWAL: "what is left of the licence",
        Clock.ASSIGN: "limit to assign officers",
        Clock.HEARING: "limit to hold the hearing",
        Clock.RECTIFY: "rectification limit",
        Clock.AMEND: "limit to put right",
        Clock.REMIND: "reminder before the day",
        Clock.CONTACT: "limit to contact the applicant",
        Clock.SUPERVISION: "supervision limit",
        Clock.FOLLOW: "limit of the later check",
        Clock.ACKNOWLEDGE: "limit to acknowledge",
        Clock.TRANSFER: "transfer limit",
        Clock.AFTERGRANT: "limit for the missing materials",
        Clock.DECLINE: "time to decline",
    },
    papers={
        Clock.TOLERANCE: "the applicant's written commitment",
        Clock.TIMER: "the process diagram",
        Clock.REMIND: "the process diagram",
    },
    labels={
        "due": "due",
        "extended": "extension",
        "skipped": "overdue",
        "weekend": "weekend",
        "makeup": "worked for {name}",
    },
    opening={
        "days": "{begins} on {when}, counted from the next day",
        "onspot": "{begins} on {when}",
        "moment": "{begins} on {when}, counted at once",
    },
    phrases={
        "allowed": "{allowance}: {amount}",
        "onspot": "{allowance}: on the spot",
        "fixed": "{allowance}: the day agreed on",
        "extended": "extended by {amount}{document}",
        "document": " ({no})",
        "stopped": "stopped for {grounds}, {amount} ({span}) not counted",
        "stopped_moments": "stopped for {grounds} ({span}), not counted",
        "rest": "{names} not counted",
        "off_hours": "hours outside office time not counted",
        "makeup": "{day} is worked in exchange for {name} and counts",
        "natural": "calendar days, rest days included",
        "rolled": "the last day {day} is a rest day ({name}) and gives way to the next working day",
        "ends": "Due {when}",
        "running": "The clock is still stopped and the due date moves on with it",
        "announced": "The stop for {ground} is reckoned to its announced end ({day}) and may end earlier",
        "overrun": "The stop for {ground} lasts longer than announced ({day}): what comes on top counts",
        "provisional": "The holidays of {year} await the State Council's notice: this date is provisional",
        "basis": "Basis: {basis}",
        "dated": "{name} ({span})",
        "span": "{first} to {last}",
        "weekdays": "MTWTFSS",
        "and": " and ",
        "comma": ", ",
        "semicolon": "; ",
        "stop": ". ",
    },
    holidays={
        "元旦": "New Year",
        "春节": "Spring Festival",
        "清明节": "Qingming",
        "劳动节": "Labour Day",
        "端午节": "Dragon Boat Festival",
        "中秋节": "Mid-Autumn Festival",
        "国庆节": "National Day",
    },
    day=lambda day, _: day.isoformat(),
    amount=_english_amount,
    articles=_english_articles,
)

WORDINGS: dict[str, Wording] = {"zh": CHINESE, "en": ENGLISH}
