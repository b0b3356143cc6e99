"""Boxed expressions (DMN 1.5 §10.2): each box becomes a closure; a table of tags says which box is which."""

from collections.abc import Mapping
from typing import Protocol

from lxml import etree

from engine.spiff.dmn import tabular
from engine.spiff.dmn.shop import Shop, nothing
from engine.spiff.dmn.xml import child, children, local
from engine.spiff.feel.build import Run, chosen, closed, walked
from engine.spiff.feel.scope import Scope
from engine.spiff.feel.types import Type, fitted
from engine.spiff.feel.values import Context, Items, Value


class Box(Protocol):
    """Reads one kind of box."""

    def __call__(self, node: etree._Element, shop: Shop, name: str, /) -> Run:
        """Return the closure of *node*."""


def read(node: etree._Element | None, shop: Shop, name: str) -> Run:
    """Return the closure of the box *node*, which answers under this *name*."""
    if node is None:
        return nothing
    box = BOXES.get(local(node))
    if box is None:
        shop.say("dmn.box-unknown", node, f"表达式 {local(node)} 不支持；请改为决策表或文字表达式")
        return nothing
    return box(node, shop, name)


def inside(node: etree._Element) -> etree._Element | None:
    """Return the box that *node* holds."""
    return next((each for each in children(node) if local(each) in BOXES), None)


def typed(run: Run, kind: Type | None) -> Run:
    """Return *run* with its answer fitted to *kind*."""
    if kind is None:
        return run
    return lambda scope: fitted(run(scope), kind)


def _literal(node: etree._Element, shop: Shop, _: str) -> Run:
    return typed(shop.text(node), shop.kind(node))


def _context(node: etree._Element, shop: Shop, name: str) -> Run:
    """Entries see those above them; an entry without a name is the answer."""
    entries = []
    for entry in children(node, "contextEntry"):
        variable = child(entry, "variable")
        key = None if variable is None else variable.get("name", "")
        with shop.at(f"条目“{key}”" if key else ""):
            entries.append((key, typed(read(inside(entry), shop, key or name), shop.kind(variable))))

    def context(scope: Scope) -> Value:
        made = Context()
        inner = scope.within(made)
        for key, run in entries:
            value = run(inner)
            if key is None:
                return value
            made[key] = value
        return made

    return typed(context, shop.kind(node))


def _invocation(node: etree._Element, shop: Shop, name: str) -> Run:
    callee = read(inside(node), shop, name)
    bindings = []
    for binding in children(node, "binding"):
        parameter = child(binding, "parameter")
        key = "" if parameter is None else parameter.get("name", "")
        with shop.at(f"参数“{key}”"):
            bindings.append((key, typed(read(inside(binding), shop, key), shop.kind(parameter))))

    def invocation(scope: Scope) -> Value:
        function = callee(scope)
        values = {key: run(scope) for key, run in bindings}
        return function.invoke((), values) if hasattr(function, "invoke") else None

    return typed(invocation, shop.kind(node))


def _relation(node: etree._Element, shop: Shop, name: str) -> Run:
    columns = [(each.get("name", ""), shop.kind(each)) for each in children(node, "column")]
    rows = []
    for number, row in enumerate(children(node, "row"), start=1):
        with shop.at(f"第 {number} 行"):
            cells = children(row)
            if len(cells) != len(columns):
                shop.say("dmn.ragged", row, "格数与列数不符；请补齐")
                continue
            rows.append(
                [typed(read(cell, shop, name), kind) for cell, (_, kind) in zip(cells, columns, strict=True)]
            )

    def relation(scope: Scope) -> Items:
        return Items(
            Context((key, run(scope)) for (key, _), run in zip(columns, row, strict=True)) for row in rows
        )

    return typed(relation, shop.kind(node))


def _list(node: etree._Element, shop: Shop, name: str) -> Run:
    runs = [read(each, shop, name) for each in children(node)]
    return typed(lambda scope: Items(run(scope) for run in runs), shop.kind(node))


def _function(node: etree._Element, shop: Shop, name: str) -> Run:
    if node.get("kind", "FEEL").upper() != "FEEL":
        shop.say(
            "dmn.function-kind", node, f"函数种类 {node.get('kind')} 不支持，不执行外部代码；请改用 FEEL"
        )
        return nothing
    parameters = children(node, "formalParameter")
    names = tuple(each.get("name", "") for each in parameters)
    kinds = [shop.kind(each) for each in parameters]
    body = typed(read(inside(node), shop, name), shop.kind(node))
    return lambda scope: closed(names, kinds, body, scope)


def _conditional(node: etree._Element, shop: Shop, name: str) -> Run:
    test, then, otherwise = (_part(node, tag, shop, name) for tag in ("if", "then", "else"))
    return typed(lambda scope: then(scope) if test(scope) is True else otherwise(scope), shop.kind(node))


def _part(node: etree._Element, tag: str, shop: Shop, name: str) -> Run:
    part = child(node, tag)
    return nothing if part is None else read(inside(part), shop, name)


def _filter(node: etree._Element, shop: Shop, name: str) -> Run:
    values, test = _part(node, "in", shop, name), _part(node, "match", shop, name)
    return typed(lambda scope: chosen(values(scope), test, scope), shop.kind(node))


def _for(node: etree._Element, shop: Shop, name: str) -> Run:
    variable = node.get("iteratorVariable", "item")
    values, body = _part(node, "in", shop, name), _part(node, "return", shop, name)

    def loop(scope: Scope) -> Items | None:
        made: list[Value] = []
        rounds = walked([values(scope)])
        if rounds is None:
            return None
        for value in rounds:
            scope.turn.step()
            made.append(body(scope.within({variable: value, "partial": Items(made)})))
        return Items(made)

    return typed(loop, shop.kind(node))


def _quantified(node: etree._Element, shop: Shop, name: str) -> Run:
    variable, wanted = node.get("iteratorVariable", "item"), local(node) == "some"
    values, body = _part(node, "in", shop, name), _part(node, "satisfies", shop, name)

    def quantified(scope: Scope) -> bool | None:
        rounds = walked([values(scope)])
        if rounds is None:
            return None
        answer: bool | None = not wanted
        for value in rounds:
            scope.turn.step()
            said = body(scope.within({variable: value}))
            if type(said) is not bool:
                answer = None
            elif said is wanted:
                return said
        return answer

    return quantified


def _table(node: etree._Element, shop: Shop, name: str) -> Run:
    return typed(tabular.read(node, shop, name), shop.kind(node))


BOXES: Mapping[str, Box] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "relation": _relation,
    "list": _list,
    "functionDefinition": _function,
    "encapsulatedLogic": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}

__all__ = ["BOXES", "inside", "read", "typed"]
