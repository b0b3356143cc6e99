"""Calendars at the command line: what is in force, and a holiday notice (放假通知) shown, weighed and applied."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from engine import worker
from engine.domain import notice as rules
from engine.domain.almanac import CHINA, Proposal
from engine.domain.clock import Clock
from engine.domain.day import Day
from engine.domain.errors import Malformed
from engine.domain.identity import Actor
from engine.domain.notice import Change
from engine.domain.pause import last_day
from engine.office import Office
from engine.queries import behind, calendars, impact
from engine.queries.impact import Impact, Move
from engine.services import holidays, registrar
from engine.services.act import Act
from web.console import CONSOLE, as_json_too, current, print_json
from web.page import CLOCK_NAMES

_code = click.option("--code", default=CHINA, show_default=True, metavar="CODE", help="哪一份日历")


@click.group()
def calendar() -> None:
    """工作日历：查看各版本；导入放假通知，先看差异和受影响的时限，再生效。"""


@calendar.command("list")
@as_json_too
@current
def list_(office: Office, *, as_json: bool) -> None:
    """列出全国、地区和大厅的日历，及现行版本和待生效的草案。"""
    with office.look() as look:
        shown = calendars.standing(look.db)
        reach = calendars.coverage(look.calendar, look.at)
    if as_json:
        print_json([_standing(each) for each in shown])
        return
    for each in shown:
        no = each.active.no if each.active else "（尚无生效版本）"
        drafts = f"  草案 {len(each.drafts)} 份" if each.drafts else ""
        click.echo(f"{each.code:<12} {each.name}  {no}{drafts}  {'、'.join(each.orgs)}".rstrip())
    click.echo(f"全国日历覆盖 {reach.first} 至 {reach.last}，还有 {reach.ahead} 天。")
    if reach.short:
        click.echo("不足 60 天：国务院公布下一年安排后请尽快导入；此后的日期都是暂定。")


def _standing(each: calendars.Standing) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "parent": each.parent,
        "version": each.active.no if each.active else None,
        "drafts": [row.no for row in each.drafts],
        "orgs": list(each.orgs),
    }


@calendar.command()
@click.argument("code", default=CHINA)
@click.option("--year", type=click.IntRange(1900, 2100), help="哪一年；不写则为今年")
@as_json_too
@current
def show(office: Office, code: str, year: int | None, *, as_json: bool) -> None:
    """列出一年中的放假日和调休上班日，以及各版本由谁起草、由谁生效。"""
    with office.look() as look:
        versions = calendars.versions(look.db, code)
        own = holidays.present(look, code).own
        named = [
            day for day in _days(year or look.today.year) if own.first <= day <= own.horizon and own.name(day)
        ]
    days = [
        {
            "day": str(day),
            "working": own.is_working(day),
            "name": own.name(day),
            "provisional": own.provisional(day),
        }
        for day in named
    ]
    if as_json:
        print_json(
            {"code": code, "version": own.version, "days": days, "versions": [_version(v) for v in versions]}
        )
        return
    click.echo(f"{code}  {own.version}")
    for day in named:
        mark = "（暂定）" if own.provisional(day) else ""
        click.echo(f"  {_dated(day)}  {_said(own.day(day))}{mark}")
    for row in versions:
        click.echo(f"{row.no}  {_STATUS[row.status]}  {_who(row)}")


_STATUS = {"draft": "草案", "active": "现行", "superseded": "已停用"}


def _who(row: Any) -> str:
    said = f"{row.imported_name or '—'} 起草"
    return f"{said}，{row.activated_name or '—'} 生效" if row.activated_at else said


def _version(row: Any) -> dict[str, Any]:
    told = ("no", "status", "document", "sha256", "imported_name", "activated_name")
    return {"id": row.id, **{name: getattr(row, name) for name in told}}


def _days(year: int) -> list[date]:
    return [
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    ]


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "applies", is_flag=True, help="生效；不写则只比较，什么都不改")
@_code
@click.option("--document", default="", metavar="NO", help="通知的文号，写入台账")
@click.option("--by", "first", default="", metavar="NAME", help="起草人的用户名")
@click.option("--activate-by", "second", default="", metavar="NAME", help="生效人的用户名，须是另一人")
@as_json_too
@current
def import_(
    office: Office,
    file: Path,
    code: str,
    document: str,
    first: str,
    second: str,
    *,
    applies: bool,
    as_json: bool,
) -> None:
    """比较一份放假通知（holiday-cn JSON 或“日期,放假,名称”的 CSV）与现行日历，列出会改期的时限；--apply 生效。

    生效须两人：--by 起草、--activate-by 生效。两项都不写时以命令行的名义办理，台账照样记下。
    """
    notice = rules.read(file.read_bytes())
    with office.look() as look:
        people = registrar.two_people(look, first, second) if first or second else (CONSOLE, CONSOLE)
        try:
            proposal = holidays.propose(look, code, notice, document=document)
        except Malformed as refusal:
            if refusal.code != "calendar.unchanged":
                raise
            print_json({"changed": False, "applied": False}) if as_json else click.echo(refusal.message)
            return
        seen = _weigh(look, code, proposal)
    version = _apply(office, proposal, people) if applies else None
    left = _reckon(office, quiet=as_json) if applies else 0
    if as_json:
        print_json({"changed": True, "applied": applies, "code": code, "version": version, "left": left}
                   | impact.plainly(seen))  # fmt: skip
        return
    _show(seen)
    click.echo(
        f"已生效：{version}。受影响的时限已全部重算。"
        if applies
        else "以上只是比较，没有改动；确认后加 --apply 生效。"
    )


def _weigh(look: Act, code: str, proposal: Proposal) -> Impact:
    return impact.impact(look.db, holidays.present(look, code), holidays.prospect(look, proposal), look.at)


def _apply(office: Office, proposal: Proposal, people: tuple[Actor, Actor]) -> str:
    drafts, activates = people
    with office.act(drafts) as act:
        row = holidays.draft(act, proposal)
    with office.act(activates) as act:
        return str(holidays.activate(act, row.id).no)


def _reckon(office: Office, *, quiet: bool) -> int:
    """Reckon the running clocks anew, here and now; a worker may do the same at the same time."""
    with office.look() as look:
        waiting = behind.how_many(look.db, look.versions)
    if waiting and not quiet:
        click.echo(f"正在重算 {waiting} 个时限……", err=True)
    worker.catch_up(office)
    with office.look() as look:
        return behind.how_many(look.db, look.versions)


def _show(seen: Impact) -> None:
    click.echo(f"覆盖 {seen.first} 至 {seen.last}；有 {len(seen.changes)} 天不同：")
    for each in seen.changes:
        click.echo(f"  {_dated(each.day)}  {_changed(each)}")
    if seen.ended:
        click.echo(f"其中有已经过去的日子：{seen.ended} 个已办结的时限跨过它们，历史记录不改。")
    click.echo(f"会改期的时限：提前 {seen.earlier} 个，推后 {seen.later} 个（共比较 {seen.weighed} 个）。")
    for move in seen.moves:
        click.echo(f"  {_moved(move)}")


def _changed(change: Change) -> str:
    marks = f"{'，原为推算' if change.foretold else ''}{'，已过去' if change.past else ''}"
    return f"{_said(change.old)} → {_said(change.new)}{marks}"


def _said(day: Day) -> str:
    return f"{'上班' if day.working else '放假'}{f'（{day.name}）' if day.name else ''}"


def _moved(move: Move) -> str:
    way = "提前" if move.earlier else "推后"
    name = CLOCK_NAMES.get(Clock(move.clock), move.clock)
    return f"{way}  {move.case}  {name}  {last_day(move.old)} → {last_day(move.new)}  {move.matter}"


def _dated(day: date) -> str:
    return f"{day} 周{'一二三四五六日'[day.weekday()]}"
