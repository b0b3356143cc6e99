"""Keeping a diagram: read and lint it, hold it against the catalogue, pin it to its decisions, refuse faulty ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from engine.domain import agreement, linkage, offer, special
from engine.domain.agreement import Disagreement, Step
from engine.domain.errors import Malformed
from engine.domain.limit import Limit
from engine.domain.matter import requirements, terms
from engine.services.act import Act
from engine.spiff import deciding, dmn, idioms, lint, parser, parts
from engine.spiff.findings import Bar, Finding, barred, error, warning
from engine.spiff.lint import Examined
from engine.spiff.parser import Definition
from engine.store import catalog, definitions, people
from engine.store.db import Row
from engine.store.definitions import Kind

#: What a draft without a process is called.
UNTITLED = "untitled"


def keep(act: Act, source: bytes, key: str | None, *, published: bool, grounds: Collection[str] = ()) -> Row:
    """Keep a version of a diagram byte for byte: whatever can be read as a draft, what is sound as published.

    *grounds* are those on which an activity may stop the clocks, besides those of matters drawn as *key* already.
    Raises `Malformed` when it cannot be read, lies about being executable, or may not be published and is to be.
    """
    found = examined(act, source, key, grounds)
    must_be_honest(found.findings)
    if published:
        must_be_clean(found.findings)
    main = found.drawing.main
    row = definitions.add(
        act.db,
        kind=Kind.DIAGRAM,
        key=_key(found, key),
        name=(main.name if main else UNTITLED)[:200],
        source=source,
        findings=told(found.findings),
        at=act.at,
        by=act.by.id,
        published=published,
    )
    if published:
        in_force(act, row, found)
    else:
        act.record("drafted", key=row.key, version=row.version, sha256=row.sha256)
    return row


def publish(act: Act, row: Row) -> None:
    """Put a draft in force. Raises `Malformed` when there is something in it that forbids it."""
    found = examined(act, row.source, row.key)
    must_be_clean(found.findings)
    definitions.publish(act.db, row.id, act.at)
    in_force(act, row, found)


def in_force(act: Act, row: Row, found: Examined) -> None:
    """New cases of the matters drawn as *row* begin with its newest version; running ones keep theirs."""
    asked = deciding.wanted(found.drawing)
    if asked:
        pinned = [id_ for id_, model in _models(act).items() if asked & {*deciding.asked_for(model)}]
        definitions.pin(act.db, row.id, pinned)
    definitions.pin(act.db, row.id, [each.id for each in _shared(act, found.calls)])
    newest = definitions.current(act.db, row.key) or row
    for matter in catalog.drawn_as(act.db, row.key):
        catalog.publish(act.db, matter.kind, matter.record, newest.id, act.at)
    act.record("published", key=row.key, version=row.version, sha256=row.sha256)
    for calling in definitions.pinned_to(act.db, row.key):
        _begin_anew(act, definitions.get(act.db, calling.id))


def _begin_anew(act: Act, calling: Row) -> None:
    """What calls a shared process comes into force anew with it; running cases keep what they began with."""
    try:
        keep(act, calling.source, calling.key, published=True)
    except Malformed as refused:
        message = f"流程“{calling.name}”调用这个通用环节，这一版不能发布：{refused.message}"
        raise Malformed(
            message, code="part.in-use", element=refused.element, findings=refused.findings
        ) from None


def examined(act: Act, source: bytes, key: str | None, grounds: Collection[str] = ()) -> Examined:
    """Examine a diagram, held against the decisions in force and today's catalogue."""
    known = {*grounds, *(grounds_of(act, key) if key else ())}
    found, decisions, shared = lint.examine(source, grounds=known), deciding.NONE, parts.NONE
    if found.calls:
        shared = parts.gathered(each.source for each in _shared(act, found.calls))
        found = lint.examine(source, grounds=known, shared=shared)
    if deciding.wanted(found.drawing):
        decisions = deciding.gathered(_models(act).values())
        found = lint.examine(source, decisions, known, shared)
    if found.stops:
        return found
    parted = compared(act, parser.read(source, decisions, shared=shared), _key(found, key))
    return replace(found, findings=(*found.findings, *parted))


def _key(found: Examined, key: str | None) -> str:
    main = found.drawing.main
    return (key or (main.id if main else UNTITLED))[:100]


def _shared(act: Act, names: Iterable[str]) -> list[Row]:
    """The versions in force of the shared processes called *names*; what is not there is not among them."""
    rows = (definitions.current(act.db, parts.key_of(name)) for name in sorted(names))
    return [row for row in rows if row is not None]


def _models(act: Act) -> Mapping[int, dmn.Model]:
    """The decision files in force by version; read here and not shared, for the act may yet be undone."""
    rows = definitions.in_force(act.db, Kind.DECISION)
    return {row.id: dmn.read(definitions.get(act.db, row.id).source) for row in rows}


