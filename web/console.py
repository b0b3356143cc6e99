"""What the commands of the command line have in common: the office, JSON, an exit code, and who types them."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from functools import wraps
from typing import Any

import click

from engine.config import from_env
from engine.domain.errors import Refused
from engine.domain.identity import Actor
from engine.office import Office

#: Whoever types a command; the journal says so.
CONSOLE = Actor(id=None, name="命令行")

#: Where a command keeps whether it was asked for JSON: a refusal is then JSON as well.
_ASKED = "lianban.json"


def _remember(context: click.Context, _: click.Parameter, asked: bool) -> bool:  # noqa: FBT001  as click calls it
    context.meta[_ASKED] = asked
    return asked


as_json_too = click.option(
    "--json", "as_json", is_flag=True, callback=_remember, help="以 JSON 输出；不能办理时也是"
)


def wants_json(context: click.Context) -> bool:
    """Was the command asked to answer in JSON?"""
    return bool(context.meta.get(_ASKED))


def refusal(refused: Refused) -> dict[str, Any]:
    """Return a refusal as machines read it, alike for every command."""
    said = {"ok": False, "code": refused.code, "element": refused.element, "message": refused.message}
    place = {"field": refused.field} if refused.field else {}
    findings = {"findings": [asdict(each) for each in refused.findings]} if refused.findings else {}
    return {**said, **place, **findings}


def current(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the office, on a database that has this version's schema."""

    @wraps(command)
    def with_office(*args: Any, **options: Any) -> None:
        with closing(Office(from_env())) as office:
            office.must_be_current()
            command(office, *args, **options)

    return with_office


def print_json(value: Any) -> None:
    """Print one line of JSON."""
    click.echo(text_of(value))


def text_of(answer: Any) -> str:
    """Return *answer* as JSON that any terminal can print."""
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeError:
        return json.dumps(answer)
    return text


def end(*, ok: bool) -> None:
    """End the command with 1 unless all is well."""
    if not ok:
        raise click.exceptions.Exit(1)
