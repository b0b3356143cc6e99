"""Small pieces of BPMN as text, for rules that look at the drawing itself."""

from itertools import pairwise

from engine.spiff import lint
from engine.spiff.findings import Finding

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def file(body: str) -> bytes:
    """A definitions element around *body*."""
    spaces = f'xmlns="{MODEL}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f'<definitions {spaces} id="file" targetNamespace="urn:test">{body}</definitions>'.encode()


def process(body: str, *, executable: bool = True, name: str = "p") -> str:
    """A process around *body*."""
    return f'<process id="{name}" isExecutable="{str(executable).lower()}">{body}</process>'


def flow(name: str, source: str, target: str, inner: str = "", **words: str) -> str:
    """A sequence flow."""
    said = "".join(f' {word}="{value}"' for word, value in words.items())
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"{said}>{inner}</sequenceFlow>'


def through(*elements: str) -> str:
    """*elements*, given as ``tag id rest``, in a row from a start to an end."""
    names = ["begin", *(element.split()[1] for element in elements), "done"]
    drawn = "".join(_element(element) for element in elements)
    flows = "".join(flow(f"go{n}", *pair) for n, pair in enumerate(pairwise(names)))
    return f'<startEvent id="begin"/>{drawn}<endEvent id="done"/>{flows}'


def _element(text: str) -> str:
    tag, name, *inner = text.split(" ", 2)
    return f'<{tag} id="{name}">{inner[0] if inner else ""}</{tag}>'


def findings(body: str) -> tuple[Finding, ...]:
    """Everything found in a file with *body*."""
    return lint.check(file(body))


def told(body: str) -> set[tuple[str, str | None]]:
    """The codes found in a file with *body*, with their elements; remarks left out."""
    return {(each.code, each.element) for each in findings(body) if each.level != "info"}
