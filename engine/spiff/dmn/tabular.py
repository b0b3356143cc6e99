"""From XML to a Table: its columns, its rows, and what is wrong with their cells."""

from collections.abc import Sequence

from lxml import etree

from engine.spiff.dmn.shop import Shop, nothing
from engine.spiff.dmn.table import POLICIES, Column, Output, Rule, Table
from engine.spiff.dmn.xml import child, children, said
from engine.spiff.feel.build import Run
from engine.spiff.feel.compiler import Cell


def read(node: etree._Element, shop: Shop, name: str) -> Run:
    """Return the decision table of *node*."""
    policy = node.get("hitPolicy", "UNIQUE").upper()
    if policy == "COLLECT" and node.get("aggregation"):
        policy = f"COLLECT {node.get('aggregation', '').upper()}"
    if policy not in POLICIES:
        shop.say("dmn.hit-policy", node, f"命中策略“{policy}”不认识；请选 U、A、P、F、R、O 或 C")
        return nothing
    inputs, outputs = children(node, "input"), children(node, "output")
    rules = children(node, "rule")
    if not outputs or not _square(rules, inputs, outputs, shop):
        if not outputs:
            shop.say("dmn.no-output", node, "决策表没有输出列；请补一列")
        return nothing
    columns = tuple(_column(place, each, rules, shop) for place, each in enumerate(inputs))
    results = tuple(_output(each, shop, name) for each in outputs)
    return Table("".join(shop.place), columns, results, tuple(_rules(rules, results, shop)), policy)


def _square(
    rules: Sequence[etree._Element],
    inputs: Sequence[etree._Element],
    outputs: Sequence[etree._Element],
    shop: Shop,
) -> bool:
    """Claim that every row has a cell for every column."""
    square = True
    for number, rule in enumerate(rules, start=1):
        cells = len(children(rule, "inputEntry")), len(children(rule, "outputEntry"))
        if cells != (len(inputs), len(outputs)):
            shop.say("dmn.ragged", rule, f"第 {number} 行的格数与列数不符；请补齐")
            square = False
    return square


def _column(place: int, node: etree._Element, rules: Sequence[etree._Element], shop: Shop) -> Column:
    asked = child(node, "inputExpression")
    title = node.get("label") or said(asked) or str(place + 1)
    with shop.at(f"输入列“{title}”"):
        run, kind = shop.text(asked), shop.kind(asked)
    free, words, cells = 0, dict[str, int](), dict[str, tuple[Cell, int]]()
    for number, rule in enumerate(rules):
        entry, bit = children(rule, "inputEntry")[place], 1 << number
        text = said(entry)
        if text in cells:
            cells[text] = cells[text][0], cells[text][1] | bit
            continue
        with shop.at(f"第 {number + 1} 行“{title}”列"):
            cell = shop.cell(entry)
        if cell is None:
            free |= bit if text in ("-", "") else 0
        elif cell.words is not None:
            for word in cell.words:
                words[word] = words.get(word, 0) | bit
        else:
            cells[text] = cell, bit
    return Column(title, run, kind, free, words, tuple(cells.values()))


def _output(node: etree._Element, shop: Shop, name: str) -> Output:
    title = _title(node, name)
    with shop.at(f"输出列“{title}”"):
        listed, default = child(node, "outputValues"), child(node, "defaultOutputEntry")
        ranked = None if listed is None else shop.text(listed, "[{}]")
        return Output(title, shop.kind(node), ranked, None if default is None else shop.text(default))


def _title(node: etree._Element, name: str) -> str:
    return node.get("name") or node.get("label") or name


def columns(node: etree._Element, name: str) -> tuple[str, ...]:
    """Return what the outputs of the table *node* are called, where the table answers under *name*."""
    return tuple(_title(each, name) for each in children(node, "output"))


def _rules(rules: Sequence[etree._Element], outputs: Sequence[Output], shop: Shop) -> "list[Rule]":
    read: list[Rule] = []
    for number, rule in enumerate(rules):
        answers = []
        for output, entry in zip(outputs, children(rule, "outputEntry"), strict=True):
            with shop.at(f"第 {number + 1} 行“{output.name}”列"):
                answers.append(shop.text(entry))
        read.append(Rule(rule.get("id"), number, tuple(answers)))
    return read
