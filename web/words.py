"""How values are said on a page: dates with their weekday, states, lights, limits."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup

from engine.domain import errors
from engine.domain.case import CHANNEL_NAMES, STATE_NAMES, Channel, State
from engine.domain.deadline import BEIJING, last_day
from engine.domain.identity import ROLE_NAMES, Role
from engine.domain.limit import Limit, Unit
from engine.domain.material import STANDING_NAMES, Standing
from engine.domain.wording import ENGLISH
from web import auth
from web.i18n import gettext, language

#: Which refusal has which status.
STATUS: dict[type[errors.Refused], int] = {
    errors.Malformed: 422,
    errors.TooLarge: 413,
    errors.Incomplete: 422,
    errors.NotYours: 403,
    errors.NotFound: 404,
    errors.NotNow: 409,
    errors.Halted: 409,
    errors.Stale: 409,
    errors.Taken: 409,
}
#: What each status means to a reader.
TITLES = {
    400: "请求不对",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这样请求",
    409: "现在不能办理",
    413: "内容太大",
    422: "填写有误",
    429: "请求太频繁",
    500: "系统故障",
}
#: What to say where the framework refuses before we could.
HTTP = {
    404: "没有这个页面。请从待办或首页进入。",
    405: "这个地址不支持这种操作。",
    413: "上传的内容太大；单个文件不超过 10 MB。",
    415: "请以 JSON 发送，并写明 Content-Type。",
    400: "请求的格式不对，无法读取。",
    429: "查询太频繁，请一分钟后再试；急事请拨打 12345。",
}
_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def finding(value: Any) -> Mapping[str, Any]:
    """A finding as plain data."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)


def day(value: date | datetime | None) -> str:
    """A day with its weekday: 11月30日（周一）."""
    if value is None:
        return "—"
    on = value.astimezone(BEIJING).date() if isinstance(value, datetime) else value
    weekday = _WEEKDAYS[language()][on.weekday()]
    if language() == "en":
        return f"{weekday} {on:%Y-%m-%d}"
    return f"{on.month}月{on.day}日（周{weekday}）"


def due_day(value: datetime | None) -> str:
    """The due day: the last one of a limit; one that no holiday notice covers yet is said to be provisional."""
    if value is None:
        return "—"
    last, calendar = last_day(value), auth.office().calendar
    provisional = calendar is not None and calendar.provisional(last)
    return day(last) + (gettext("（暂定）") if provisional else "")


def moment(value: datetime | None) -> str:
    """A moment in Beijing: 2026-11-23 16:02."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}" if value is not None else "—"


def state(value: str) -> str:
    """The name of a case's state."""
    return gettext(STATE_NAMES[State(value)])


def standing(value: str) -> str:
    """The name of a material's standing."""
    return gettext(STANDING_NAMES[Standing(value)])


def channel(value: str) -> str:
    """The name of a channel; of a former system its own word."""
    return gettext(CHANNEL_NAMES[Channel(value)]) if value in set(Channel) else value or gettext("未注明")


def role(value: str) -> str:
    """The name of a post."""
    return gettext(ROLE_NAMES[Role(value)])


def limit(value: Limit | str | Mapping[str, Any] | None) -> str:
    """A limit in words: 10 个工作日."""
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        value = f"{value['value']} {value['unit']}"
    read = Limit.parse(value) if isinstance(value, str) else value
    if language() == "zh":
        return read.words()
    return "on the spot" if read.unit is Unit.ONSPOT else ENGLISH.amount(read.value, read.unit)


def masked(id_number: str) -> str:
    """An identity number with its middle hidden: personal data stay covered on pages."""
    return f"{id_number[:3]}{'*' * (len(id_number) - 7)}{id_number[-4:]}" if len(id_number) > 8 else "****"


def code(value: str) -> str:
    """A tracking code in groups of four, as it is read from paper."""
    return "-".join(value[i : i + 4] for i in range(0, len(value), 4))


def install(app: Flask) -> None:
    """Give templates these words as filters."""
    for filter_ in (day, due_day, moment, state, standing, channel, role, limit, masked, code):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.filters["svg"] = Markup  # only ever our own drawing, which escapes what it draws
