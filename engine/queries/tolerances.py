"""Tolerance and correction in figures (容缺与补正, R-TOL-8): by group, and which materials are missing most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.domain.tolerance import Advice, advice
from engine.queries import figures, promises
from engine.queries.counting import Counting, month_of
from engine.queries.statistics import GROUPS, MONTHS
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Row

#: The figures told, in order.
KEYS = ("tolerated", "promise-due", "promise-kept", "promise-late", "broken", "again")
#: By what they may be grouped; by person only who issued a second notice is known.
GROUPED = {"department": "按部门", "matter": "按事项", "person": "按人员", "month": "按月份"}


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its key and name, the filter that leads to it, and its numbers; None where nothing is known."""

    key: str
    name: str
    filter: str
    counts: Mapping[str, int | None]

    @property
    def rate(self) -> float | None:
        """The share of what was to be brought that came in time (按期补齐率)."""
        due, kept = self.counts["promise-due"], self.counts["promise-kept"]
        return kept / due if due and kept is not None else None


@dataclass(frozen=True, slots=True)
class Missing:
    """A material: in how many cases it was missing, of how many that ask for it; and what that suggests."""

    code: str
    name: str
    source: str
    promised: int
    asked: int
    cases: int
    applied: int
    advice: Advice

    @property
    def share(self) -> float | None:
        return self.cases / self.applied if self.applied else None


def total(look: Counting) -> Line:
    """Return the whole of what was looked at, as one line."""
    return Line("", "", "", {key: figures.count(look, key) for key in KEYS})


def table(look: Counting, by: str) -> Sequence[Line]:
    """Return a line for each group in which there is anything to tell; by month the newest first."""
    if by == "month":
        return _by_month(look)
    if by == "person":
        return _by_person(look)
    key, name, joined = GROUPS[by].open(look)
    counted = [sa.func.count().filter(figures.where(look, figure)) for figure in KEYS]
    query = joined(sa.select(key, sa.func.max(name), *counted).select_from(cases))
    any_ = sa.or_(*(figures.where(look, figure) for figure in KEYS))
    rows: Iterable[Row] = look.db.execute(query.where(any_).group_by(key))
    lines = [Line(key, name, by, dict(zip(KEYS, counts, strict=True))) for key, name, *counts in rows]
    return sorted(lines, key=lambda line: (-(line.counts["tolerated"] or 0), line.name))


def _by_month(look: Counting) -> list[Line]:
    month, lines = month_of(look), []
    for _ in range(MONTHS):
        asked = replace(look, filters=replace(look.filters, month=f"{month:%Y-%m}"))
        counts = {key: figures.count(asked, key) for key in KEYS}
        lines.append(Line(f"{month:%Y-%m}", f"{month:%Y-%m}", "month", counts))
        month = (month - timedelta(days=1)).replace(day=1)
    return lines


def _by_person(look: Counting) -> list[Line]:
    found = []
    for name in look.db.execute(promises.clerks(look)).scalars():
        again = figures.count(replace(look, filters=replace(look.filters, clerk=name)), "again")
        found.append(Line(name, name, "clerk", dict.fromkeys(KEYS) | {"again": again}))
    return sorted(found, key=lambda line: (-(line.counts["again"] or 0), line.name))


def missing(look: Counting) -> Sequence[Missing]:
    """Return the materials that were missing in the month, the most frequent first (R-TOL-8)."""
    promised, asked = dict[str, set[int]](), dict[str, set[int]]()
    for code, case_id in look.db.execute(promises.promised_codes(look)):
        promised.setdefault(code, set()).add(case_id)
    for items, case_id in look.db.execute(promises.asked_items(look)):
        for item in items:
            asked.setdefault(item["code"], set()).add(case_id)
    codes = {*promised, *asked}
    known = _materials(look) if codes else {}
    applied = _applied(look) if codes else {}
    rows = [
        _missing(known.get(code, _Material(code)), promised.get(code, set()), asked.get(code, set()), applied)
        for code in codes
    ]
    return sorted(rows, key=lambda row: (-row.cases, row.code))


@dataclass(frozen=True, slots=True)
class _Material:
    """What the catalogue says of a material: which matters ask for it, and whether another department has it."""

    code: str
    name: str = ""
    source: str = "self"
    matters: frozenset[str] = frozenset()
    shareable: bool = False


def _materials(look: Counting) -> dict[str, _Material]:
    rows = look.db.execute(sa.select(matters.c.key, matters.c.record).where(matters.c.current)).all()
    results = {(row.record.get("result") or {}).get("code") for row in rows}
    found: dict[str, _Material] = {}
    for row in rows:
        for each in row.record.get("materials") or ():
            code, source = each["code"], each.get("source", "self")
            before = found.get(code, _Material(code))
            found[code] = _Material(
                code,
                before.name or each["name"],
                before.source if before.source != "self" else source,
                before.matters | {row.key},
                before.shareable or source == "shared" or code in results,
            )
    return found


def _applied(look: Counting) -> dict[str, int]:
    """How many applications came in, in the month, by matter."""
    begin, end = look.asked
    counted = sa.select(cases.c.matter_key, sa.func.count()).where(
        cases.c.received_at >= begin,
        cases.c.received_at < end,
        look.by_now(cases.c.received_at),
        *look.narrowed(),
    )
    return {row[0]: row[1] for row in look.db.execute(counted.group_by(cases.c.matter_key))}


def _missing(known: _Material, promised: set[int], asked: set[int], applied: Mapping[str, Any]) -> Missing:
    lacking, of = len(promised | asked), sum(applied.get(key, 0) for key in known.matters)
    said = advice(lacking, of, shareable=known.shareable)
    return Missing(
        known.code, known.name or known.code, known.source, len(promised), len(asked), lacking, of, said
    )
