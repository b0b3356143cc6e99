"""The command line, a face like the others: exit 0 when done, 1 when refused with reasons, 2 when misused."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any, ParamSpec

import click

from engine.config import BPMN, Settings, from_env
from engine.domain.almanac import CHINA
from engine.domain.calendar import Calendar
from engine.domain.day import ONE_DAY
from engine.domain.deadline import BEIJING, Clock, Pause, end_of, last_day
from engine.domain.errors import Malformed, NotFound, Refused
from engine.domain.explain import Explanation, explain
from engine.domain.identity import Post, Role
from engine.domain.limit import Limit
from engine.office import Office
from engine.queries import diagrams, integrity
from engine.services import registrar, sessions, shelf
from engine.spiff import census, deciding, dmn, lint, parser
from engine.spiff.deciding import Decisions
from engine.spiff.findings import Bar
from web import history, holidays, migrating, report
from web import play as playing
from web import serve as serving
from web.console import CONSOLE, as_json_too, current, end, print_json

P = ParamSpec("P")


_VERSION = click.IntRange(1, 2**31 - 1)
_files = click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)


class _House(click.Group):
    """Commands that end as the house does: a refusal is a sentence, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Refused as refusal:
            _refused(refusal)
        except Exception as fault:  # whatever happens, who typed a command reads a sentence
            logging.getLogger(__name__).debug("command failed", exc_info=fault)
            click.echo(f"未能完成：{type(fault).__name__}：{fault}", err=True)
        raise click.exceptions.Exit(1)


def _refused(refusal: Refused) -> None:
    click.echo(f"{refusal.message}（{refusal.code}）", err=True)
    for finding in refusal.findings:
        click.echo(f"  {finding.level} {finding.code} {finding.element or ''} {finding.message}", err=True)


