"""Reckoning at the command line: when something is due, and which card it has earned; neither needs a database."""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from engine.config import BPMN, from_env
from engine.domain import card as cards
from engine.domain.almanac import CHINA
from engine.domain.calendar import Calendar
from engine.domain.card import Kind, Watched
from engine.domain.clock import Clock, Precision
from engine.domain.day import ONE_DAY
from engine.domain.deadline import BEIJING, ONE_SECOND, Allowance, Pause, end_of, last_day
from engine.domain.errors import Malformed, NotFound
from engine.domain.explain import Explanation, explain
from engine.domain.limit import Limit, Unit
from engine.services.library import card_rules
from web.console import as_json_too, print_json


class _Moment(click.ParamType[Any]):
    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read a day, or a moment; a day begins for us when the hall opens."""
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期；请写作 2026-09-24 或 2026-09-24T10:30。", param, ctx)
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", value):
            read = datetime.combine(read.date(), time(9))
        return read if read.tzinfo else read.replace(tzinfo=BEIJING)


class _Days(click.ParamType[Any]):
    name = "A..B[:GROUND]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pause:
        """Read a stretch of days that do not count, both ends included, and on what ground."""
        span, _, ground = value.partition(":")
        first, _, last = span.partition("..")
        try:
            begun, ended = date.fromisoformat(first), date.fromisoformat(last or first)
            if not date(1900, 1, 1) < begun <= ended < date(9000, 1, 1):
                raise ValueError
        except ValueError:
            self.fail(f"“{value}”不是一段日期；请写作 2026-09-28..2026-09-29，前后两日都不计。", param, ctx)
        # The day of a pause counts and that of the resumption does not: it begins as the day before ends.
        instant = timedelta(microseconds=1)
        return Pause(end_of(begun - ONE_DAY) - instant, end_of(ended) - instant, ground or "特别程序")


@click.command()
@click.option("--from", "start", required=True, type=_Moment(), help="起算的日期（当日不计）")
@click.option("--limit", required=True, metavar="LIMIT", help="时限，例如“5 workday”或“20 个工作日”")
@click.option(
    "--pause", "pauses", multiple=True, type=_Days(), help="不计入的日子，前后两日都含，可写事由；可多次"
)
@click.option("--extend", metavar="LIMIT", help="延期，在时限届满后接着计")
@click.option(
    "--precision",
    type=click.Choice([p.value for p in Precision]),
    default="date",
    show_default=True,
    help="到期日计到当日 24:00、停止业务时间，还是同一时刻",
)
@click.option(
    "--clock", type=click.Choice([c.value for c in Clock]), default="legal", show_default=True, help="哪个钟"
)
@click.option("--calendar", "code", default=CHINA, show_default=True, metavar="CODE", help="工作日历")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="说明的语言")
@as_json_too
def due(  # noqa: PLR0913 - as many as there are options
    *, start: datetime, limit: str, pauses: tuple[Pause, ...], extend: str | None, precision: str, clock: str,
    code: str, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """推算到期日，并逐日说明怎么算的；不需要数据库。"""
    allowed = Allowance(Limit.parse(limit), _extended(extend), precision=Precision(precision))
    try:
        told = explain(Clock(clock), allowed, start, _calendar(code), pauses, start, lang)
    except OverflowError:
        raise Malformed(
            "日期超出了历法，请核对起算日期。", code="calendar.out-of-range", field="from"
        ) from None
    if as_json:
        print_json(_due(told, allowed))
    else:
        _show_due(told)


def _extended(extend: str | None) -> Limit | None:
    more = Limit.parse(extend) if extend is not None else None
    if more is not None and more.unit in {Unit.ONSPOT, Unit.FIXED}:
        raise Malformed(f"延期“{more.words()}”不是一段时间。", code="limit.unit", field="extend")
    return more


def _calendar(code: str) -> Calendar:
    """Read a calendar of ours: China's lies in ``calendars`` itself, any other in the folder of its code."""
    folder = BPMN / "calendars"
    known = {CHINA: folder} | {path.name: path for path in folder.iterdir() if path.is_dir()}
    if code not in known:
        raise NotFound(
            f"没有日历“{code}”；可用：{'、'.join(sorted(known))}。", code="calendar.unknown", field="calendar"
        )
    documents = [json.loads(path.read_text(encoding="utf8")) for path in sorted(known[code].glob("*.json"))]
    return Calendar.from_holiday_cn(documents, version=code)


