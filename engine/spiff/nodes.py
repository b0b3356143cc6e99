"""What all steps of a diagram share; gateways, events, activities and loops are built on it.

A step is updated when a token arrives, becomes ready when it may act, and passes the token on when
it completes. A person's task waits ready; everything else goes on the case's agenda. Specs are
shared by all cases and threads, so nothing here writes to ``self`` after compiling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.domain.errors import NotNow
from engine.spiff.feel import Expression

if TYPE_CHECKING:
    from engine.spiff.tokens import Plan, Token


@dataclass(frozen=True, slots=True)
class Path:
    """A sequence flow, compiled: where it leads, and when it may be taken."""

    id: str
    target: str
    condition: Expression | None = None
    default: bool = False
    shown: bool = True


class Step(BpmnTaskSpec):
    """What all our specs share: no prediction, no copied data, tokens passed along paths.

    ``node`` is the element a step stands for: a member of a multi-instance activity is a step of its
    own. ``undo`` is the activity that compensates this one.
    """

    #: Waits for tokens of other branches.
    joins = False
    #: Only listens; it holds nothing open.
    armed = False
    #: Belongs to the inside of its scope, and ends with it.
    within = True
    #: Watches a condition.
    armed_by_condition = False
    #: Speaks to the others: it waits until those who move have come to where they listen.
    speaks = False

    def __init__(self, plan: Plan, name: str, *, shown: bool = True, node: str = "", **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.node = node or name
        self.shown = shown
        self.paths: tuple[Path, ...] = ()
        self.entries: frozenset[str] = frozenset()
        self.attached: tuple[str, ...] = ()
        self.undo: str | None = None

    def leads(self, paths: Sequence[Path]) -> None:
        """Connect this step to where its paths lead (while compiling only)."""
        self.paths = tuple(paths)
        for path in paths:
            self.connect(self._wf_spec.task_specs[path.target])

    def connect(self, taskspec: BpmnTaskSpec) -> None:
        """Know the next step; paths, not outputs, say where a token goes."""
        self._outputs.append(taskspec.name)
        taskspec._connect_notify(self)  # noqa: SLF001  (SpiffWorkflow's protocol of connecting)

    def test(self) -> None:
        """The diagram was checked when it was read."""

    def _predict(self, *_: object, **__: object) -> None:
        """The tree holds what is, not what may be."""

    def _update_hook(self, _my_task: Token) -> bool | None:
        return True

    def _on_ready(self, my_task: Token) -> None:
        case = my_task.workflow
        if self.speaks:
            case.late.append(my_task)
        elif not self.manual:
            case.agenda.append(my_task)
        if self.attached:
            case.listen(my_task, self.attached)

    def _run(self, my_task: Token) -> bool | None:
        """A refusal leaves the token as it is."""
        return self._run_hook(my_task)

    def _run_hook(self, _my_task: Token) -> bool | None:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing is kept of a cancelled token."""

    def _on_complete(self, my_task: Token) -> None:
        case = my_task.workflow
        if my_task.id not in case.tasks:
            return
        paths = self.leaving(my_task)
        if case.spec.compensates:
            self.remember(my_task)
        case.pass_on(my_task, paths)

    def remember(self, my_task: Token) -> None:
        """Write down in the scope what would undo this activity, and what is inside it."""
        within = my_task.internal_data.get("undo", [])
        if self.undo is not None or within:
            done = my_task.parent.internal_data.setdefault("undo", [])
            done.append([self.node, self.undo, within])

    def leaving(self, _my_task: Token) -> Sequence[Path]:
        """Return the paths the token takes."""
        return self.paths

    def emptied(self, _my_task: Token) -> None:
        """A token inside left for good; only some steps have an inside."""

    def gathers(self, _my_task: Token) -> bool:
        """Let a waiting join fire now that all is quiet; claim that it did."""
        return False


class Root(Step):
    """What all tokens of the process hang on."""


def allows(path: Path, my_task: Token) -> bool:
    """Claim that *path* may be taken: it asks nothing, or what it asks holds."""
    if path.condition is None:
        return True
    return bool(my_task.workflow.script_engine.evaluate(my_task, path.condition))


def defaults_of(step: Step) -> Sequence[Path]:
    """Return the default path, or refuse: no way leads on."""
    chosen = [path for path in step.paths if path.default]
    if not chosen and step.paths:
        raise NotNow(
            f"“{step.bpmn_name}”处没有一条分支的条件成立；请检查办理结果，或补一条默认分支",
            code="flow.no-way",
            element=step.node,
        )
    return chosen
