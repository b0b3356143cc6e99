"""A diagram played without an office: cases in memory, on a clock that moves when it is told to.

All given files are one collaboration: a message or signal thrown by one instance reaches the
others and begins processes that start with it; a call activity begins an instance of the process it
calls, and a task asks the decision it names of whichever file has it. Every state is kept as bytes and
loaded again for each move, as in the office.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from engine.domain.errors import Malformed, NotFound, NotNow, Refused
from engine.spiff import activities, deciding, dmn, idioms, parser, parts, runtime, virtual
from engine.spiff.parser import Definition, Node
from engine.spiff.runtime import Manner, Open, Outcome

#: Moves that follow from one command, and deadlines that pass in one.
MAX_MOVES = 2_000

#: Incidents that BPMN calls an exception: nobody catches them either.
UNCAUGHT = frozenset({"flow.no-way", "loop.count", "loop.items"})

Plain = dict[str, Any]


def fit(flags: Mapping[Any, Any]) -> Plain:
    """Return *flags* if JSON can hold them; where a diagram is played, lists and long texts are welcome."""
    try:
        read = orjson.loads(orjson.dumps(dict(flags)))
    except (TypeError, ValueError) as unfit:
        raise Malformed(f"变量不能写成 JSON：{unfit}", code="flag.unfit") from None
    assert isinstance(read, dict)
    return read


PLAY = Manner(fit=fit, strict=False)


@dataclass
class Instance:
    """One case in play; *caller* is the instance and the key of the call that opened it."""

    id: str
    definition: Definition
    now: Outcome
    caller: tuple["Instance", Open] | None = None
    called: dict[str, "Instance"] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    incidents: list[Plain] = field(default_factory=list)
    stopped: bool = False

    @property
    def ended(self) -> bool:
        """Claim that nothing will happen in it any more."""
        return self.stopped or self.now.ended

    def plain(self) -> Plain:
        """Return what can be said of it."""
        return {
            "id": self.id,
            "process": self.definition.process,
            "ended": self.ended,
            "vars": dict(self.now.flags),
            "errors": list(self.errors),
            "incidents": list(self.incidents),
        }


class Play:
    """A collaboration of processes, and the instances that run in it."""

    def __init__(self, definitions: Sequence[Definition], now: datetime, *, open_calls: bool = False) -> None:
        self.definitions = {each.process: each for each in definitions}
        self.now = now
        self.open_calls = open_calls
        self.instances: list[Instance] = []
        self._todo: deque[tuple[Instance, Callable[[], None]]] = deque()
        self._must_differ(definitions)
        self._must_know_decisions()
        if not open_calls:
            self._must_know_calls()

    @classmethod
    def of(
        cls, sources: Sequence[bytes], now: datetime, *, auto: bool = False, open_calls: bool = False
    ) -> "Play":
        """Return the collaboration of all *sources*, diagrams and decisions; with *auto* plain tasks are passed."""
        models = [source for source in sources if dmn.is_model(source)]
        decisions = deciding.gathered(map(dmn.read, models))
        diagrams = [source for source in sources if source not in models]
        shared = parts.gathered(source for source in diagrams if len(diagrams) > 1)
        read = [each for source in diagrams for each in parser.read_all(source, decisions, shared, auto=auto)]
        if not read:
            raise Malformed("给出的文件里没有流程图，只有决策；请一并给出 .bpmn 文件", code="bpmn.no-process")
        return cls(read, now, open_calls=open_calls)

    def _must_differ(self, definitions: Sequence[Definition]) -> None:
        for each in definitions:
            if self.definitions[each.process] is not each:
                message = f"几个文件里都有流程“{each.process}”；请只留一个"
                raise Malformed(message, code="process.twice", element=each.process)

    def _must_know_decisions(self) -> None:
        """A second process of a file may ask too."""
        for definition in self.definitions.values():
            for node in definition.nodes.values():
                if node.asks and node.asks not in definition.plan.decisions:
                    raise Malformed(
                        f"“{node.name}”要问的决策“{node.asks}”不在给出的文件里；请一并给出 .dmn 文件",
                        code="decision.unknown",
                        element=node.id,
                    )

    def _must_know_calls(self) -> None:
        for definition in self.definitions.values():
            for node in definition.nodes.values():
                if node.kind != "callActivity" or idioms.PIECES.search(node.called or ""):
                    continue
                self._must_return(node.called)
                if node.called not in self.definitions:
                    raise self._unknown(node, node.called or "")

    def _must_return(self, called: str | None) -> None:
        """What would end its caller too is refused: the caller is a case of its own."""
        definition = self.definitions.get(called or "")
        for element in definition.graph.process.elements.values() if definition else ():
            if element.event is not None and element.event.reach == "all":
                message = f"“{element.label}”要连调用方一起结束；请去掉 terminateAll"
                raise Malformed(message, code="call.ends-caller", element=element.id)

    # --- asking

    def processes(self) -> list[Plain]:
        """Return what can be started."""
        return [{"id": each.process, "name": each.name} for each in self.definitions.values()]

    def tasks(self) -> list[Plain]:
        """Return the open tasks in document order of their nodes."""
        found = [
            (self._place(each, task), each, task) for each in self._running() for task in self._open(each)
        ]
        return [_task(instance, task) for _, instance, task in sorted(found, key=lambda one: one[0])]

    def _open(self, instance: Instance) -> tuple[Open, ...]:
        unknown = [call for call in instance.now.calls if call.key not in instance.called]
        return (*instance.now.open, *(unknown if self.open_calls else ()))

    def _place(self, instance: Instance, task: Open) -> tuple[int, int, int, int]:
        definition = instance.definition
        return (
            list(self.definitions).index(definition.process),
            list(definition.nodes).index(task.node),
            int(instance.id),
            int(task.key),
        )

    def state(self) -> list[Plain]:
        """Return what can be said of every instance."""
        return [instance.plain() for instance in self.instances]

    def _running(self) -> Iterator[Instance]:
        return (instance for instance in list(self.instances) if not instance.ended)

    # --- acting

    def start(self, process: str | None = None, flags: Mapping[str, Any] | None = None) -> str:
        """Begin an instance of *process*, or of the first, and return its id."""
        definition = self.definitions.get(process) if process else next(iter(self.definitions.values()))
        if definition is None:
            raise NotFound(f"没有叫“{process}”的流程", code="process.unknown")
        instance = self._begin(definition, flags or {})
        self._settle()
        return instance.id

    def complete(self, task: str, flags: Mapping[str, Any] | None = None) -> None:
        """Complete an open task; raise NotNow ``task.closed`` if it is not open."""
        number, _, key = task.partition("-")
        instance = next((each for each in self._running() if each.id == number), None)
        if instance is None:
            raise NotNow("这项任务已经办结或不在待办状态", code="task.closed")
        self._move(instance, partial(runtime.complete, key=key, flags=flags or {}))
        self._settle()

    def set(self, flags: Mapping[str, Any]) -> None:
        """Set variables of all running instances."""
        for instance in self._running():
            self._move(instance, partial(runtime.put, flags=flags))
        self._settle()

    def advance(self, milliseconds: float) -> None:
        """Let time go on; deadlines pass in their order, each at its moment."""
        self.until(self.now + timedelta(milliseconds=milliseconds))

    def until(self, moment: datetime) -> None:
        """Settle what is under way, then let time go on to *moment*."""
        self._settle()
        passed = 0
        while True:
            waiting = [
                (due, int(each.id), int(key), each)
                for each in self._running()
                for key, due in each.due.items()
            ]
            first = min((one for one in waiting if one[0] <= moment), key=lambda one: one[:3], default=None)
            if first is None:
                break
            passed += 1
            if passed > MAX_MOVES:
                raise NotNow("一次推进中到期的时限过多；请分几次推进", code="budget.timers")
            self.now = max(self.now, first[0])
            self._move(first[3], partial(runtime.fire, key=str(first[2])))
            self._settle()
        self.now = max(self.now, moment)

    def signal(self, name: str) -> int:
        """Broadcast a signal; return how many heard it."""
        heard = self._broadcast(name, None)
        self._settle()
        return heard

    def message(self, name: str, flags: Mapping[str, Any] | None = None) -> int:
        """Send a message to one who waits for it, else to one who begins with it; return how many heard."""
        heard = self._deliver(name, None, flags or {})
        self._settle()
        return heard

    # --- moving an instance, and what follows from it

    def _begin(self, definition: Definition, flags: Mapping[str, Any], at: str | None = None) -> Instance:
        now = runtime.start(definition, flags, at=at, manner=PLAY)
        instance = Instance(str(len(self.instances) + 1), definition, now)
        self.instances.append(instance)
        self._follow(instance)
        return instance

    def _move(self, instance: Instance, move: Callable[..., Outcome]) -> None:
        instance.now = move(instance.definition, instance.now.state, manner=PLAY)
        self._follow(instance)

    def _follow(self, instance: Instance) -> None:
        """Write down where *instance* stands, and what others are to do about it."""
        now = instance.now
        instance.path += now.walked
        for refused in now.incidents:
            _note(instance, refused)
        instance.errors += [refused.code for refused in now.incidents if refused.code in UNCAUGHT]
        instance.due = {
            timer.key: instance.due.get(timer.key)
            or virtual.due(timer.kind, timer.text, timer.calendar, self.now)
            for timer in now.timers
        }
        self._todo += [(instance, partial(self._raise, instance, *each)) for each in now.raised]
        self._todo += [(instance, partial(self._say, instance, *each)) for each in now.said]
        self._todo.append((instance, partial(self._calls, instance)))
        if now.ended:
            self._todo.append((instance, partial(self._return, instance)))

    def _settle(self) -> None:
        """Do what follows, until nothing does; what cannot be done is an incident where it came from."""
        moves = 0
        while self._todo:
            instance, move = self._todo.popleft()
            moves += 1
            try:
                if moves > MAX_MOVES:
                    self._todo.clear()
                    raise NotNow("流程之间不停地互相触发，已停止；请检查消息和信号", code="budget.moves")
                move()
            except Refused as refused:
                _note(instance, refused)

    def _say(self, instance: Instance, kind: str, name: str) -> None:
        if kind == "signal":
            self._broadcast(name, instance)
        else:
            self._deliver(name, instance, {})

    def _broadcast(self, name: str, thrower: Instance | None) -> int:
        """The thrower has told itself already."""
        heard = [each for each in self._running() if each is not thrower and _hears(each, "signal", name)]
        begins = list(self._triggers("signal", name))
        for instance in heard:
            self._move(instance, partial(runtime.tell, name=name, flags={}, kind="signal"))
        for definition, node in begins:
            self._begin(definition, {}, at=node)
        return len(heard) + len(begins)

    def _deliver(self, name: str, thrower: Instance | None, flags: Mapping[str, Any]) -> int:
        for instance in self._running():
            if instance is not thrower and _hears(instance, "message", name):
                self._move(instance, partial(runtime.tell, name=name, flags=flags, kind="message"))
                return 1
        for definition, node in self._triggers("message", name):
            self._begin(definition, flags, at=node)
            return 1
        return 0

    def _triggers(self, kind: str, name: str) -> Iterator[tuple[Definition, str]]:
        for definition in self.definitions.values():
            for trigger in definition.plan.triggers:
                if (trigger.kind, trigger.name) == (kind, name):
                    yield definition, trigger.node

    # --- calls

    def _calls(self, instance: Instance) -> None:
        """Begin what is called, and stop what is called no more."""
        calls = {} if instance.ended else {call.key: call for call in instance.now.calls}
        for key in [key for key in instance.called if key not in calls]:
            self._stop(instance.called.pop(key))
        for key, call in calls.items():
            node = instance.definition.nodes[call.node]
            if node.act:  # what the office does of itself is done at once
                self._move(instance, partial(runtime.complete, key=call.key, flags={}))
                return
            seen = {**instance.now.flags, **call.local}
            definition = None if key in instance.called else self._definition(node, seen)
            if definition is not None:
                child = self._begin(definition, carried(node.takes, seen) if node.takes else seen)
                child.caller = (instance, call)
                instance.called[key] = child

    def _definition(self, node: Node, seen: Mapping[str, Any]) -> Definition | None:
        """Return what is called here; a name may be put together from variables."""
        called = node.called or ""
        pieces = idioms.pieces(called)
        if pieces:
            called = "".join(
                piece if isinstance(piece, str) else str(activities.plain(piece.run(seen)))
                for piece in pieces
            )
            self._must_return(called)
        if called not in self.definitions and not self.open_calls:
            raise self._unknown(node, called)
        return self.definitions.get(called)

    @staticmethod
    def _unknown(node: Node, called: str) -> Malformed:
        return Malformed(
            f"“{node.name}”调用的流程“{called}”不在给出的文件里；请一并给出",
            code="call.unknown",
            element=node.id,
        )

    def _stop(self, instance: Instance) -> None:
        for child in instance.called.values():
            self._stop(child)
        instance.stopped = True
        instance.due = {}

    def _return(self, instance: Instance) -> None:
        """A called instance has ended: its caller goes on."""
        for caller, call in _callers(instance):
            given = carried(caller.definition.nodes[call.node].gives, instance.now.flags)
            self._move(caller, partial(runtime.complete, key=call.key, flags=given))

    def _raise(self, instance: Instance, kind: str, code: str) -> None:
        """What nobody caught in *instance* goes to whoever called it, or ends in its errors."""
        if instance.caller is None:
            instance.errors.append(code or kind)
        for caller, call in _callers(instance):
            self._move(caller, partial(runtime.raise_at, key=call.key, kind=kind, code=code))


def _callers(instance: Instance) -> Iterator[tuple[Instance, Open]]:
    """Iterate over who waits for *instance*: one, or nobody any more."""
    if instance.caller is not None and not instance.stopped:
        caller, call = instance.caller
        if not caller.ended and call in caller.now.calls:
            yield caller, call


def carried(pairs: Sequence[tuple[str, str]], flags: Mapping[str, Any]) -> Plain:
    """Return what a call hands over: (variable or expression, target), ``*`` is all."""
    found: Plain = {}
    for source, target in pairs:
        found.update(flags if source == "*" else {target: _carried(source, flags)})
    return found


def _carried(source: str, flags: Mapping[str, Any]) -> Any:
    if not idioms.PIECES.search(source):
        return flags.get(source)
    return activities.plain(idioms.compile_(source).run(flags))


def _hears(instance: Instance, kind: str, name: str) -> bool:
    return runtime.hears(instance.definition, instance.now.state, kind, name)


def _task(instance: Instance, task: Open) -> Plain:
    node = instance.definition.nodes[task.node]
    return {
        "id": f"{instance.id}-{task.key}",
        "name": node.name,
        "node": node.id,
        "process": instance.definition.process,
        "instance": instance.id,
    }


def _note(instance: Instance, refused: Refused) -> None:
    """Write an incident down, once."""
    incident = {"element": refused.element, "code": refused.code, "message": refused.message}
    if incident not in instance.incidents:
        instance.incidents.append(incident)
