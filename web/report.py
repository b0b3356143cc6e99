"""Reports at the command line: which cases were late as of a moment."""

from datetime import datetime
from typing import Any

import click
import marshmallow as ma

from engine.domain.pause import BEIJING
from engine.office import Office
from engine.queries import lateness
from engine.queries.lateness import Late
from web import fields
from web.api.door import plain
from web.console import as_json_too, current, print_json


@click.group()
def report() -> None:
    """统计：任一时点上的超期办件。"""


class _Moment(click.ParamType[Any]):
    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read a moment as the interface does: Beijing without an offset, a mere day to its end."""
        try:
            read: datetime = fields.Moment("时点").deserialize(value)
        except ma.ValidationError as error:
            self.fail(str(error.messages[0]), param, ctx)
        return read


@report.command()
@click.option("--as-of", "at", type=_Moment(), help="时点；不写则为现在，只写日期则为当日终了")
@click.option(
    "--group-by",
    type=click.Choice([*lateness.GROUPS]),
    default="department",
    show_default=True,
    help="按什么分组",
)
@click.option(
    "--precision",
    type=click.Choice([word.value for word in lateness.PRECISIONS]),
    default="instant",
    show_default=True,
    help="instant：晚一秒也算；date：到期日的次日起才算",
)
@click.option("--within", type=click.IntRange(0, 3650), help="另列此后 N 天内到期的")
@as_json_too
@current
def overdue(
    office: Office, at: datetime | None, group_by: str, precision: str, within: int | None, *, as_json: bool
) -> None:
    """列出某一时点的超期办件：件数，和每个数背后的办件编号。"""
    with office.look() as look:
        found = lateness.late(
            look.db,
            look.calendar,
            at or look.at,
            look.at,
            group_by=group_by,
            precision=precision,
            within=within,
        )
    if as_json:
        print_json(plain(found))
    else:
        _show(found)


def _show(found: Late) -> None:
    when = f"{found.as_of.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    click.echo(f"截至 {when}：在办 {found.open} 件，其中超期 {found.count} 件。")
    _groups(found.groups)
    if found.due_soon is not None:
        click.echo(f"此后到期 {found.due_soon.count} 件。")
        _groups(found.due_soon.groups)
    click.echo(f"此前超期办结 {found.finished_late.count} 件。")
    _groups(found.finished_late.groups)


def _groups(groups: tuple[lateness.Group, ...]) -> None:
    for group in groups:
        click.echo(f"  {group.name}  {group.count}")
        click.echo(f"    {'、'.join(group.cases)}")
