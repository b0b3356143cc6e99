"""Keeping a decision (决策): its bytes, what is found in it, and the diagrams that ask it.

A decision in force is a version of its file. The diagrams that ask it come into force anew with it, each as
a version of its own: so a running case keeps the decision it began with, and a new one gets the new one.
"""

from collections.abc import Iterator
from dataclasses import asdict

from engine.domain.errors import Malformed
from engine.services import drawings
from engine.services.act import Act
from engine.spiff import deciding, dmn
from engine.spiff.dmn import printed
from engine.spiff.findings import Finding
from engine.store import definitions
from engine.store.db import Row
from engine.store.definitions import Kind


def keep(act: Act, source: bytes, key: str | None, *, published: bool) -> Row:
    """Keep a version of a decision file byte for byte: whatever can be read as a draft, what is sound as published.

    Raises `Malformed` when it cannot be read, or may not be published and is to be.
    """
    dmn.examine(source)
    found = deciding.check(source)
    if published:
        drawings.must_be_clean(found, "决策文件")
    first = next(iter(printed.decisions(source)), None)
    row = definitions.add(
        act.db,
        kind=Kind.DECISION,
        key=(key or (first.id if first else drawings.UNTITLED))[:100],
        name=(first.name if first else drawings.UNTITLED)[:200],
        source=source,
        findings=[asdict(finding) for finding in found],
        at=act.at,
        by=act.by.id,
        published=published,
    )
    if published:
        in_force(act, row)
    else:
        act.record("drafted", key=row.key, version=row.version, sha256=row.sha256)
    return row


def publish(act: Act, row: Row) -> None:
    """Put a draft in force. Raises `Malformed` when there is something in it that forbids it."""
    drawings.must_be_clean(deciding.check(row.source), "决策文件")
    definitions.publish(act.db, row.id, act.at)
    in_force(act, row)


def in_force(act: Act, row: Row) -> None:
    """New cases ask this version, for the diagrams that ask its file begin anew; running ones keep theirs."""
    drawings.must_be_clean(_twice(act, row), "决策文件")
    act.record("published", key=row.key, version=row.version, sha256=row.sha256)
    for asking in definitions.pinned_to(act.db, row.key):
        _begin_anew(act, definitions.get(act.db, asking.id))
    for draft in definitions.drafts(act.db, Kind.DIAGRAM):
        if any(finding["code"] == "decision.unknown" for finding in draft.findings):
            definitions.found(
                act.db, draft.id, drawings.told(drawings.examined(act, draft.source, draft.key).findings)
            )


def _twice(act: Act, row: Row) -> Iterator[Finding]:
    """What a file decides, no other file in force decides too."""
    own = dmn.read(row.source)
    for other in definitions.in_force(act.db, Kind.DECISION):
        if other.key != row.key:
            model = dmn.read(definitions.get(act.db, other.id).source)
            yield from deciding.twice(own, dict.fromkeys(deciding.asked_for(model), model))


def _begin_anew(act: Act, diagram: Row) -> None:
    try:
        drawings.keep(act, diagram.source, diagram.key, published=True)
    except Malformed as refused:
        message = f"流程“{diagram.name}”还要问这里的决策，这一版不能发布：{refused.message}"
        raise Malformed(
            message, code="decision.in-use", element=refused.element, findings=refused.findings
        ) from None
