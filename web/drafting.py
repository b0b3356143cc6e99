"""Diagrams and decisions at the command line: checked, published, given back, and running cases moved between them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from engine.config import BPMN, from_env
from engine.domain.errors import Refused
from engine.domain.identity import Post, Role
from engine.office import Office
from engine.queries import diagrams
from engine.services import registrar, shelf
from engine.spiff import census, deciding, dmn, lint, parser, parts
from engine.spiff.deciding import Decisions
from engine.spiff.findings import Bar
from engine.spiff.parts import Parts
from web import migrating
from web.console import CONSOLE, as_json_too, current, end, print_json

_VERSION = click.IntRange(1, 2**31 - 1)
_files = click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)


@click.command()
@_files
@as_json_too
def check(files: tuple[Path, ...], *, as_json: bool) -> None:
    """检查流程图和决策文件；不需要数据库。几个文件一起检查，流程图可问其中的决策。--json 时每个文件输出一行。"""
    read = {path: path.read_bytes() for path in files}
    models = dict(_models(read))
    decisions = {name: model for model in reversed(models.values()) for name in deciding.asked_for(model)}
    shared = _shared(read)
    checked = [
        _checked_model(path, source, models.get(path), decisions)
        if dmn.is_model(source)
        else _checked(path, source, decisions, shared)
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


def _shared(read: Mapping[Path, bytes]) -> Parts:
    """The processes that may be called in a case of another: those shipped, and those given."""
    found = dict(parts.gathered(path.read_bytes() for path in sorted((BPMN / "common").glob("*.bpmn"))))
    for source in read.values():
        if not dmn.is_model(source):
            with suppress(Refused):
                found.update(parts.gathered([source]))
    return found


def _checked(path: Path, source: bytes, decisions: Decisions, shared: Parts) -> dict[str, Any]:
    findings = lint.check(source, decisions, registrar.local_grounds(BPMN, from_env().region), shared)
    processes: tuple[tuple[str, str], ...] = ()
    runnable = False
    with suppress(Refused):
        processes = census.of(source).processes
        parser.read(source, decisions, shared=shared)
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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("key")
@click.option("--version", "number", type=_VERSION, help="版本号；不写则为最新发布的一版")
@current
def export(office: Office, key: str, number: int | None) -> None:
    """原样输出一版流程图的字节。"""
    with office.look() as look:
        source = diagrams.version(look.db, key, number).source
    click.echo(source, nl=False)