def told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what was found as it is written down."""
    return [asdict(finding) for finding in findings]


def must_be_honest(findings: Sequence[Finding]) -> None:
    """Raise `Malformed`, naming the first, when something forbids keeping the diagram even as a draft."""
    barring = barred(findings, Bar.KEEPING)
    if barring:
        first = barring[0]
        raise Malformed(first.message, code=first.code, element=first.element, findings=barring)


def grounds_of(act: Act, key: str) -> frozenset[str]:
    """Return the grounds on which clocks may stop in the matters drawn as *key* (R-LIM-5)."""
    drawn = catalog.drawn_as(act.db, key)
    return frozenset(name for matter in drawn for name in special.grounds(matter.record))


def must_be_clean(findings: Iterable[Finding], what: str = "流程图") -> None:
    """Raise `Malformed`, with everything that forbids publishing *what*, unless there is nothing."""
    barring = barred(findings)
    if barring:
        raise Malformed(
            f"{what}有 {len(barring)} 处须改正，不能发布：{barring[0].message}",
            code="definition.findings",
            element=barring[0].element,
            findings=barring,
        )


# --- against the catalogue ------------------------------------------------------------------------------------


def compared(act: Act, definition: Definition, key: str) -> tuple[Finding, ...]:
    """Return where a diagram and what is in force in the catalogue part."""
    records = [row.record for row in catalog.drawn_as(act.db, key)]
    parted = [each for record in records for each in parting(act, record, definition)]
    return tuple(_finding(definition, each) for each in (*parted, *_circling(act, definition, key)))


def parting(act: Act, record: Mapping[str, Any], definition: Definition) -> Iterator[Disagreement]:
    """Iterate over where one record of the catalogue and its diagram part (§1.1, R-BUN-9)."""
    steps = tuple(_steps(definition))
    yield from agreement.extra_steps(record, steps)
    yield from agreement.extra_papers(record, steps)
    yield from agreement.unknown_fields(_asked(definition), _known(act, record, definition))
    if offer.AFTER in record or offer.LISTED in record:
        yield from offer.faults(record, requirements(record), _around(act, definition))
    if linkage.read(record):
        keys = {row.key for row in catalog.everything(act.db, "matter")}
        yield from linkage.faults(record, people.org_ids(act.db), keys)
    if "members" in record:
        yield from agreement.short_promise(record, _promises(act, record))
        yield from agreement.waiting(record, _members(act, record))
        yield from agreement.policy(record)


def must_agree(act: Act, record: Mapping[str, Any], definition_id: int) -> None:
    """Raise `Malformed` unless *record* agrees with its diagram, and the bundles in force with *record*."""
    definition = act.library.definition(act.db, definition_id)
    parted = [*parting(act, record, definition), *_outrun(act, record)]
    must_be_clean([_finding(definition, each) for each in parted])


def _outrun(act: Act, record: Mapping[str, Any]) -> Iterator[Disagreement]:
    """A member that takes longer than before must not outrun the promise of its bundles (R-BUN-9)."""
    for row in catalog.everything(act.db, "bundle"):
        if record["key"] in {member["matter"] for member in row.record["members"]}:
            promises = {**_promises(act, row.record), record["key"]: terms(record).promised}
            yield from agreement.short_promise(row.record, promises)


def _around(act: Act, definition: Definition) -> offer.Around:
    """What a matter that is begun unasked stands among."""
    return offer.Around(
        records={row.key: row.record for row in catalog.everything(act.db, "matter")},
        steps={node.id: (node.stage or "", frozenset(node.outcomes)) for node in definition.nodes.values()},
        rules=frozenset(name for model in _models(act).values() for name in deciding.asked_for(model)),
    )


def _steps(definition: Definition) -> Iterator[Step]:
    for node in definition.nodes.values():
        if node.role is not None:
            yield Step(node.id, node.name, node.stage or "", node.papers)


def _asked(definition: Definition) -> dict[str, frozenset[str]]:
    flows = definition.graph.process.flows
    return {flow.id: idioms.compile_(flow.condition).names for flow in flows if flow.condition}


def _known(act: Act, record: Mapping[str, Any], definition: Definition) -> frozenset[str]:
    """What a condition may ask: results and what scripts and calls set, and the scenarios of the catalogue."""
    told = [record, *(row.record for row in catalog.everything(act.db))]
    scenarios = {name for each in told for name in _scenarios(each)}
    return definition.sets | scenarios


def _scenarios(record: Mapping[str, Any]) -> Iterator[str]:
    yield from (question["key"] for question in record.get("questions") or ())
    yield from record.get("answers") or ()


def _promises(act: Act, bundle: Mapping[str, Any]) -> dict[str, Limit]:
    """What each member promises; one that is not in force yet promises what the law says."""
    return {key: terms(record).promised for key, record in _members(act, bundle).items()}


def _members(act: Act, bundle: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The members' records; one that is not in force yet is known by its key only."""
    records = {row.key: row.record for row in catalog.everything(act.db, "matter")}
    return {m["matter"]: records.get(m["matter"], {"name": m["matter"]}) for m in bundle["members"]}


def _circling(act: Act, definition: Definition, key: str) -> Iterator[Disagreement]:
    """What is called, and what that calls in turn, never comes back to this diagram."""
    drawn = {row.key for row in catalog.drawn_as(act.db, key)} | {key}
    matters = {row.key: row.definition_id for row in catalog.everything(act.db)}
    for node in definition.nodes.values():
        seen, todo = set[str](), [node.called] if node.called else []
        while todo:
            called = todo.pop()
            if called in drawn:
                message = f"“{node.name}”调用的事项又会调用回来，永不结束；请断开其中一处"
                yield Disagreement("bpmn.cyclic-call", node.id, message)
                break
            if called in matters and called not in seen:
                seen.add(called)
                nodes = act.library.definition(act.db, matters[called]).nodes
                todo += [each.called for each in nodes.values() if each.called]


def _finding(definition: Definition, parted: Disagreement) -> Finding:
    say = error if parted.grave else warning
    process = definition.graph.process
    places = {each.id: each.line for each in process.elements.values()}
    places.update((flow.id, flow.line) for flow in process.flows)
    return say(parted.code, parted.element, places.get(parted.element or ""), parted.message)
