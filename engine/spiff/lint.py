"""What is wrong with a diagram: one small function per rule, each finding at its element.

``check`` never raises, whatever the bytes. The rules stand by subject in ``lint_*``: those of a
*paper* read the whole file as drawn, those of a *sheet* one process as it will be run. What a finding
*bars* decides what may become of the diagram: whether it is kept, run and published.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from engine.domain.errors import Malformed
from engine.spiff import (
    deciding,
    intake,
    lint_code,
    lint_data,
    lint_events,
    lint_gateways,
    lint_names,
    lint_parts,
    lint_paths,
    lint_people,
    lint_talk,
    normalise,
    parts,
    reading,
)
from engine.spiff.deciding import NONE, Decisions
from engine.spiff.drawing import Drawing, Process
from engine.spiff.findings import Bar, Finding, Level, barred, error, warning
from engine.spiff.graph import reachable
from engine.spiff.lint_sheet import Rule, Sheet, called, roles
from engine.spiff.paper import Paper
from engine.spiff.parts import Parts

__all__ = ["RANK", "Examined", "called", "check", "examine", "roles", "stops"]

RANK = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}
#: Which of two findings on one thing is told: the one that bars more, then the graver one.
FIRST = {Bar.KEEPING: 0, Bar.RUNNING: 1, Bar.PUBLISHING: 2, None: 3}
PAPER = (
    *lint_names.RULES,
    *lint_code.RULES,
    *lint_events.RULES,
    *lint_gateways.RULES,
    *lint_talk.RULES,
    *lint_data.RULES,
    *lint_parts.RULES,
)
SHEET: tuple[Rule, ...] = (*lint_paths.STRUCTURE, *lint_paths.OFFICE, *lint_people.RULES)
#: The largest process we run, how many may stand in one file, and how deep sub-processes may lie.
MAX_NODES = 1_000
MAX_PROCESSES = 200
MAX_SCOPES = 20


@dataclass(frozen=True, slots=True)
class Examined:
    """A drawing as it will be run, with everything found in it, what keeps it from running,
    and which shared processes it calls.
    """

    drawing: Drawing
    findings: tuple[Finding, ...]
    stops: tuple[Finding, ...]
    calls: frozenset[str] = frozenset()


def check(
    source: bytes, decisions: Decisions = NONE, grounds: Collection[str] = (), shared: Parts = parts.NONE
) -> tuple[Finding, ...]:
    """Return everything found in *source*, which asks *decisions*, errors first; never raises.

    *grounds* are those on which an activity may stop the clocks, besides those of the law (R-LIM-5);
    *shared* are the processes it may call in its own case.
    """
    try:
        return examine(source, decisions, grounds, shared).findings
    except Malformed as refused:
        return tuple(refused.findings) or (error(refused.code, None, None, refused.message),)


def examine(
    source: bytes, decisions: Decisions = NONE, grounds: Collection[str] = (), shared: Parts = parts.NONE
) -> Examined:
    """Read and examine *source*; raise Malformed only when there is no tree to examine."""
    root = intake.tree(source)
    paper = Paper(root)
    drawn = reading.of(root)
    read, changes = normalise.drawing(parts.expanded(drawn, shared))
    main = read.main
    told = (*parts.missing(drawn, shared), *changes)
    found = _once(chain(_budgets(read) or _all(paper, read, main, decisions, grounds), told))
    ranked = tuple(sorted(found, key=lambda finding: RANK[finding.level]))
    return Examined(read, ranked, _stops(ranked), parts.wanted(drawn))


def stops(process: Process) -> tuple[Finding, ...]:
    """Return why *process* cannot be run at all."""
    return _stops(_apply(lint_paths.STRUCTURE, process))


def _stops(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return barred(findings, Bar.KEEPING, Bar.RUNNING)


def _all(
    paper: Paper, read: Drawing, main: Process | None, decisions: Decisions, grounds: Collection[str]
) -> Iterator[Finding]:
    """The main process is to run; what bars another of the file from running bars nothing."""
    if main is None:
        yield warning(
            "bpmn.no-process", None, None, "文件里没有流程，只能作为草稿；请画一个从开始事件到结束事件的流程"
        ).barring(Bar.RUNNING)
    aside = {
        name for process in read.processes if process is not main for name in (process.id, *process.elements)
    }
    aside.update(flow.id for process in read.processes if process is not main for flow in process.flows)
    for finding in chain(
        (finding for rule in PAPER for finding in rule(paper)),
        _circles(read),
        deciding.missing(read, decisions),
        (finding for process in read.processes for finding in _apply(SHEET, process, grounds)),
    ):
        yield _softened(finding) if finding.element in aside else finding


def _softened(finding: Finding) -> Finding:
    """A second process of the file is not run by us; it still must be drawn rightly."""
    if finding.bars is not Bar.RUNNING:
        return finding
    bars = Bar.PUBLISHING if finding.level is Level.ERROR else None
    return replace(finding, bars=bars, message=f"{finding.message}（此流程不是主流程，不会运行）")


def _apply(rules: Iterable[Rule], process: Process, grounds: Collection[str] = ()) -> Iterator[Finding]:
    sheet = Sheet(process, frozenset(grounds))
    return (finding for rule in rules for finding in rule(sheet))


def _once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One code is told once of an element, as what bars most."""
    told: dict[tuple[str, str | None], Finding] = {}
    for finding in findings:
        known = told.setdefault((finding.code, finding.element), finding)
        if (FIRST[finding.bars], RANK[finding.level]) < (FIRST[known.bars], RANK[known.level]):
            told[finding.code, finding.element] = finding
    return told.values()


