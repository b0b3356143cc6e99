"""The command line, a face like the others: exit 0 when done, 1 when refused with reasons, 2 when misused."""

import logging
import sys
from contextlib import closing
from dataclasses import asdict, replace
from io import TextIOWrapper
from typing import Any, ParamSpec

import click

from engine.config import Settings, from_env
from engine.domain.errors import Refused
from engine.office import Office
from engine.queries import integrity
from engine.services import registrar, sessions
from web import composing, console, drafting, giving, history, holidays, reckoning, report
from web import play as playing
from web import serve as serving
from web.console import CONSOLE, as_json_too, current, end, print_json

P = ParamSpec("P")


class _House(click.Group):
    """Commands that end as the house does: a refusal is a sentence, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Refused as refusal:
            print_json(console.refusal(refusal)) if console.wants_json(ctx) else _refused(refusal)
        except Exception as fault:  # whatever happens, who typed a command reads a sentence
            logging.getLogger(__name__).debug("command failed", exc_info=fault)
            words = f"未能完成：{type(fault).__name__}：{fault}"
            told = {"ok": False, "code": "fault", "element": None, "message": words}
            print_json(told) if console.wants_json(ctx) else click.echo(words, err=True)
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


for _command in (
    *(playing.play, drafting.check, drafting.publish, drafting.migrate, drafting.export),
    *(reckoning.due, reckoning.card, holidays.calendar, history.history, report.report, composing.bundle),
    giving.benefit,
):
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
        serving.worker(office, click.echo, host, port)
    else:
        serving.pages(office, host, port, click.echo)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="在此端口回答 /healthz、/readyz、/metrics；默认不开"
)
def worker(host: str, port: int | None) -> None:
    """只启动时限监控，不开网页；可同时启动多个，各自分担。"""
    settings = _settings()
    office = Office(replace(settings, role="worker"))
    office.must_be_current()
    serving.worker(office, click.echo, host, port)


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
