"""Moving running cases to another version of their diagram (版本迁移): what would come of it, and one case's move.

Each case moves in an act of its own; whoever begins a migration again goes on where it was left, for what has
moved runs on the new version and is asked for no more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.domain.case import STANDS
from engine.domain.errors import Malformed, NotFound, NotNow, Refused
from engine.services import advance
from engine.services.act import Act
from engine.spiff import runtime
from engine.spiff.findings import Finding, error
from engine.spiff.parser import Definition
from engine.spiff.runtime import Outcome
from engine.store import cases, definitions
from engine.store.db import Row


@dataclass(frozen=True, slots=True)
class Plan:
    """From which version to which, and what is called otherwise there."""

    key: str
    source: int
    source_version: int
    target: int
    target_version: int
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What comes of one case: where it stands, and what keeps it, if anything does."""

    case_id: int
    no: str
    version: int
    steps: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    started: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """Claim that nothing keeps it."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Want:
    """A step of the old versions that keeps cases, until it is said what it is called in the new one."""

    node: str
    name: str
    cases: int


def wants(act: Act, chosen: Sequence[Plan], lines: Iterable[Line]) -> tuple[Want, ...]:
    """Return the steps whose likes are to be told, with how many cases wait for it."""
    names, counted = _labels(act, chosen), Counter[str]()
    for line in lines:
        counted.update({f.element for f in line.findings if f.code in _TELLABLE and f.element})
    return tuple(Want(node, names.get(node, node), number) for node, number in counted.items())


def told(act: Act, chosen: Sequence[Plan]) -> tuple[Want, ...]:
    """Return the steps whose likes have been told."""
    names = _labels(act, chosen)
    return tuple(
        Want(node, names.get(node, node), 0) for node in dict.fromkeys(n for p in chosen for n in p.names)
    )


def _labels(act: Act, chosen: Sequence[Plan]) -> dict[str, str]:
    drawn = [act.library.definition(act.db, plan.source) for plan in chosen]
    return {each.id: each.label for one in drawn for each in one.graph.process.elements.values()}


#: What keeps a case until somebody says which step is which.
_TELLABLE = frozenset({"migrate.gone", "migrate.unlike"})


def plans(
    act: Act, target_id: int, names: Mapping[str, str], source_version: int | None = None
) -> tuple[Plan, ...]:
    """Return a plan for each version with running cases, or for the one named.

    Raises `NotNow` for a draft, `NotFound` for a version that is not there, `Malformed` for a map that names
    what neither has.
    """
    target = definitions.get(act.db, target_id)
    if target.status != "published":
        raise NotNow("只能迁移到已发布的版本；请先发布。", code="definition.draft")
    family = [row for row in definitions.family(act.db, target.key) if row.id != target.id]
    if source_version is not None:
        family = [row for row in family if row.version == source_version]
        if not family:
            raise NotFound(
                f"“{target.key}”没有可迁出的第 {source_version} 版。", code="definition.unknown", field="from"
            )
    sources = [row for row in family if row.status == "published"]
    _must_be_known(act, target, sources, names)
    return tuple(Plan(row.key, row.id, row.version, target.id, target.version, names) for row in sources)


def _must_be_known(act: Act, target: Row, sources: Sequence[Row], names: Mapping[str, str]) -> None:
    """A map names elements or flows of the old versions and of the new one."""
    known = _ids(act.library.definition(act.db, target.id))
    old = frozenset[str]().union(*(_ids(act.library.definition(act.db, row.id)) for row in sources))
    for name, to in names.items():
        for each, where, version in ((name, old, "原版本"), (to, known, "新版本")):
            if each not in where:
                raise Malformed(
                    f"对应关系“{name}={to}”中，{version}没有“{each}”；请核对环节的 id。",
                    code="migrate.map",
                    field="map",
                    element=each,
                )


def _ids(drawn: Definition) -> frozenset[str]:
    return frozenset(drawn.graph.after)


def version(act: Act, definition_id: int) -> Row:
    """Return the version of this id. Raises `NotFound`."""
    return definitions.get(act.db, definition_id)


def kept(line: Line, refusal: Refused) -> Line:
    """What is told of a case that was refused after all."""
    return replace(line, findings=_found(refusal), started=(), stopped=())


def _found(refusal: Refused) -> tuple[Finding, ...]:
    return refusal.findings or (error(refusal.code, refusal.element, None, refusal.message),)


def look(act: Act, plan: Plan) -> Iterator[Line]:
    """Say for each case that runs on the old version what would come of it; nothing is written."""
    for row in cases.running_on(act.db, plan.source):
        yield _line(act, plan, row.id, row.no, row.flow)


def _line(act: Act, plan: Plan, case_id: int, no: str, flow: bytes) -> Line:
    old, steps = act.library.definition(act.db, plan.source), tuple[str, ...]()
    try:
        before = runtime.opened(old, flow)
        steps = tuple(dict.fromkeys(old.nodes[item.node].name for item in (*before.open, *before.calls)))
        moved = _moved(act, plan, flow)
    except Refused as refusal:
        return Line(case_id, no, plan.source_version, steps, _found(refusal))
    was, now = ({timer.key: timer.node for timer in stand.timers} for stand in (before, moved))
    nodes = act.library.definition(act.db, plan.target).nodes
    started = tuple(nodes[node].name for key, node in now.items() if key not in was)
    stopped = tuple(old.nodes[node].name for key, node in was.items() if key not in now)
    return Line(case_id, no, plan.source_version, steps, (), started, stopped)


def _moved(act: Act, plan: Plan, flow: bytes) -> Outcome:
    """What the case would be on the new version. Raises `NotNow` where it cannot be, with all that keeps it."""
    old, new = (act.library.definition(act.db, version) for version in (plan.source, plan.target))
    moved = runtime.migrate(old, flow, new, plan.names)
    before = {item.key: item.node for item in runtime.opened(old, flow).open}
    found = tuple(
        error(
            "migrate.stage", node, None, f"“{old.nodes[node].name}”在新版本中成了另一种法定环节；请待其办完"
        )
        for item in moved.open
        if (node := before.get(item.key))
        and not _same_stage(old.nodes[node].stage, new.nodes[item.node].stage)
    )
    if found:
        raise NotNow(found[0].message, code=found[0].code, element=found[0].element, findings=found)
    return moved


def _same_stage(was: str | None, now: str | None) -> bool:
    """What waits for a legal act goes on waiting for that one, and nothing else begins to."""
    return was == now or not STANDS.keys() & {was, now}


def move(act: Act, case_id: int, plan: Plan) -> Line | None:
    """Move one case, if it still runs on the old version; None if there is nothing left to do.

    Raises `NotNow`, with a finding for each node that cannot be carried over, and then nothing is.
    """
    case = act.take(case_id)
    if case.definition_id != plan.source or case.flow is None:
        return None
    line = _line(act, plan, case.id, case.no, case.flow)
    if line.findings:
        first = line.findings[0]
        raise NotNow(first.message, code=first.code, element=first.element, findings=line.findings)
    act.record(
        "migrated", case, key=plan.key, from_version=plan.source_version, to_version=plan.target_version,
        names=dict(plan.names),
    )  # fmt: skip
    advance.migrate(act, case, plan.target, plan.names)
    return line
