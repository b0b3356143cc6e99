"""What a file holds, counted: its processes, its elements by kind, and what its people are asked to do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from engine.spiff import intake
from engine.spiff.paper import FLOW_NODES, Paper


@dataclass(frozen=True, slots=True)
class Census:
    """The numbers of a file; elements as they are called in BPMN, with a capital."""

    processes: tuple[tuple[str, str], ...]
    executable: tuple[bool | None, ...]
    elements: Mapping[str, int]
    user_tasks: tuple[str, ...]


def of(source: bytes) -> Census:
    """Count what is in *source*, in all its processes and levels. Raises Malformed when it cannot be read."""
    return counted(Paper(intake.tree(source)))


def counted(paper: Paper) -> Census:
    """Count what lies on *paper*; what says an id a second time is not counted again."""
    processes = list(paper.of("process"))
    said = {"true": True, "false": False}
    numbers = Counter(
        tag[:1].upper() + tag[1:]
        for tag, nodes in paper.kinds.items()
        if tag in FLOW_NODES or tag == "sequenceFlow"
        for node in nodes
        if paper.ids.get(node.get("id") or "", node) is node
    )
    return Census(
        processes=tuple((each.get("id") or "", each.get("name") or "") for each in processes),
        executable=tuple(said.get(each.get("isExecutable") or "") for each in processes),
        elements=dict(numbers),
        user_tasks=tuple(each.get("name") or "" for each in paper.of("userTask")),
    )
