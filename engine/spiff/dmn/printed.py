"""Decisions as a person reads them on paper: each table with its columns and rows, each other box as its text."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.spiff.dmn.xml import child, children, definitions, said

#: How hit policies are written in the corner of a table (DMN 1.5 §8.2.10–11), and what they mean.
CORNERS = {
    "UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F", "OUTPUT ORDER": "O", "RULE ORDER": "R",
    "COLLECT": "C", "COLLECT SUM": "C+", "COLLECT MIN": "C<", "COLLECT MAX": "C>", "COLLECT COUNT": "C#",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """One decision: a table of *inputs*, *outputs* and *rows*, each with its *note*; or a *text*.

    *asks* are what the columns of input ask, as the table writes it.
    """

    id: str
    name: str
    corner: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    text: str = ""
    asks: tuple[str, ...] = ()


def decisions(source: bytes) -> tuple[Printed, ...]:
    """Return the decisions of *source* in the order of the file. Raises Malformed when it is no decision file."""
    return tuple(_printed(node) for node in children(definitions(source), "decision"))


def _printed(node: etree._Element) -> Printed:
    id_ = node.get("id") or ""
    name = node.get("name") or id_
    table = child(node, "decisionTable")
    if table is None:
        return Printed(id_, name, text=said(child(node, "literalExpression")))
    policy = " ".join(filter(None, (table.get("hitPolicy", "UNIQUE"), table.get("aggregation"))))
    return Printed(
        id=id_,
        name=name,
        corner=CORNERS.get(policy.upper(), policy),
        inputs=tuple(
            str(each.get("label") or said(child(each, "inputExpression")))
            for each in children(table, "input")
        ),
        outputs=tuple(
            str(each.get("label") or each.get("name") or name) for each in children(table, "output")
        ),
        rows=tuple(tuple(_cells(rule)) for rule in children(table, "rule")),
        notes=tuple(_note(rule) for rule in children(table, "rule")),
        asks=tuple(said(child(each, "inputExpression")) for each in children(table, "input")),
    )


def _note(rule: etree._Element) -> str:
    return "；".join(filter(None, (said(each) for each in children(rule, "description", "annotationEntry"))))


def _cells(rule: etree._Element) -> Iterator[str]:
    for entry in children(rule, "inputEntry", "outputEntry"):
        yield said(entry) or "-"
