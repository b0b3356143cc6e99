"""``lianban play``: a diagram run without a server, by a person at a terminal or by a machine, line by line."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from engine.domain.deadline import BEIJING
from engine.domain.errors import Malformed, Refused
from engine.spiff import virtual
from engine.spiff.play import Play as Game
from web import console

#: What time may go on by in one command: a thousand years, in milliseconds.
LONGEST = 31_557_600_000_000
#: When nothing else is said, play begins on a Monday morning.
MONDAY = "2026-01-05T09:00:00+08:00"

Plain = dict[str, Any]


@click.command()
@click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path)
)
@click.option("--jsonl", is_flag=True, help="供程序使用：每行一条 JSON 命令，每行一个回答")
@click.option("--now", "now", default=MONDAY, metavar="ISO", help="虚拟时钟的起点")
@click.option("--auto", is_flag=True, help="普通任务和手工任务自动通过，如其他引擎")
def play(files: tuple[Path, ...], now: str, *, jsonl: bool, auto: bool) -> None:
    """不开服务器试走流程图；几个文件合成一个协作。"""
    begin = _moment(now)
    try:
        game = Game.of([_source(path) for path in files], begin, auto=auto, open_calls=not jsonl)
    except Refused as refused:
        _answer(console.refusal(refused)) if jsonl else _complain(refused)
        raise click.exceptions.Exit(1) from None
    if jsonl:
        machine(game, sys.stdin.buffer)
    else:
        with suppress(click.Abort):
            Table(game).sit()


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("不是 ISO 日期时间", param_hint="--now") from None
    return read if read.tzinfo else read.replace(tzinfo=BEIJING)


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as unread:
        raise Malformed(f"读不到文件 {path.name}：{unread.strerror}", code="file.unread") from None


# --- for a machine ------------------------------------------------------------------------------


def machine(game: Game, lines: BinaryIO) -> None:
    """Answer the load, then every command, each on a line of its own."""
    _answer({"ok": True, "processes": game.processes(), "findings": _findings(game)})
    for line in lines:
        if line.strip():
            _answer(answered(game, line))


def answered(game: Game, line: bytes) -> Plain:
    """Return the answer to one command; never raises on what a machine may write."""
    try:
        asked = _asked(line)
        return {"ok": True, **OPS[asked["op"]](game, asked)}
    except Refused as refused:
        return console.refusal(refused)
    except (TypeError, ValueError, OverflowError) as odd:
        return console.refusal(Malformed(f"命令的内容不对：{odd}", code="op.malformed"))


def _asked(line: bytes) -> Plain:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise Malformed("这一行不是 JSON", code="op.unreadable") from None
    if not isinstance(asked, dict) or str(asked.get("op")) not in OPS:
        raise Malformed(f"不认识的命令；可用 {'、'.join(OPS)}", code="op.unknown")
    return asked


def _vars(asked: Plain) -> Plain:
    found = asked.get("vars") or {}
    if not isinstance(found, dict):
        raise Malformed("vars 须是对象", code="op.malformed", field="vars")
    return found


def _word(asked: Plain, name: str) -> str:
    found = asked.get(name)
    if not isinstance(found, str | int):
        raise Malformed(f"命令缺少 {name}", code="op.malformed", field=name)
    return str(found)


def _start(game: Game, asked: Plain) -> Plain:
    process = asked.get("process")
    return {"instance": game.start(None if process is None else str(process), _vars(asked))}


def _complete(game: Game, asked: Plain) -> Plain:
    game.complete(_word(asked, "task"), _vars(asked))
    return {}


def _set(game: Game, asked: Plain) -> Plain:
    game.set(_vars(asked))
    return {}


def _advance(game: Game, asked: Plain) -> Plain:
    length = asked.get("ms", 0)
    if isinstance(length, bool) or not isinstance(length, int | float) or not 0 <= length <= LONGEST:
        raise Malformed("ms 须是不小于 0 的毫秒数", code="op.malformed", field="ms")
    game.advance(length)
    return {"now": game.now.isoformat()}


#: What a machine may ask.
OPS: dict[Any, Callable[[Game, Plain], Plain]] = {
    "start": _start,
    "tasks": lambda game, _: {"tasks": game.tasks()},
    "complete": _complete,
    "set": _set,
    "advance": _advance,
    "signal": lambda game, asked: {"heard": game.signal(_word(asked, "name"))},
    "message": lambda game, asked: {"heard": game.message(_word(asked, "name"), _vars(asked))},
    "state": lambda game, _: {"instances": game.state()},
}


def _answer(answer: Plain) -> None:
    click.echo(console.text_of(answer))


def _findings(game: Game) -> list[Plain]:
    """Each file's findings once, however many processes it has."""
    files = {each.source: each.findings for each in game.definitions.values()}
    return [asdict(finding) for findings in files.values() for finding in findings]


# --- for a person -------------------------------------------------------------------------------

HELP = """\
编号            办理这一项        :days 5         过 5 个工作日      :hours 4     过 4 小时
:set a=1 b=词   改变量            :message 名称   发消息            :signal 名称  广播信号
:start [流程]   再开一件          :track          走过的路          :state       各件的状态
:undo           收回上一步        :help           这张表            :quit        结束"""


