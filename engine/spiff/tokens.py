"""A running case: SpiffWorkflow's workflow, holding only the tokens that are alive.

SpiffWorkflow keeps a tree of all that was and all that may be; joins that read this tree go wrong
inside loops. Here nothing is predicted and a finished task leaves at once, so the tree *is* the
marking: every token hangs on its scope (the process or a sub-process), an armed boundary event on
its activity. The state is small, a step costs the same in round fifty as in round one.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.domain.errors import NotNow, Refused
from engine.spiff.feel.scope import Turn
from engine.spiff.script import FlagEngine

if TYPE_CHECKING:
    from engine.spiff.deciding import Decisions
    from engine.spiff.nodes import Path, Step

#: Engine steps in one turn, and tokens alive at once. A sound diagram comes nowhere near.
MAX_STEPS = 2_000
MAX_TOKENS = 1_500

#: The name of the root; no id in XML can be this.
ROOT = "\x01root"

_ENGINE = FlagEngine()


@dataclass(frozen=True, slots=True)
class Trigger:
    """A message or signal that begins a case, and where it begins."""

    kind: str
    name: str
    node: str


class Plan(BpmnProcessSpec):
    """The compiled specs of one process, shared read-only by all its cases.

    The names SpiffWorkflow keeps for itself (``Start``, ``End``, ``….EndJoin``) are not made, so a
    diagram may use them.
    """

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.data_objects: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.starts: tuple[Step, ...] = ()
        self.triggers: tuple[Trigger, ...] = ()
        self.listeners: tuple[str, ...] = ()
        self.inclusive = False
        self.conditional = False
        self.compensates = False
        self.layered = False
        #: The models that answer what its tasks ask, by the id of the decision.
        self.decisions: Decisions = {}


class Token(Task):
    """A SpiffWorkflow task that counts its own keys and logs nothing on a change of state."""

    def _set_state(self, value: int) -> None:
        self._state = value

    @property
    def key(self) -> str:
        """What this token is called outside; never used twice in one case."""
        return str(self.id)

    @property
    def mark(self) -> int:
        """Its state, as SpiffWorkflow numbers it."""
        return int(self._state)

    @property
    def waits(self) -> bool:
        """Claim that the token stands and waits."""
        return bool(self._state == TaskState.WAITING)

    @property
    def is_ready(self) -> bool:
        """Claim that the token may act, or be acted on."""
        return bool(self._state == TaskState.READY)

    @property
    def started(self) -> bool:
        """Claim that the token is at work: a sub-process with tokens inside."""
        return bool(self._state == TaskState.STARTED)

    def arrive(self) -> None:
        """Let the step see that a token has come."""
        self.task_spec._update(self)  # noqa: SLF001  (SpiffWorkflow's protocol of arriving)

    def wait(self) -> None:
        """Stand and wait."""
        self._set_state(TaskState.WAITING)

    def begin(self) -> None:
        """Be at work, until what is inside is done."""
        self._set_state(TaskState.STARTED)

    def go(self) -> None:
        """Become ready."""
        self._ready()


class Case(BpmnWorkflow):
    """One case under way.

    ``said`` are the messages and signals it threw, ``raised`` the errors and escalations nobody in
    it caught: whoever moves the case carries them to the others. ``ruled`` is what decisions answered.
    """

    def __init__(self, plan: Plan, flags: Mapping[str, Any], counter: int = 0) -> None:
        super().__init__(plan, script_engine=_ENGINE, deserializing=True)
        self.data = dict(flags)
        self.counter = counter
        #: What may become a flag, and what all expressions of one move may spend together.
        self.fit: Callable[[Mapping[Any, Any]], dict[str, Any]] = dict
        self.budget = Turn()
        self.agenda: deque[Token] = deque()
        self.late: deque[Token] = deque()
        self.walked: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.ruled: list[tuple[str, str, dict[str, Any]]] = []
        self.raised: list[tuple[str, str]] = []
        self.task_tree = self.last_task = Token(self, plan.start, state=TaskState.COMPLETED, id=ROOT)

    # --- asking

    def tokens(self) -> Iterator[Token]:
        """Iterate over all live tokens in the order they came."""
        return (task for task in self.tasks.values() if task is not self.task_tree)

    def token(self, key: str) -> Token | None:
        """Return the live token called *key*."""
        found: Token | None = self.tasks.get(key)
        return None if found is self.task_tree else found

    @property
    def ended(self) -> bool:
        """Claim that no token is left."""
        return len(self.tasks) == 1

    def inside(self, scope: Task) -> list[Token]:
        """Return the tokens within *scope*: its children, without the events that only listen."""
        return [token for token in scope.children if not token.task_spec.armed]

    def view(self, token: Task) -> Mapping[str, Any]:
        """What a condition sees at *token*: the flags, and what the loops around it count."""
        if not self.spec.layered:
            return self.data
        layers = []
        at: Task | None = token
        while at is not None:
            if "local" in at.internal_data:
                layers.append(at.internal_data["local"])
            at = at.parent
        return ChainMap(*layers, self.data)

    # --- moving

    def begin(self, starts: Iterable[Step]) -> None:
        """Let the event sub-processes listen, then put a token on each of *starts*."""
        self.listen(self.task_tree, self.spec.listeners)
        for spec in starts:
            self.put(spec, self.task_tree).arrive()

    def listen(self, scope: Task, names: Iterable[str]) -> None:
        """Arm the events called *names* in *scope*, as long as it stands."""
        for name in names:
            if scope is self.task_tree or scope.id in self.tasks:
                spec = self.spec.task_specs[name]
                spec.listen(self.put(spec, scope))

    def put(self, spec: Step, scope: Task, via: str | None = None, key: str | None = None) -> Token:
        """Put a new token on *spec*, or one that was there before, under its old *key*."""
        if len(self.tasks) > MAX_TOKENS:
            raise NotNow("同时在办的分支过多；请检查流程图中的循环", code="budget.tokens", element=spec.node)
        if key is None:
            self.counter += 1
            key = str(self.counter)
        token = Token(self, spec, scope, state=TaskState.FUTURE, id=key)
        if via is not None:
            token.internal_data["via"] = via
        return token

    def take(self, token: Task) -> None:
        """Take *token* and all that hangs on it away."""
        if token.id in self.tasks:
            self._remove_task(token.id)

    def clear(self, scope: Task) -> None:
        """Take everything away that is within *scope*."""
        for token in list(scope.children):
            if token.task_spec.within:
                self.take(token)

    def pass_on(self, token: Token, paths: Iterable[Path]) -> None:
        """Let a completed *token* leave along *paths*; close its scope if it was the last in it."""
        scope = token.parent
        self.took(token.task_spec)
        self.take(token)
        self.spread(paths, scope)

    def spread(self, paths: Iterable[Path], scope: Task) -> None:
        """Put a token at the end of each of *paths*; without any, something left *scope* for good."""
        arrived = [self.along(path, scope) for path in paths]
        for new in arrived:
            if new.id in self.tasks:
                new.arrive()
        if not arrived:
            self.left(scope)

    def along(self, path: Path, scope: Task) -> Token:
        """Walk one sequence flow."""
        if path.shown:
            self.walked.append(path.id)
        return self.put(self.spec.task_specs[path.target], scope, via=path.id)

    def took(self, spec: Step) -> None:
        """Write down that a node was passed."""
        if spec.shown:
            self.walked.append(spec.name)

    def left(self, scope: Task) -> None:
        """A token left *scope* for good; a scope with nothing in it completes."""
        if scope is self.task_tree:
            if self.spec.listeners and not self.inside(scope):
                self.clear(scope)
        elif scope.id in self.tasks:
            scope.task_spec.emptied(scope)

    def turn(self, stumble: Callable[[Refused], None] | None = None) -> None:
        """Run engine steps until only people, calls, deadlines and messages are waited for.

        A step that cannot be taken raises; with *stumble* it is told there, its token stands still
        for good, and the others go on.
        """
        steps = 0
        while self.agenda or self.late or self._gather() or self._comes_true():
            queue = self.agenda or self.late
            task = queue.popleft() if queue else None
            if task is None or task.id not in self.tasks or not task.is_ready:
                continue
            steps += 1
            try:
                self._within_budget(steps, task)
                task.run()
            except Refused as refused:
                if stumble is None:
                    raise
                stumble(refused)
                if steps > MAX_STEPS:
                    return

    def _within_budget(self, steps: int, task: Token) -> None:
        if steps > MAX_STEPS:
            raise NotNow(
                "流程在没有人办理的情况下不停循环，已停止；请检查流程图中的循环",
                code="budget.steps",
                element=task.task_spec.node,
            )

    def _gather(self) -> bool:
        """Let one inclusive join fire that nothing more can reach."""
        if not self.spec.inclusive:
            return False
        return any(token.waits and token.task_spec.gathers(token) for token in list(self.tokens()))

    def _comes_true(self) -> bool:
        """Let the conditional events happen whose condition has become true."""
        if not self.spec.conditional:
            return False
        for token in list(self.tokens()):
            if token.waits and token.task_spec.armed_by_condition:
                token.task_spec.look(token)
        return bool(self.agenda)

    def stuck(self) -> NotNow | None:
        """Return why nothing can ever move again, if so it is."""
        live = list(self.tokens())
        if not live or not all(token.waits and token.task_spec.joins for token in live):
            return None
        return NotNow(
            "汇合网关等不到其余分支，流程无法继续；请检查分支与汇合是否成对",
            code="flow.stuck",
            element=live[0].task_spec.node,
        )

    # --- what SpiffWorkflow would do, and we do not

    def _task_completed_notify(self, _task: Task) -> None:
        """A user task called ``End`` is a user task; nothing waiting is polled."""

    def _task_removed_notify(self, _task: Task) -> None:
        """Nobody listens."""

    def do_engine_steps(self, *_: object, **__: object) -> None:
        """Take one turn."""
        self.turn()

    def refresh_timers(self) -> None:
        """The engine never looks at the clock."""
