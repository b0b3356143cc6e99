"""Item definitions (DMN 1.5 §7.3.2–3) become types of FEEL, each resolved when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from lxml import etree

from engine.spiff.dmn.xml import child, children, said
from engine.spiff.feel.types import ANY, NAMES, Type, listed
from engine.spiff.feel.values import Value

MAX_DEPTH = 20


class Constraint(Protocol):
    """Turns unary tests into a claim about a value."""

    def __call__(self, node: etree._Element, /) -> Callable[[Value], bool] | None:
        """Return the claim; None where the text does not compile."""


class Kinds(Mapping[str, Type]):
    """The types of one model by name."""

    def __init__(self, definitions: Mapping[str, etree._Element], constraint: Constraint) -> None:
        self._definitions = definitions
        self._constraint = constraint
        self._known: dict[str, Type] = {}
        self._open: list[str] = []

    def __getitem__(self, name: str) -> Type:
        if name in self._known:
            return self._known[name]
        node = self._definitions[name]
        if name in self._open or len(self._open) > MAX_DEPTH:
            return ANY  # a type that holds itself
        self._open.append(name)
        try:
            self._known[name] = self._defined(node)
        finally:
            self._open.pop()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def referred(self, reference: str | None) -> Type | None:
        """Return the type a ``typeRef`` means; None where there is none or it is not known."""
        if not reference:
            return None
        plain = reference.strip().rpartition("}")[2]
        for name in (plain, plain.rpartition(":")[2]):
            known = self.get(name) or NAMES.get(name)
            if known is not None:
                return known
        return None

    def _defined(self, node: etree._Element) -> Type:
        kind = self._base(node)
        if node.get("isCollection") == "true":
            allowed = self._allowed(node, "allowedValues")
            if allowed is not None:
                kind = _narrowed(kind, allowed)
            return replace(listed(kind), allows=self._allowed(node, "typeConstraint"))
        for tag in ("allowedValues", "typeConstraint"):
            allowed = self._allowed(node, tag)
            if allowed is not None:
                kind = _narrowed(kind, allowed)
        return kind

    def _base(self, node: etree._Element) -> Type:
        components = children(node, "itemComponent")
        if components:
            return Type(
                "context", fields=tuple((each.get("name", ""), self._defined(each)) for each in components)
            )
        function = child(node, "functionItem")
        if function is not None:
            output = self.referred(function.get("outputTypeRef"))
            return Type("function", item=output, arity=len(children(function, "parameters")))
        return self.referred(type_ref(node)) or ANY

    def _allowed(self, node: etree._Element, tag: str) -> Callable[[Value], bool] | None:
        found = child(node, tag)
        return None if found is None else self._constraint(found)


def _narrowed(kind: Type, allows: Callable[[Value], bool]) -> Type:
    before = kind.allows
    if before is None:
        return replace(kind, allows=allows)
    return replace(kind, allows=lambda value: before(value) and allows(value))


def type_ref(node: etree._Element) -> str | None:
    """Return the ``typeRef`` of *node*: an attribute, in DMN 1.1 also an element."""
    found = node.get("typeRef")
    inner = None if found else child(node, "typeRef")
    return found or (said(inner) if inner is not None else None)