def _complain(refused: Refused) -> None:
    click.secho(f"{refused.message}（{refused.code}）", fg="red", err=True)
    for finding in refused.findings:
        click.echo(f"  {finding.level} {finding.code} {finding.element or ''} {finding.message}", err=True)


class Table:
    """A person at a terminal, playing a diagram. What was done is remembered, so that it can be undone."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.begun = game.now
        self.done: list[Callable[[Game], object]] = []

    def sit(self) -> None:
        """Begin the first process and go on until the person leaves."""
        names = "、".join(f"{each['name']}（{each['id']}）" for each in self.game.processes())
        click.secho(f"试走：{names}", bold=True)
        click.echo(HELP)
        self._try(lambda: self._act(lambda game: game.start()))
        while True:
            self._show()
            said = click.prompt("›", prompt_suffix=" ", default="", show_default=False).strip()
            if said in (":quit", ":q"):
                return
            self._try(lambda said=said: self._do(said))  # type: ignore[misc]  # bound at once

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as refused:
            _complain(refused)
        except (ValueError, OverflowError) as odd:
            click.secho(f"没看懂：{odd}", fg="red")

    def _act(self, act: Callable[[Game], object]) -> None:
        """Do something that can be undone, and let pass what is due by now."""
        act(self.game)
        self.game.advance(0)
        self.done.append(act)

    def _undo(self, _rest: str) -> None:
        """Play all but the last act again; the same acts lead to the same place."""
        if len(self.done) < 2:
            raise ValueError("没有可以收回的")
        acts, self.done = self.done[:-1], []
        self.game = Game(list(self.game.definitions.values()), self.begun, open_calls=self.game.open_calls)
        for act in acts:
            self._act(act)

    def _show(self) -> None:
        click.echo()
        click.secho(_time(self.game.now), dim=True)
        for number, task in enumerate(self.game.tasks(), 1):
            click.echo(f"  {number}  {task['name']}  {click.style(task['node'], dim=True)}")
        for instance in self.game.instances:
            for key, due in instance.due.items():
                name = next(timer.node for timer in instance.now.timers if timer.key == key)
                click.secho(f"  ⏱  {instance.definition.nodes[name].name}  {_time(due)} 到期", dim=True)
        for each in self.game.state():
            for incident in each["incidents"]:
                click.secho(f"  停在 {incident['element']}：{incident['message']}", fg="red")
            if each["ended"]:
                click.secho(f"  第 {each['id']} 件已结束 {'、'.join(each['errors'])}", fg="green")

    def _do(self, said: str) -> None:
        word, _, rest = said.partition(" ")
        if said.isdecimal():
            self._complete(int(said))
        elif word in self.commands:
            self.commands[word](self, rest.strip())
        elif said:
            click.echo(HELP)

    def _complete(self, number: int) -> None:
        tasks = self.game.tasks()
        if not 1 <= number <= len(tasks):
            raise ValueError(f"没有第 {number} 项")
        task = tasks[number - 1]
        node = self.game.definitions[task["process"]].nodes[task["node"]]
        flags: Plain = {node.id: _chosen(node.outcomes)} if node.outcomes else {}
        answers = click.prompt("变量（如 a=1 b=词，可空）", default="", show_default=False)
        flags.update(said_flags(answers))
        self._act(lambda game: game.complete(task["id"], flags))

    def _days(self, rest: str) -> None:
        moment = virtual.workdays(self.game.now.astimezone(BEIJING), int(rest or 1))
        self._act(lambda game: game.until(moment))

    def _hours(self, rest: str) -> None:
        length = float(rest or 1) * 3_600_000
        self._act(lambda game: game.advance(length))

    def _set(self, rest: str) -> None:
        flags = said_flags(rest)
        self._act(lambda game: game.set(flags))

    def _track(self, _rest: str) -> None:
        for each in self.game.instances:
            nodes = each.definition.nodes
            click.echo(
                f"  第 {each.id} 件：{' → '.join(nodes[name].name for name in each.path if name in nodes)}"
            )

    def _state(self, _rest: str) -> None:
        for each in self.game.state():
            click.echo(json.dumps(each, ensure_ascii=False, indent=2))

    #: What a person may ask.
    commands: Mapping[str, Callable[["Table", str], object]] = {
        ":days": _days,
        ":hours": _hours,
        ":set": _set,
        ":message": lambda self, rest: self._act(lambda game: game.message(rest)),
        ":signal": lambda self, rest: self._act(lambda game: game.signal(rest)),
        ":start": lambda self, rest: self._act(lambda game: game.start(rest or None)),
        ":undo": _undo,
        ":track": _track,
        ":state": _state,
        ":help": lambda _self, _rest: click.echo(HELP),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _chosen(outcomes: Mapping[str, str]) -> str:
    """Ask for one of *outcomes*, by its number or by its key."""
    keys = list(outcomes)
    shown = "  ".join(f"{number} {label}" for number, label in enumerate(outcomes.values(), 1))
    numbers = {str(number): key for number, key in enumerate(keys, 1)}
    said = click.prompt(f"结果（{shown}）", type=click.Choice([*numbers, *keys]), show_choices=False)
    return numbers.get(said, said) if said not in outcomes else said


def said_flags(text: str) -> Plain:
    """Return ``a=1 b=词`` as variables."""
    return dict(_pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, Any]]:
    for word in text.split():
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise ValueError(f"“{word}”应写作 名称=值")
        yield name, _value(value)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
