"""A number with its definition (口径) and the one condition of its count and its list; and one number over another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Gauge:
    """What is counted: its name, its definition, and the condition that counts it and lists it."""

    key: str
    name: str
    definition: str
    where: sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Rate:
    """One gauge over another."""

    key: str
    name: str
    definition: str
    part: str
    whole: str

    def of(self, counts: Mapping[str, int]) -> float | None:
        """Return the rate, of one; None where there is nothing to be over."""
        whole = counts[self.whole]
        return counts[self.part] / whole if whole else None


def counted(gauges: Iterable[Gauge]) -> list[sa.Label[int]]:
    """Return a column that counts each, in their order."""
    return [sa.func.count().filter(each.where).label(each.key.replace("-", "_")) for each in gauges]
