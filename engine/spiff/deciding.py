"""The decisions a diagram stands on: found by id in whatever models are at hand, missed by the element that asks."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from engine.domain.errors import Malformed
from engine.spiff import dmn
from engine.spiff.dmn import Decision, Model, Service
from engine.spiff.drawing import Drawing, Process
from engine.spiff.findings import Bar, Finding, error, warning

#: Each decision by its id, with the model that answers it.
Decisions = Mapping[str, Model]
NONE: Decisions = MappingProxyType({})


def gathered(models: Iterable[Model]) -> Decisions:
    """Return every decision and service of *models* by id; raise Malformed ``decision.twice``."""
    found: dict[str, Model] = {}
    for model in models:
        for finding in twice(model, found):
            raise Malformed(finding.message, code=finding.code, element=finding.element)
        found.update(dict.fromkeys(asked_for(model), model))
    return found


def twice(model: Model, known: Decisions) -> Iterator[Finding]:
    """Iterate over findings on what *model* decides and another of those *known* decides too."""
    for name in asked_for(model):
        if known.get(name, model) is not model:
            yield error(
                "decision.twice", name, None, f"几个决策文件里都有决策“{name}”；请只留一个，或换一个标识"
            )


def asked_for(model: Model) -> Iterator[str]:
    """Iterate over the ids by which *model* can be asked."""
    yield from (decision.id for decision in model.decisions)
    yield from (part.id for part in model.parts.values() if isinstance(part, Service))


def check(source: bytes) -> tuple[Finding, ...]:
    """Return everything found in the decision file *source*; never raises."""
    try:
        return (*dmn.examine(source).findings, *dmn.clocked(source))
    except Malformed as refused:
        return tuple(refused.findings) or (error(refused.code, refused.element, None, refused.message),)


def sets(process: Process, known: Decisions) -> Iterator[str]:
    """Iterate over the flags that the decisions of *process* set."""
    for element in process.elements.values():
        asked = element.asks
        if asked is not None and asked.flag:
            yield asked.flag
        elif asked is not None and asked.decision in known:
            part = known[asked.decision].part(asked.decision)
            yield from (isinstance(part, Decision) and part.columns) or (asked.decision,)


def wanted(drawing: Drawing) -> frozenset[str]:
    """Return the ids of the decisions that *drawing* asks."""
    return frozenset(
        element.asks.decision
        for process in drawing.processes
        for element in process.elements.values()
        if element.asks is not None and element.asks.decision
    )


def missing(drawing: Drawing, known: Decisions) -> tuple[Finding, ...]:
    """Return a finding for each task of *drawing* whose decision is not *known*."""
    return tuple(
        warning(
            "decision.unknown",
            element.id,
            element.line,
            f"“{element.label}”要问的决策“{element.asks.decision}”不在；请一并给出或先发布含有它的 .dmn 文件",
        ).barring(Bar.RUNNING)
        for process in drawing.processes
        for element in process.elements.values()
        if element.asks is not None and element.asks.decision and element.asks.decision not in known
    )
