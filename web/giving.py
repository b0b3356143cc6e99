"""Benefits without application (免申即享) at the command line: match a list, show it in public, make its cases."""

from pathlib import Path

import click

from engine.domain.identity import Actor
from engine.domain.offer import Way
from engine.office import Office
from engine.queries import listed
from engine.services import almoner
from web import rostering
from web.console import as_json_too, current, end, print_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_by = click.option(
    "--by", "login", required=True, metavar="NAME", help="经办人的用户名（兑现部门的审核岗或决定岗）"
)


@click.group()
def benefit() -> None:
    """免申即享：名单匹配、公示、批量建件；政策匹配只作提醒。"""


def _who(office: Office, login: str) -> Actor:
    with office.look() as look:
        return almoner.somebody(look, login)


@benefit.command()
@click.argument("matter")
@click.argument("file", metavar="LIST.csv", type=_FILE)
@_by
@as_json_too
@current
def match(office: Office, matter: str, file: Path, login: str, *, as_json: bool) -> None:
    """只匹配、只提醒：列出名单上谁符合、谁不符合和理由；不保存，不建件。"""
    with office.look(_who(office, login)) as look:
        matched = almoner.match(
            look, matter, rostering.read(file.read_bytes(), almoner.columns(look, matter))
        )
    if as_json:
        print_json([{"line": m.entry.line, "way": str(m.ruled.way), "why": m.ruled.why} for m in matched])
        return
    for each in matched:
        fits = "不符合" if each.ruled.way is Way.NONE else "符合"
        click.echo(f"第 {each.entry.line} 行  {each.entry.name}  {fits}  {each.ruled.why}")
    click.echo(
        f"{len(matched)} 人，符合 {sum(m.ruled.way is not Way.NONE for m in matched)} 人；没有保存，没有建件。"
    )


@benefit.command("import")
@click.argument("matter")
@click.argument("file", metavar="LIST.csv", type=_FILE)
@click.option("--title", required=True, help="名单名称")
@click.option("--policy", required=True, help="依据的政策文件和文号")
@_by
@as_json_too
@current
def import_(
    office: Office, matter: str, file: Path, title: str, policy: str, login: str, *, as_json: bool
) -> None:
    """匹配并存为名单，等待公示；有一行不对，整份都不导入。"""
    with office.act(_who(office, login)) as act:
        entries = rostering.read(file.read_bytes(), almoner.columns(act, matter))
        roster_id = almoner.keep(act, matter, title, policy, entries)
    print_json({"id": roster_id}) if as_json else click.echo(f"名单 {roster_id} 已存；核对后请公示。")


@benefit.command()
@click.argument("roster", type=int)
@_by
@current
def publish(office: Office, roster: int, login: str) -> None:
    """开始公示。"""
    with office.act(_who(office, login)) as act:
        row = almoner.publish(act, roster)
    click.echo(f"名单 {roster} 开始公示，期满时刻 {row.until:%Y-%m-%d %H:%M}（UTC）。")


@benefit.command()
@click.argument("roster", type=int)
@_by
@as_json_too
@current
def make(office: Office, roster: int, login: str, *, as_json: bool) -> None:
    """公示期满后逐人建件，每件各自成败；再次运行从没建的接着建，不会重复。"""
    by = _who(office, login)
    with office.look() as look:
        most = len(listed.waiting(look.db, roster))
    came = rostering.make(office, by, roster, max(most, 1))
    if as_json:
        refused = [{"entry": entry, "code": why.code, "message": why.message} for entry, why in came.refused]
        print_json({"made": came.made, "left": came.left, "refused": refused})
    else:
        for _, why in came.refused:
            click.echo(why.message, err=True)
        click.echo(f"建件 {came.made} 件，还有 {came.left} 人没有建成。")
    end(ok=not came.refused)
