"""The cases of a former system at the command line: take them over, and look at what was set aside."""

from pathlib import Path
from typing import Any

import click

from engine.domain.history import Plan
from engine.office import Office
from engine.queries import archive
from engine.services import archivist, notation, sheaf
from engine.services.sheaf import Sheaf
from web import workbook
from web.console import CONSOLE, as_json_too, current, print_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: How many records set aside are named on the screen; all of them are kept, and had with --json.
SHOWN = 20


@click.group()
def history() -> None:
    """历史办件：把原系统的办件导入统计。"""


@history.command("import")
@click.argument("file", metavar="FILE.csv|.xes[.gz]", type=_FILE)
@click.option(
    "--map", "mapping", required=True, type=_FILE, help="对照表（YAML）：哪一列是编号、事项、时间……"
)
@click.option("--dry-run", is_flag=True, help="只核对，不写入")
@as_json_too
@current
def import_(office: Office, file: Path, mapping: Path, *, dry_run: bool, as_json: bool) -> None:
    """导入原系统的办件，只进统计，不进流程。

    不可能成立的记录另存并说明原因，不会悄悄丢弃；同一文件再导入一次，什么也不会变。
    """
    with sheaf.read(file, _plan(mapping)) as read:
        counts = {"records": read.records, "taken": read.taken, "aside": len(read.asides)}
        if not dry_run:
            with office.act(CONSOLE) as act:
                counts = archivist.take_over(act, read)
    if as_json:
        print_json({"origin": read.origin, "dry_run": dry_run, **counts, **_told(read)})
    else:
        _show(read, counts, dry_run=dry_run)


def _plan(path: Path) -> Plan:
    return Plan.parse(notation.read(path.read_bytes(), what="对照表", code="history.map", field="map"))


def _told(read: Sheaf) -> dict[str, Any]:
    asides = [{"place": a.place, "number": a.number, "code": a.code, "reason": a.reason} for a in read.asides]
    return {"sha256": read.sha256, "notes": dict(read.notes), "asides": asides}


_COUNTS = {
    "records": "读到",
    "taken": "可以导入",
    "added": "新增",
    "changed": "更新",
    "unchanged": "未变",
    "aside": "另存",
}


def _show(read: Sheaf, counts: dict[str, int], *, dry_run: bool) -> None:
    click.echo(f"{read.origin}：" + "，".join(f"{_COUNTS[name]} {n} 件" for name, n in counts.items()) + "。")
    for note, n in read.notes.items():
        click.echo(f"  注意：{note}（{n} 件）")
    for aside in read.asides[:SHOWN]:
        click.echo(f"  {aside.place} {aside.number} {aside.code} {aside.reason}")
    if len(read.asides) > SHOWN:
        click.echo(f"  ……另有 {len(read.asides) - SHOWN} 件；全部见 lianban history aside。")
    if dry_run:
        click.echo("只作核对，没有写入。")


@history.command()
@click.option("--import", "import_id", type=int, help="第几次导入；不写则为最近一次")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；不写则在屏幕输出"
)
@current
def aside(office: Office, import_id: int | None, output: Path | None) -> None:
    """列出一次导入中另存的记录：在文件何处，为什么，原文如何（CSV）。"""
    with office.look() as look:
        rows = archive.asides(look.db, import_id)
    table = workbook.plain(archive.HEADINGS, map(archive.cells, rows))
    if output is None:
        click.echo(table.removeprefix("\ufeff"), nl=False)
    else:
        output.write_text(table, encoding="utf8", newline="")
