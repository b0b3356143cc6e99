"""A running case goes on by another version of its diagram: tokens keep their keys where nodes match.

What cannot be carried over is said for each node, and then nothing is: the state is built anew beside
the old one, and only a whole one is given back.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from engine.domain.errors import NotNow
from engine.spiff import activities, events, findings, gateways, marking
from engine.spiff.findings import Finding
from engine.spiff.listening import Listening
from engine.spiff.naming import Naming
from engine.spiff.nodes import Step
from engine.spiff.occasions import Told, parts_of
from engine.spiff.parser import Definition
from engine.spiff.tokens import Case, Token


def carry(old: Definition, case: Case, new: Definition, names: Mapping[str, str]) -> Case:
    """Return *case* as it goes on by *new*. Raises NotNow with a finding for each node that cannot."""
    move = _Move(old, case, new, names)
    move.tokens()
    if not move.found:
        move.found += marking.faults(move.naming, old, new, move.pairs)
    if move.found:
        first = move.found[0]
        raise NotNow(first.message, code=first.code, element=first.element, findings=move.found)
    move.listen()
    return move.case


class _Move:
    """One case on its way from one diagram to another."""

    def __init__(self, old: Definition, case: Case, new: Definition, names: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self.before = case
        self.naming = Naming(old.graph.process, new.graph.process, names)
        self.case = Case(new.plan, self._flags(case.data), case.counter)
        self.found: list[Finding] = []
        self.pairs: dict[str, tuple[Token, Token]] = {"": (case.task_tree, self.case.task_tree)}

    def _flags(self, flags: Mapping[str, Any]) -> dict[str, Any]:
        """An outcome is kept under the name of its step, also where the step is called otherwise now."""
        kept = dict(flags)
        for name, to in self.naming.names.items():
            node = self.old.nodes.get(name)
            for more in ("", *(f"_{outcome}" for outcome in node.outcomes)) if node else ():
                if name + more in flags:
                    kept[to + more] = flags[name + more]
        return kept

    def tokens(self) -> None:
        """Carry every token over, those around before those within."""
        self._notes(self.before.task_tree, self.case.task_tree)
        for token in self.before.tokens():
            around = self.pairs.get("" if token.parent is self.before.task_tree else token.parent.id)
            if around is not None:
                self._token(token, around[1])

    def _token(self, token: Token, around: Token) -> None:
        spec = self._step(token)
        why = None if spec is None else self._unlike(token, spec, around)
        if (spec is None or why) and (
            token.task_spec.armed or isinstance(around.task_spec, gateways.Waiting)
        ):
            return  # what only listened and is not there any more listens no more
        if spec is None:
            self._cannot(token, "migrate.gone", "在新版本中没有；请指明它对应新版本的哪个环节")
        elif why:
            self._cannot(token, "migrate.unlike", why)
        else:
            moved = Token(self.case, spec, around, state=token.mark, id=token.key)
            self.pairs[token.key] = (token, moved)
            self._notes(token, moved)

    def _cannot(self, token: Token, code: str, why: str) -> None:
        node = token.task_spec.node
        label = self.old.graph.process.elements[node].label
        self.found.append(findings.error(code, node, None, f"“{label}”{why}"))

    def _step(self, token: Token) -> Step | None:
        """Return the step of the new plan that is like the one *token* stands on."""
        spec = token.task_spec
        node = self.naming.element(spec.node)
        if node is None:
            return None
        found: Step | None = self.new.plan.task_specs.get(node + spec.name[len(spec.node) :])
        return found

    def _unlike(self, token: Token, spec: Step, around: Token) -> str | None:
        """Say why a token cannot go on at *spec*, if it cannot."""
        old, new = self.old.graph.process.elements, self.new.graph.process.elements
        was, now = old[token.task_spec.node], new[spec.node]
        if type(spec) is not type(token.task_spec) or (was.loop is None) is not (now.loop is None):
            return "在新版本中换了类型；请待其办完，或指明另一个环节"
        if isinstance(spec, events.EventStart):
            was, now = old[token.task_spec.home], new[spec.home]
        if now.scope != (None if was.scope is None else self.naming.element(was.scope)):
            return "在新版本中移入或移出了子流程；请待其办完，或指明另一个环节"
        if isinstance(spec, activities.External) and not self._calls_the_same(was.id, now.id):
            return "在新版本中调用另一个成员事项；请待其办结，或指明另一个环节"
        return self._unheard(token, spec, around) if isinstance(spec, Listening) else None

    @staticmethod
    def _unheard(token: Token, spec: Listening, around: Token) -> str | None:
        """Say why an event that is waited for is another one in the new drawing, if it is."""
        if _kinds(spec) != _kinds(token.task_spec):
            return "在新版本中等待的是另一种事件；请待其办完，或指明另一个环节"
        ways = {path.target for path in around.task_spec.paths}
        if isinstance(around.task_spec, gateways.Waiting) and spec.name not in ways:
            return "在新版本中不在这个事件网关之后"
        if isinstance(spec, events.Boundary) and spec.name not in around.task_spec.attached:
            return "在新版本中附在另一个环节上"
        return None

    def _calls_the_same(self, old: str, new: str) -> bool:
        return self.old.nodes[old].called == self.new.nodes[new].called

    # --- what a token has with it

    def _notes(self, token: Token, moved: Token) -> None:
        notes = dict(token.internal_data)
        for name, renew in self._RENEWED.items():
            if name in notes:
                notes[name] = renew(self, token, notes[name])
        moved.internal_data.update(notes)
        self._called(moved)

    def _via(self, token: Token, via: str) -> str:
        """Only at a join, or behind an event gateway, does it matter whence a token came."""
        flow = self.naming.flow(via)
        if flow is None and token.waits and token.task_spec.joins:
            self._cannot(
                token, "migrate.entry", f"处等待的分支“{via}”在新版本中找不到；请指明对应新版本的哪条连线"
            )
        return flow or via

    def _met(self, token: Token, entries: list[str]) -> list[str]:
        return [self._via(token, entry) for entry in entries]

    def _undo(self, token: Token, done: list[list[Any]]) -> list[list[Any]]:
        return [self._undone(token, *each) for each in done]

    def _undone(self, token: Token, node: str, handler: str | None, within: list[Any]) -> list[Any]:
        undoes = handler and self.naming.element(handler)
        if handler is not None and undoes is None:
            label = self.old.graph.process.elements[handler].label
            message = f"补偿环节“{label}”在新版本中没有；请指明它对应新版本的哪个环节"
            self.found.append(findings.error("migrate.gone", handler, None, message))
        return [self.naming.element(node) or node, undoes, self._undo(token, within)]

    def _called(self, moved: Token) -> None:
        """What is listened for under a name put together from flags, now by the new drawing."""
        parts = parts_of(getattr(moved.task_spec, "event_definition", None)) if moved.waits else ()
        for part in parts:
            if isinstance(part, Told):
                moved.internal_data.pop("called", None)
                if part.pieces:
                    moved.internal_data["called"] = part.called(moved)

    #: The notes that name nodes or flows, and how they are renewed.
    _RENEWED: ClassVar[dict[str, Any]] = {"via": _via, "met": _met, "undo": _undo, "todo": _undo}

    # --- what listens anew

    def listen(self) -> None:
        """Arm what the new drawing has and the old had not: events on activities, in scopes, after gateways."""
        for token, moved in list(self.pairs.values()):
            if isinstance(moved.task_spec, gateways.Waiting):
                self._await(moved)
            elif not moved.task_spec.armed:
                self._arm(moved, moved.task_spec.attached, token.task_spec.attached)
            if not self._taken_over(moved):
                self._arm(moved, self._listeners(self.case, moved), self._listeners(self.before, token))

    @staticmethod
    def _listeners(case: Case, token: Token) -> Iterable[str]:
        holder = case.spec if token is case.task_tree else token.task_spec
        return getattr(holder, "listeners", ())

    def _arm(self, moved: Token, now: Iterable[str], was: Iterable[str]) -> None:
        known = {self.naming.element(name) for name in was if self._is_like(name)}
        if moved is self.case.task_tree or moved.started or moved.is_ready or moved.waits:
            self.case.listen(moved, [name for name in now if name not in known])

    def _is_like(self, name: str) -> bool:
        """What listened for something else before was not there before."""
        to = self.naming.element(name)
        spec = self.new.plan.task_specs.get(to or "")
        was = self.old.plan.task_specs[name]
        return type(spec) is type(was) and _kinds(spec) == _kinds(was)

    def _taken_over(self, moved: Token) -> bool:
        """Claim that an event sub-process took the place of all else in this scope: nothing listens then."""
        homes = {
            spec.home
            for spec in self.new.plan.task_specs.values()
            if isinstance(spec, events.EventStart) and spec.interrupts
        }
        return any(token.task_spec.node in homes for token in moved.children)

    def _await(self, gate: Token) -> None:
        waiting = {token.task_spec.name for token in gate.children}
        for path in gate.task_spec.paths:
            if path.target not in waiting:
                self.case.put(self.new.plan.task_specs[path.target], gate, via=path.id).arrive()


def _kinds(step: Any) -> tuple[Any, ...]:
    """What an event waits for, without its name or its time: those may be drawn anew."""
    parts = parts_of(step.event_definition)
    return tuple((type(part), part.kind if isinstance(part, Told) else "") for part in parts)
