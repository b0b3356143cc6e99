"""Taking a completed step back (拿回): the token returns to it, as if it had not been completed.

That is possible as long as what followed is only waiting, and nothing was said or done on the way
that cannot be unsaid.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NoReturn

from engine.domain.errors import NotNow, Taken
from engine.spiff import jumping, listening, regions
from engine.spiff.drawing import Element, Flow
from engine.spiff.graph import reachable
from engine.spiff.parser import Definition
from engine.spiff.regions import Level, Region
from engine.spiff.tokens import Case, Token

#: What a token may pass without anybody outside hearing of it.
SILENT = frozenset(
    {
        "endEvent",
        "eventBasedGateway",
        "exclusiveGateway",
        "inclusiveGateway",
        "complexGateway",
        "manualTask",
        "parallelGateway",
        "startEvent",
        "subProcess",
        "task",
        "userTask",
    }
)
#: What of the journal puts tokens elsewhere, and where it says from and to.
MOVES = frozenset({"returned", "jumped", "recalled", "migrated"})

#: An entry of the journal: the act, and what it says of it.
Told = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was completed: its node, the key of its task, and what the journal says since.

    ``entries`` are (act, data), from the completion on; it tells the flows ``walked`` and the timers that
    were ``stopped``, each with its key. ``taken`` are the keys of open tasks that somebody is at already.
    """

    node: str
    key: str
    entries: Sequence[Told]
    taken: frozenset[str] = frozenset()

    @property
    def walked(self) -> Sequence[str]:
        """Where the token went when the step was completed."""
        return self.entries[0][1].get("walked", ()) if self.entries else ()

    @property
    def stopped(self) -> Mapping[str, str]:
        """The timers that stopped with the step, by node."""
        return self.entries[0][1].get("stopped", {}) if self.entries else {}


def since(
    node: str, entries: Sequence[tuple[str, Mapping[str, Any]]]
) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the entries from the last completion of *node* on."""
    found = [n for n, (act, data) in enumerate(entries) if act == "completed" and data.get("node") == node]
    return entries[found[-1] :] if found else ()


def take_back(definition: Definition, case: Case, step: Step) -> None:
    """Put the token that left *step* back on it; raise NotNow ``recall.…`` where it cannot be."""
    elements = definition.graph.process.elements
    drawn = elements.get(step.node)
    if drawn is None or not step.entries:
        _refuse("recall.moved", step.node, "流程在此后已经变动")
    if any(each.loop is not None for each in _around(elements, drawn)):
        _refuse("recall.many", step.node, "会签或逐一办理中各人的意见不能单独拿回")
    level = regions.level(definition.graph, drawn.scope)
    walked = [name for name in step.walked if name in definition.graph.after]
    _must_be_silent([elements[name] for name in walked if name in elements], step.node)
    path = {step.node, *(_lifted(level, name, step.node) for name in walked)}
    region = level.around(path)
    _must_be_still(region, step)
    where = jumping.instance_of(case, drawn.scope)
    came = _came(level, where, path, step.node)
    _must_be_free(case, came, step.taken)
    for token in came:
        case.take(token)
    _forget(where, step.node)
    for seat in _others(level, path):
        jumping.put(case, where, seat)
    _count_on(case, jumping.put(case, where, step.node, step.key), step.stopped)


def _around(elements: Mapping[str, Element], drawn: Element) -> Iterator[Element]:
    at: Element | None = drawn
    while at is not None:
        yield at
        at = elements.get(at.scope or "")


def _count_on(case: Case, token: Token, stopped: Mapping[str, str]) -> None:
    """Let the timers that stopped with the step count on under their keys; those that had passed, not again."""
    for timer in list(token.children):
        spec = timer.task_spec
        if listening.deadline_of(timer) is not None:
            case.take(timer)
            if spec.name in stopped:
                spec.listen(case.put(spec, token, key=stopped[spec.name]))


def _came(level: Level, where: Token, path: set[str], node: str) -> list[Token]:
    """The tokens that came to rest when the step was completed, and still are where they came."""
    ways = path | _unseen(level, path)
    here = [t for t in where.children if t.internal_data.get("via") in ways]
    came = [t for t in here if not (t.task_spec.joins and t.task_spec.node in path)]
    ended = any(level.elements[name].kind == "endEvent" for name in path & level.elements.keys())
    if not (came or ended) or len({t.internal_data["via"] for t in came}) < len(came):
        _refuse("recall.moved", node, "其后的环节已经办理，或同时被走过不止一次")
    return came


def _must_be_free(case: Case, came: Sequence[Token], taken: Set[str]) -> None:
    for token in case.tokens():
        if token.key in taken and any(each in came for each in jumping.around(token)):
            label = token.task_spec.bpmn_name
            raise Taken(
                f"不能拿回：下一环节“{label}”已经有人办理；可请其退回",
                code="recall.taken",
                element=token.task_spec.node,
            )


def _unseen(level: Level, path: set[str]) -> set[str]:
    """The flows that were put into the drawing when it was read, as far as they lead on from *path*."""
    drawn: dict[str, Element | Flow] = {**level.elements, **level.flows}
    inserted = {name for name, each in drawn.items() if each.inserted}
    edges = {name: [each for each in level.all[name] if each in inserted] for name in level.all}
    return set(reachable(path, edges))


def _lifted(level: Level, name: str, node: str) -> str:
    """Return what *name* is, or is within, on *level*."""
    process = level.graph.process
    sources = {flow.id: flow.source for flow in process.flows}
    at: str | None = name
    while at is not None and at not in level.all:
        at = process.elements[sources.get(at, at)].scope
    if at is None:
        _refuse("recall.passed", node, "它所在的子流程已经结束")
    return at


def _forget(where: Token, node: str) -> None:
    """What would undo the step is not to be done, for the step is not done."""
    done = where.internal_data.get("undo", [])
    found = [number for number, each in enumerate(done) if each[0] == node]
    if found:
        del done[found[-1]]


def _must_be_silent(passed: Sequence[Element], node: str) -> None:
    for element in passed:
        if element.kind not in SILENT and element.id != node:
            _refuse("recall.passed", element.id, f"流程已经过“{element.label}”，其结果不能收回")


def _must_be_still(region: Region, step: Step) -> None:
    """Nothing in *region* may have been moved by anybody since."""
    for act, data in step.entries[1:]:
        told = {data.get("node"), data.get("to"), *data.get("to_nodes", ())} if act in MOVES else set()
        if act == "migrated" or region.inside & ({*data.get("walked", ())} | told):
            _refuse("recall.moved", step.node, "其后的环节已经办理")


def _others(level: Level, path: set[str]) -> list[str]:
    """The ways by which the other branches came to the joins that opened: there they wait again."""
    seats: list[str] = []
    for join, entries in level.joins:
        came = entries & path
        if join in path and came:
            if level.elements[join].kind != "parallelGateway":
                _refuse("recall.joined", join, f"“{level.elements[join].label}”已经汇合")
            seats += sorted(entries - came)
    return seats


def _refuse(code: str, element: str, why: str) -> NoReturn:
    raise NotNow(f"不能拿回：{why}；可请现在的办理人退回", code=code, element=element)