@click.group(cls=_House, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lianban")
def main() -> None:
    """联办 Lianban：政务服务“一件事”的工作流引擎。"""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that knows no Chinese shows its codes
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


for _command in (playing.play, holidays.calendar, history.history, report.report):
    main.add_command(_command)


# -- running it ------------------------------------------------------------------------------------------------


@main.command()
def init() -> None:
    """建立（或升级）数据库，并发布 bpmn/ 中的日历、机构、流程、事项。"""
    with closing(Office(from_env())) as office:
        changed = serving.prepare(office)
    click.echo("已就绪：" + "，".join(f"{what} {count}" for what, count in changed.items()))


@main.command()
def upgrade() -> None:
    """把数据库升级到本版本的结构；数据保留。"""
    with closing(Office(from_env())) as office:
        office.upgrade()
    click.echo("数据库已是本版本的结构。")


@main.command()
@current
@click.argument("login")
@click.argument("name")
@click.argument("posts", nargs=-1, required=True, metavar="ROLE@ORG…")
def hire(office: Office, login: str, name: str, posts: tuple[str, ...]) -> None:
    """加入人员及其岗位，如 lianban hire zhangsan 张三 approver@SCJG；口令只显示这一次。"""
    held = [(role, code) for role, _, code in (post.partition("@") for post in posts)]
    with office.act(CONSOLE) as act:
        password = registrar.hire(act, login, name, held)
    click.echo(f"{login} {password}")


@main.command()
@click.option("--demo", is_flag=True, help="演示：自动建库、发布全部流程、加入演示人员和办件")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址")
@click.option(
    "--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(0, 65535), help="监听的端口"
)
def serve(*, demo: bool, host: str, port: int) -> None:
    """启动网页和接口；LIANBAN_ROLE 为 all 时，时限监控也在本进程内。"""
    settings = _settings(demo=demo)
    office = Office(settings)
    if settings.demo:
        serving.prepare(office)
    office.must_be_current()
    if settings.role == "worker":
        serving.worker(office, click.echo)
    else:
        serving.pages(office, host, port, click.echo)


@main.command()
def worker() -> None:
    """只启动时限监控，不开网页。"""
    office = Office(_settings())
    office.must_be_current()
    serving.worker(office, click.echo)


def _settings(*, demo: bool = False) -> Settings:
    settings = from_env()
    return serving.sealed(replace(settings, demo=settings.demo or demo))


@main.command()
@click.option("--user", required=True, metavar="NAME", help="用户名")
@click.option("--note", default="", help="用途，写入台账")
@as_json_too
@current
def token(office: Office, user: str, note: str, *, as_json: bool) -> None:
    """为用户生成接口令牌；令牌只显示这一次。"""
    with office.act(CONSOLE) as act:
        secret = sessions.token(act, user, note[:100])
    print_json({"user": user, "token": secret}) if as_json else click.echo(secret)


@main.command()
@as_json_too
@current
def verify(office: Office, *, as_json: bool) -> None:
    """核对台账链和各项不变式；有不符即列出，并以 1 退出。"""
    with office.look() as look:
        found = list(integrity.faults(look.db, look.almanac))
    if as_json:
        print_json({"ok": not found, "faults": [asdict(fault) for fault in found]})
    else:
        for fault in found:
            click.echo(f"{fault.case}  {fault.code}  {fault.message}")
        click.echo(f"发现 {len(found)} 处不符。" if found else "台账完整，未发现不符。")
    end(ok=not found)


# -- diagrams --------------------------------------------------------------------------------------------------


@main.command()
@_files
@as_json_too
def check(files: tuple[Path, ...], *, as_json: bool) -> None:
    """检查流程图和决策文件；不需要数据库。几个文件一起检查，流程图可问其中的决策。--json 时每个文件输出一行。"""
    read = {path: path.read_bytes() for path in files}
    models = dict(_models(read))
    decisions = {name: model for model in reversed(models.values()) for name in deciding.asked_for(model)}
    checked = [
        _checked_model(path, source, models.get(path), decisions)
        if dmn.is_model(source)
        else _checked(path, source, decisions)
        for path, source in read.items()
    ]
    for each in checked:
        print_json(each) if as_json else _show_checked(each)
    end(ok=all(each["ok"] for each in checked))


def _models(read: Mapping[Path, bytes]) -> Iterable[tuple[Path, dmn.Model]]:
    """Iterate over the decision files that can be read, however faulty."""
    for path, source in read.items():
        if dmn.is_model(source):
            with suppress(Refused):
                yield path, dmn.examine(source)


def _checked(path: Path, source: bytes, decisions: Decisions) -> dict[str, Any]:
    findings = lint.check(source, decisions)
    processes: tuple[tuple[str, str], ...] = ()
    runnable = False
    with suppress(Refused):
        processes = census.of(source).processes
        parser.read(source, decisions)
        runnable = True
    return {
        "file": str(path),
        "ok": not any(finding.level == "error" for finding in findings),
        "runnable": runnable,
        "processes": [{"id": id_, "name": name} for id_, name in processes],
        "findings": [asdict(finding) for finding in findings],
    }


def _checked_model(path: Path, source: bytes, model: dmn.Model | None, known: Decisions) -> dict[str, Any]:
    findings = [*deciding.check(source), *(deciding.twice(model, known) if model else ())]
    return {
        "file": str(path),
        "ok": not findings,
        "runnable": not findings,
        "processes": [],
        "decisions": [{"id": each.id, "name": each.name} for each in model.decisions] if model else [],
        "findings": [asdict(finding) for finding in findings],
    }


def _verdict(bars: set[Bar | None]) -> str:
    if Bar.KEEPING in bars:
        return "有错误，不能接收"
    return "可作草稿，改正前不能发布" if bars - {None} else "通过"


def _show_checked(checked: Mapping[str, Any]) -> None:
    click.echo(f"{checked['file']}：{_verdict({finding['bars'] for finding in checked['findings']})}")
    for f in checked["findings"]:
        place = f"第 {f['line']} 行 " if f["line"] else ""
        click.echo(f"  {f['level']:<7} {f['code']:<24} {place}{f['element'] or ''}  {f['message']}")


@main.command()
@_files
@as_json_too
@current
def publish(office: Office, files: tuple[Path, ...], *, as_json: bool) -> None:
    """发布流程图和决策文件，决策在先；有一个不能发布，就一个也不发布。"""
    with office.act(CONSOLE) as act:
        sources = shelf.decisions_first([path.read_bytes() for path in files])
        rows = [shelf.keep(act, source, None, published=True) for source in sources]
        kept = [{"id": row.id, "key": row.key, "version": row.version, "status": row.status} for row in rows]
    for each in kept:
        print_json(each) if as_json else click.echo(f"{each['key']} 第 {each['version']} 版已发布")


@main.command()
@click.argument("key")
@click.option("--from", "source", type=_VERSION, help="原版本；不写则为其余各版")
@click.option("--to", "target", type=_VERSION, help="新版本；不写则为最新发布的一版")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="原环节在新版本中的 id；可多次")
@click.option("--apply", "do", is_flag=True, help="真正迁移；不写则只试算")
@as_json_too
@current
def migrate(
    office: Office,
    key: str,
    source: int | None,
    target: int | None,
    pairs: tuple[str, ...],
    *,
    do: bool,
    as_json: bool,
) -> None:
    """把在办件迁移到另一版流程图；逐件办理，可随时重来，一件不行不影响其余。"""
    with office.look() as look:
        to = diagrams.version(look.db, key, target).id
    by = replace(CONSOLE, posts=frozenset({Post(Role.DESIGNER, 0)}))
    done = migrating.migrate(office, by, to, dict(map(_pair, pairs)), source, apply=do, at_once=2**31)
    if as_json:
        print_json(asdict(done))
    else:
        _show_migrated(done)
    end(ok=not done.kept)


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not old.strip() or not new.strip():
        raise click.BadParameter(f"“{text}”应写作 原环节=新环节。", param_hint="--map")
    return old.strip(), new.strip()