def _budgets(drawn: Drawing) -> list[Finding]:
    """A diagram beyond measure can be kept, and is examined no further."""
    found = []
    if len(drawn.processes) > MAX_PROCESSES:
        message = f"文件里有 {len(drawn.processes)} 个流程，超过 {MAX_PROCESSES} 个，不能运行；请拆成几个文件"
        found.append(error("model.too-large", None, None, message).barring(Bar.RUNNING))
    for process in drawn.processes:
        size, depth = len(process.elements), _depth(process)
        if size > MAX_NODES:
            message = f"“{process.name}”有 {size} 个节点，超过 {MAX_NODES} 个，不能运行；请用调用活动拆开"
            found.append(error("model.too-large", process.id, process.line, message).barring(Bar.RUNNING))
        if depth > MAX_SCOPES:
            message = (
                f"“{process.name}”的子流程嵌套 {depth} 层，超过 {MAX_SCOPES} 层，不能运行；请用调用活动拆开"
            )
            found.append(error("model.too-deep", process.id, process.line, message).barring(Bar.RUNNING))
    return found


def _depth(process: Process) -> int:
    depths: dict[str | None, int] = {None: 0}
    for element in process.elements.values():  # an outer sub-process stands before what is in it
        depths[element.id] = depths.get(element.scope, 0) + 1
    return max((depths[scope] for scope in {each.scope for each in process.elements.values()}), default=0)


def _circles(drawn: Drawing) -> Iterator[Finding]:
    """A process of the file that calls itself, directly or not, would open cases for ever."""
    calls = {
        process.id: [called(each) or "" for each in process.elements.values() if each.kind == "callActivity"]
        for process in drawn.processes
    }
    for process in drawn.processes:
        for element in process.elements.values():
            target = called(element) if element.kind == "callActivity" else None
            if target in calls and process.id in reachable([target], calls):
                message = f"“{element.label}”调用的流程又会调用回来，永不结束；请断开其中一处"
                bar = Bar.KEEPING if process.executable else Bar.RUNNING
                yield error("bpmn.cyclic-call", element.id, element.line, message).barring(bar)
