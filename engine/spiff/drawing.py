"""What a diagram says, as plain values: elements and flows with their lines, nothing compiled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")

#: Elements that hold elements of their own.
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})


@dataclass(frozen=True, slots=True)
class Event:
    """What an event listens for, says or does: ``timer``, ``message``, ``signal``, ``terminate`` …

    ``name`` is what messages and signals go by, and the code of errors and escalations ("" is any).
    ``reach`` is how far a terminate event goes where a vendor's word says more than its own scope.
    """

    kind: str
    name: str = ""
    time: str = "duration"
    text: str = ""
    lost: str | None = None
    condition: str | None = None
    about: str | None = None
    waits: bool = True
    reach: str = "scope"
    parts: "tuple[Event, ...]" = ()
    every: bool = False

    @property
    def all(self) -> "tuple[Event, ...]":
        """Itself, or the events it is several of."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Loop:
    """How an activity is repeated: for many at once or one after another, or while a condition holds."""

    many: bool
    sequential: bool = False
    count: str | None = None
    items: str | None = None
    item: str | None = None
    until: str | None = None
    before: bool = False
    most: str | None = None
    odd: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The decision a task asks: its id, the flag its answer goes to, and the shape the answer is wanted in.

    A *shape* of "" is the answer as the decision gives it. *odd* is what was said that we cannot keep.
    """

    decision: str
    flag: str | None = None
    shape: str = ""
    odd: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node as drawn."""

    id: str
    kind: str
    name: str
    line: int | None
    scope: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    event: Event | None = None
    loop: Loop | None = None
    help: str | None = None
    inserted: bool = False
    vendor: tuple[str, ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)
    undo: str | None = None
    takes: tuple[tuple[str, str], ...] = ()
    gives: tuple[tuple[str, str], ...] = ()
    papers: tuple[str, ...] = ()
    asks: Question | None = None

    @property
    def default(self) -> str | None:
        """The id of the flow taken when no condition holds."""
        return self.attributes.get("default")

    @property
    def host(self) -> str | None:
        """The activity a boundary event hangs on."""
        return self.attributes.get("attachedToRef") if self.kind == "boundaryEvent" else None

    @property
    def interrupts(self) -> bool:
        """Claim that this boundary event ends its activity."""
        return self.attributes.get("cancelActivity", "true") != "false"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return self.name or self.id

    @property
    def begins(self) -> bool:
        """Claim that a message to this receive task or event gateway begins a case."""
        return self.attributes.get("instantiate") == "true"

    @property
    def aside(self) -> bool:
        """Claim that no flow leads here: an event sub-process or a compensation activity."""
        return "true" in (self.attributes.get("triggeredByEvent"), self.attributes.get("isForCompensation"))


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow as drawn."""

    id: str
    source: str
    target: str
    line: int | None
    condition: str | None = None
    name: str = ""
    inserted: bool = False


@dataclass(frozen=True)
class Process:
    """One process: its elements by id, in document order, sub-processes unfolded."""

    id: str
    name: str
    line: int | None
    executable: bool | None
    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]
    lanes: Mapping[str, str]
    words: Mapping[str, str]

    def leaving(self, element: str) -> Sequence[Flow]:
        """Return the flows out of *element* in document order."""
        return self._out.get(element, ())

    def entering(self, element: str) -> Sequence[Flow]:
        """Return the flows into *element* in document order."""
        return self._in.get(element, ())

    def attached(self, element: str) -> Sequence[str]:
        """Return the boundary events on *element* in document order."""
        return self._hosted.get(element, ())

    @cached_property
    def _out(self) -> dict[str, list[Flow]]:
        return _grouped((flow.source, flow) for flow in self.flows)

    @cached_property
    def _in(self) -> dict[str, list[Flow]]:
        return _grouped((flow.target, flow) for flow in self.flows)

    @cached_property
    def _hosted(self) -> dict[str, list[str]]:
        return _grouped((each.host, each.id) for each in self.elements.values() if each.host is not None)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole file: its processes."""

    processes: tuple[Process, ...]

    @property
    def main(self) -> Process | None:
        """The one executable process, or the first."""
        executable = [process for process in self.processes if process.executable]
        return next(iter(executable or self.processes), None)
