"""Keeping a diagram: read it, lint it, and refuse to publish one with errors."""

from dataclasses import asdict

from engine.domain.errors import Malformed
from engine.services.act import Act
from engine.spiff import lint, parser
from engine.store import definitions
from engine.store.db import Row


def keep(act: Act, source: bytes, key: str | None, *, published: bool) -> Row:
    """Keep a version of a diagram byte for byte; only one without errors may be published.

    Raises `Malformed` when it cannot be read, or has errors and is to be published.
    """
    findings = lint.check(source)
    if published:
        must_be_clean(source)
    definition = parser.read(source)
    row = definitions.add(
        act.db,
        key=key or definition.process,
        name=definition.name,
        source=source,
        findings=[asdict(f) for f in findings],
        at=act.at,
        by=act.by.id,
        published=published,
    )
    act.record("published" if published else "drafted", key=row.key, version=row.version, sha256=row.sha256)
    return row


def must_be_clean(source: bytes) -> None:
    """Raise `Malformed`, with every error, unless the diagram has none."""
    errors = [finding for finding in lint.check(source) if finding.level == "error"]
    if errors:
        raise Malformed(
            f"流程图有 {len(errors)} 处错误，不能发布：{errors[0].message}",
            code="definition.findings",
            element=errors[0].element,
            findings=errors,
        )
