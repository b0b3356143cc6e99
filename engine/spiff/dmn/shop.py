"""What everything of a model is compiled with: the names and types it knows, and the findings it makes.

A text that does not compile is a finding at its cell, and null at run time: a draft stays readable.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.domain.errors import Malformed
from engine.spiff import feel, intake
from engine.spiff.dmn.kinds import Kinds, type_ref
from engine.spiff.dmn.xml import FEEL, said
from engine.spiff.feel.build import Run
from engine.spiff.feel.compiler import Cell
from engine.spiff.feel.types import Type
from engine.spiff.feel.values import Value
from engine.spiff.findings import Finding, error


@dataclass
class Shop:
    """The workbench of one reading."""

    around: feel.Surroundings
    kinds: Kinds
    findings: list[Finding] = field(default_factory=list)
    #: Where we are, in the reader's words: the decision, then the cell.
    place: list[str] = field(default_factory=list)

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Work at *place* for a while."""
        self.place.append(place)
        try:
            yield
        finally:
            self.place.pop()

    def say(self, code: str, node: etree._Element, message: str) -> None:
        """Write down what is wrong here."""
        where = "".join(self.place) or "决策文件"
        self.findings.append(error(code, owner(node), intake.line_of(node), f"{where}：{message}"))

    def kind(self, node: etree._Element | None) -> Type | None:
        """Return the type *node* refers to; an unknown one is a finding."""
        reference = None if node is None else type_ref(node)
        known = self.kinds.referred(reference)
        if node is not None and reference and known is None:
            self.say("dmn.type-unknown", node, f"类型“{reference}”没有定义；请补上或改正")
        return known

    def text(self, node: etree._Element | None, frame: str = "{}") -> Run:
        """Return the closure of the FEEL text of *node*, put into a *frame*; no text is null."""
        text = said(node)
        if node is None or not text or not self._speaks(node):
            return nothing
        text = frame.replace("{}", text)
        return self._tried(node, lambda: feel.closure(text, self.around)) or nothing

    def cell(self, node: etree._Element) -> Cell | None:
        """Return the unary tests of *node*; None for "any", and for what does not compile."""
        text = said(node)
        return self._tried(node, lambda: feel.cell(text, self.around)) if self._speaks(node) else None

    def _tried(self, node: etree._Element, compile_: Callable[[], Any]) -> Any:
        try:
            return compile_()
        except Malformed as unread:
            self.say(unread.code, node, unread.message)
            return None

    def _speaks(self, node: etree._Element) -> bool:
        language = (node.get("expressionLanguage") or "").lower()
        if language and FEEL not in language:
            self.say("dmn.language", node, f"表达式语言“{language}”不支持；请改用 FEEL")
            return False
        return True


def nothing(_: Any) -> Value:
    """Give null."""
    return None


def owner(node: etree._Element) -> str | None:
    """Return the id of *node*, or of the nearest element around it that has one."""
    at: etree._Element | None = node
    while at is not None and not at.get("id"):
        at = at.getparent()
    return None if at is None else at.get("id")