def _show_migrated(done: migrating.Done) -> None:
    for line in done.lines:
        verdict = "不能迁移" if not line.moves else "可迁移" if done.dry_run else "已迁移"
        click.echo(f"{line.no}  第 {line.version} 版  {verdict}  {'、'.join(line.steps)}")
        for finding in line.findings:
            click.echo(f"  {finding.code:<18} {finding.element or ''}  {finding.message}")
    for want in done.wants:
        click.echo(f"请指明：--map {want.node}=…（{want.name}，{want.cases} 件）")
    ready = f"可迁移 {done.left} 件" if done.dry_run else f"已迁移 {done.moved} 件"
    click.echo(f"{done.key} 第 {done.version} 版：{ready}，不能迁移 {done.kept} 件。")
    if done.dry_run and done.left:
        click.echo("以上只是试算；加 --apply 真正迁移。")


@main.command()
@click.argument("key")
@click.option("--version", "number", type=_VERSION, help="版本号；不写则为最新发布的一版")
@current
def export(office: Office, key: str, number: int | None) -> None:
    """原样输出一版流程图的字节。"""
    with office.look() as look:
        source = diagrams.version(look.db, key, number).source
    click.echo(source, nl=False)


# -- deadlines -------------------------------------------------------------------------------------------------


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
    name = "A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pause:
        """Read a stretch of days that do not count, both ends included."""
        first, _, last = value.partition("..")
        try:
            begun, ended = date.fromisoformat(first), date.fromisoformat(last or first)
            if not date(1900, 1, 1) < begun <= ended < date(9000, 1, 1):
                raise ValueError
        except ValueError:
            self.fail(f"“{value}”不是一段日期；请写作 2026-09-28..2026-09-29，前后两日都不计。", param, ctx)
        # The day of a pause counts and that of the resumption does not: it begins as the day before ends.
        instant = timedelta(microseconds=1)
        return Pause(end_of(begun - ONE_DAY) - instant, end_of(ended) - instant, "特别程序")


@main.command()
@click.option("--from", "start", required=True, type=_Moment(), help="起算的日期（当日不计）")
@click.option("--limit", required=True, metavar="LIMIT", help="时限，例如“5 workday”或“20 个工作日”")
@click.option("--pause", "pauses", multiple=True, type=_Days(), help="不计入的日子，前后两日都含；可多次")
@click.option("--extend", metavar="LIMIT", help="延期，单位与时限相同")
@click.option(
    "--clock", type=click.Choice([c.value for c in Clock]), default="legal", show_default=True, help="哪个钟"
)
@click.option("--calendar", "code", default=CHINA, show_default=True, metavar="CODE", help="工作日历")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="说明的语言")
@as_json_too
def due(
    *, start: datetime, limit: str, pauses: tuple[Pause, ...], extend: str | None, clock: str, code: str, lang: str,
    as_json: bool,
) -> None:  # fmt: skip
    """推算到期日，并逐日说明怎么算的；不需要数据库。"""
    allowed = _extended(Limit.parse(limit), extend)
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


def _extended(limit: Limit, extend: str | None) -> Limit:
    if extend is None:
        return limit
    more = Limit.parse(extend)
    if more.unit is not limit.unit:
        raise Malformed(
            f"延期“{more.words()}”与时限“{limit.words()}”的单位不同，请换算成同一单位。",
            code="limit.unit",
            field="extend",
        )
    return Limit(limit.value + more.value, limit.unit)


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


def _due(told: Explanation, limit: Limit) -> dict[str, Any]:
    days = [
        {"day": s.day.isoformat(), "kind": s.kind, "number": s.number, "label": s.label} for s in told.squares
    ]
    return {
        "due": last_day(told.due).isoformat(),
        "due_at": told.due.astimezone(BEIJING).isoformat(),
        "limit": str(limit),
        "counted": [day["day"] for day in days if day["number"] is not None],
        "days": days,
        "provisional": told.provisional,
        "rules": list(told.rules),
        "basis": told.sentence,
        "calendar": told.calendar,
    }


def _show_due(told: Explanation) -> None:
    ends = told.due.astimezone(BEIJING)
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
