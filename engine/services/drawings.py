"""Keeping a diagram: read it, lint it, and refuse to publish one with errors."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from engine.domain import special
from engine.domain.errors import Malformed
from engine.services.act import Act
from engine.spiff import lint
from engine.spiff.findings import Bar, Finding, barred
from engine.store import catalog, definitions
from engine.store.db import Row

#: What a draft without a process is called.
UNTITLED = "untitled"


def keep(act: Act, source: bytes, key: str | None, *, published: bool, grounds: Collection[str] = ()) -> Row:
    """Keep a version of a diagram byte for byte: whatever can be read as a draft, what is sound as published.

    *grounds* are those on which an activity may stop the clocks, besides those of matters drawn as *key* already.
    Raises `Malformed` when it cannot be read, lies about being executable, or may not be published and is to be.
    """
    known = {*grounds, *(grounds_of(act, key) if key else ())}
    examined = lint.examine(source, known)
    must_be_honest(examined.findings)
    if published:
        must_be_clean(source, known)
    main = examined.drawing.main
    row = definitions.add(
        act.db,
        key=(key or (main.id if main else UNTITLED))[:100],
        name=(main.name if main else UNTITLED)[:200],
        source=source,
        findings=[asdict(f) for f in examined.findings],
        at=act.at,
        by=act.by.id,
        published=published,
    )
    if published:
        in_force(act, row)
    else:
        act.record("drafted", key=row.key, version=row.version, sha256=row.sha256)
    return row


def in_force(act: Act, row: Row) -> None:
    """New cases of the matters drawn as *row* begin with its newest version; running ones keep theirs."""
    newest = definitions.current(act.db, row.key) or row
    for matter in catalog.drawn_as(act.db, row.key):
        catalog.publish(act.db, matter.kind, matter.record, newest.id, act.at)
    act.record("published", key=row.key, version=row.version, sha256=row.sha256)


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


def must_be_clean(source: bytes, grounds: Collection[str]) -> None:
    """Raise `Malformed`, with everything that forbids publishing, unless there is nothing."""
    barring = barred(lint.check(source, grounds))
    if barring:
        raise Malformed(
            f"流程图有 {len(barring)} 处须改正，不能发布：{barring[0].message}",
            code="definition.findings",
            element=barring[0].element,
            findings=barring,
        )
