"""What the elements and flows of one diagram are called in another version of it."""

from collections.abc import Container, Mapping
from functools import cached_property

from engine.spiff.drawing import Flow, Process


class Naming:
    """Finds for a name of the *old* process the one of the *new*: as told in *names*, else the same."""

    def __init__(self, old: Process, new: Process, names: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self.names = names

    def element(self, name: str) -> str | None:
        """Return the element called *name* in the old process, or None if it has no like."""
        found = self.names.get(name, name)
        return found if found in self.new.elements else None

    def flow(self, name: str) -> str | None:
        """Return the flow called *name* in the old process, or None if nobody can tell which it is."""
        return self._flows.get(name)

    @cached_property
    def _flows(self) -> dict[str, str]:
        """The flows, each by what it enters: as told, by where it comes from, by its name, or as the one left."""
        found: dict[str, str] = {}
        for name in self.old.elements:
            to = self.element(name)
            if to is not None:
                found.update(self._entries(name, to))
        return found

    def _entries(self, old: str, new: str) -> dict[str, str]:
        left = {flow.id: flow for flow in self.old.entering(old)}
        free = {flow.id: flow for flow in self.new.entering(new)}
        found: dict[str, str] = {}
        for like in (self._told, self._same_source, self._same_name, self._last):
            for flow in list(left.values()):
                to = like(flow, free, left)
                if to is not None:
                    found[flow.id] = to
                    del left[flow.id], free[to]
        return found

    def _told(self, flow: Flow, free: Mapping[str, Flow], _left: Mapping[str, Flow]) -> str | None:
        name = self.names.get(flow.id, "")
        return name if name in free else None

    def _same_name(self, flow: Flow, free: Mapping[str, Flow], _left: Mapping[str, Flow]) -> str | None:
        return flow.id if flow.id in free else None

    def _same_source(self, flow: Flow, free: Mapping[str, Flow], _left: Mapping[str, Flow]) -> str | None:
        source = self.element(flow.source)
        like = [each.id for each in free.values() if each.source == source]
        return like[0] if len(like) == 1 else None

    def _last(self, flow: Flow, free: Mapping[str, Flow], left: Mapping[str, Flow]) -> str | None:
        """The one that is left on either side, if both come along the same way."""
        if len(free) != 1 or len(left) != 1:
            return None
        other = next(iter(free.values()))
        was = self._anchor(self.old, flow, {name for name in self.old.elements if self.element(name)})
        now = self._anchor(self.new, other, {self.element(name) for name in self.old.elements})
        if was is None or now is None or self.element(was[0]) != now[0]:
            return None
        return other.id if self.names.get(was[1], was[1]) == now[1] else None

    @staticmethod
    def _anchor(process: Process, flow: Flow, known: Container[str | None]) -> tuple[str, str] | None:
        """The last known step on the way to *flow*, if it is on this way only, and where the way leaves a fork."""
        seen: set[str] = set()
        while flow.source not in known and flow.source not in seen:
            seen.add(flow.source)
            before = process.entering(flow.source)
            if len(before) != 1:
                return None
            flow = before[0]
        return flow.source, flow.id if len(process.leaving(flow.source)) > 1 else ""