def _due(told: Explanation, allowed: Allowance) -> dict[str, Any]:
    days = [
        {"day": s.day.isoformat(), "kind": s.kind, "number": s.number, "label": s.label} for s in told.squares
    ]
    return {
        "due": last_day(told.due).isoformat(),
        "due_at": told.due.astimezone(BEIJING).isoformat(),
        "limit": str(_whole(allowed)),
        "extension": str(allowed.extension) if allowed.extension else None,
        "precision": str(told.precision),
        "counted": [day["day"] for day in days if day["number"] is not None],
        "days": days,
        "pauses": [
            {"ground": h.ground, "days": h.days, "announced": h.announced, "overrun": h.overrun}
            for h in told.halts
        ],
        "provisional": told.provisional,
        "rules": list(told.rules),
        "articles": list(told.articles),
        "basis": told.sentence,
        "calendar": told.calendar,
    }


def _whole(allowed: Allowance) -> Limit:
    """The limit with an extension in the same unit; one in another stands beside it."""
    more = allowed.extension
    return allowed.whole if more is not None and more.unit is allowed.limit.unit else allowed.limit


def _show_due(told: Explanation) -> None:
    ends = (told.due - ONE_SECOND if told.precision is Precision.INSTANT else told.due).astimezone(BEIJING)
    when = f"{last_day(told.due)} 24:00" if ends.time() == time.min else f"{ends:%Y-%m-%d %H:%M}"
    click.echo(f"到期：{when}{'（暂定，待国务院放假通知）' if told.provisional else ''}")
    for line in _lines(told):
        click.echo(line)
    click.echo(told.sentence)
    click.echo(f"规则：{'、'.join(told.rules)}　日历：{told.calendar}")


def _lines(told: Explanation) -> Iterable[str]:
    for s in told.squares:
        number = "" if s.number is None else str(s.number)
        yield f"  {s.day} 周{'一二三四五六日'[s.day.weekday()]}  {number:>3}  {s.label}".rstrip()


@click.command()
@click.option("--kind", required=True, type=click.Choice([k.value for k in Kind]), help="监察项")
@click.option("--accepted", "start", required=True, type=_Moment(), help="受理（申请、提交）的时刻")
@click.option("--promised", required=True, type=click.IntRange(1, 9999), help="承诺的工作日数")
@click.option("--legal", type=click.IntRange(1, 9999), help="法定的工作日数；不写则与承诺相同")
@click.option("--at", required=True, type=_Moment(), help="看哪一刻")
@click.option("--pause", "pauses", multiple=True, type=_Days(), help="不计入的日子，前后两日都含；可多次")
@click.option("--rules", metavar="NAME", help="哪套规则，如 hunan-2018；不写则用本机设置的")
@click.option("--calendar", "code", default=CHINA, show_default=True, metavar="CODE", help="工作日历")
@as_json_too
def card(  # noqa: PLR0913 - as many as there are options
    *, kind: str, start: datetime, promised: int, legal: int | None, at: datetime, pauses: tuple[Pause, ...],
    rules: str | None, code: str, as_json: bool,
) -> None:  # fmt: skip
    """某一刻该亮什么牌：none、notice（预警）、yellow 或 red；不需要数据库。"""
    named = card_rules(BPMN / "cards", rules or from_env().card_rules)
    watched = Watched(Kind(kind), start, _workdays(promised), _workdays(legal) if legal else None, pauses)
    reached = cards.moments(named, watched, _calendar(code))
    found = cards.level(reached, at)
    if as_json:
        moments = [
            {"level": level, "at": moment.astimezone(BEIJING).isoformat()} for moment, level in reached
        ]
        print_json({"level": found, "rules": named.name, "moments": moments})
    else:
        click.echo(found)


def _workdays(days: int) -> Limit:
    return Limit(days, Unit.WORKDAY)
