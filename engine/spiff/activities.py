"""Activities: what people do, what another case does, and what is done within a scope."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults

from engine.domain.errors import NotFound, Refused
from engine.spiff import listening, occasions
from engine.spiff.dmn import Undecided, answers
from engine.spiff.drawing import Question
from engine.spiff.feel import Expression
from engine.spiff.nodes import Step

if TYPE_CHECKING:
    from engine.spiff.tokens import Plan, Token


class Person(Step, defaults.UserTask):
    """A user, manual or plain task: somebody completes it."""


class Pass(Step):
    """A plain task where nobody is asked: it is passed, as other engines do."""


class External(Step, defaults.UserTask):
    """What others do and tell us the outcome of: a called process is a case of its own, a legal act the office's."""


class Assign(Step):
    """A script that only sets flags: each to what an expression says."""

    def __init__(
        self, plan: Plan, name: str, *, sets: tuple[tuple[str, Expression], ...], **words: Any
    ) -> None:
        super().__init__(plan, name, **words)
        self.sets = sets

    def _run_hook(self, my_task: Token) -> bool | None:
        case = my_task.workflow
        for name, expression in self.sets:
            said = plain(expression.run(case.view(my_task), case.budget))
            case.data.update(case.fit({name: said}))
        return True


class Decide(Step):
    """A task that asks a decision: what it answers becomes flags."""

    def __init__(self, plan: Plan, name: str, *, question: Question, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.question = question

    def _run_hook(self, my_task: Token) -> bool | None:
        case, asked = my_task.workflow, self.question
        model = case.spec.decisions.get(asked.decision)
        if model is None:
            message = f"“{self.bpmn_name}”要问的决策“{asked.decision}”不在；请先发布含有它的 .dmn 文件"
            raise NotFound(message, code="decision.unknown", element=self.node)
        try:
            said = answers(
                model, asked.decision, case.view(my_task), asked.flag, asked.shape, turn=case.budget
            )
            case.data.update(case.fit(said))
            case.ruled.append((self.node, asked.decision, said))
        except Refused as refused:
            message = f"“{self.bpmn_name}”：{refused.message}"
            raise Undecided(message, code=refused.code, element=self.node) from None
        return True


def plain(value: Any) -> Any:
    """Return a FEEL value as JSON knows it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


class Scope(Step, defaults.SubWorkflowTask):
    """An embedded sub-process: a scope of tokens within the same case.

    ``inner`` is where it begins, ``listeners`` the starts of its event sub-processes.
    """

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, subworkflow_spec=name, **words)
        self.inner: tuple[str, ...] = ()
        self.listeners: tuple[str, ...] = ()

    def open(self, my_task: Token) -> Token:
        """Stand open, with nothing inside yet but what listens."""
        my_task.begin()
        my_task.workflow.listen(my_task, self.listeners)
        return my_task

    def _run_hook(self, my_task: Token) -> bool | None:
        """Stay started while tokens are inside."""
        case = my_task.workflow
        self.open(my_task)
        for name in self.inner:
            if my_task.id in case.tasks:
                case.put(case.spec.task_specs[name], my_task).arrive()
        return None if self.inner else True

    def emptied(self, my_task: Token) -> None:
        if my_task.started and not my_task.workflow.inside(my_task):
            my_task.complete()


class Transaction(Scope):
    """A sub-process that may be cancelled: what was done in it is undone."""


class Compensate(Step, defaults.IntermediateThrowEvent):
    """Undoes what was done in its scope, the last first, and then goes on.

    A scope keeps ``[node, what undoes it, what was done inside]`` for each activity completed in it.
    What undoes runs within the token of this event, one after another.
    """

    speaks = True

    def __init__(self, plan: Plan, name: str, *, about: str | None, **words: Any) -> None:
        super().__init__(plan, name, event_definition=occasions.Nothing(), **words)
        self.about = about

    def _run_hook(self, my_task: Token) -> bool | None:
        return self.undo_within(my_task, my_task.parent)

    def undo_within(self, my_task: Token, scope: Any) -> bool | None:
        """Begin to undo what was done in *scope*; claim that there is nothing to undo."""
        done = scope.internal_data.get("undo", [])
        mine = [each for each in done if self.about in (None, each[0])]
        scope.internal_data["undo"] = [each for each in done if each not in mine]
        if not scope.internal_data["undo"]:
            del scope.internal_data["undo"]
        my_task.internal_data["todo"] = mine
        my_task.begin()
        return None if self.next(my_task) else True

    def next(self, my_task: Token) -> bool:
        """Undo the last thing that is left; claim that there was one."""
        case, todo = my_task.workflow, my_task.internal_data["todo"]
        while todo:
            _, handler, within = todo.pop()
            if handler is None:
                todo.extend(within)
                continue
            token = case.put(case.spec.task_specs[handler], my_task)
            if within:
                token.internal_data["undo"] = within
            token.arrive()
            return True
        return False

    def emptied(self, my_task: Token) -> None:
        if my_task.started and not my_task.workflow.inside(my_task) and not self.next(my_task):
            my_task.complete()

    def remember(self, my_task: Token) -> None:
        """What undid something is not undone."""


class Cancel(Compensate):
    """The cancel end of a transaction: all else in it stops, what was done is undone, and it is left."""

    def _run_hook(self, my_task: Token) -> bool | None:
        case, scope = my_task.workflow, my_task.parent
        for token in list(scope.children):
            if token is not my_task and token.task_spec.within:
                case.take(token)
        return self.undo_within(my_task, scope)

    def _on_complete(self, my_task: Token) -> None:
        case, scope = my_task.workflow, my_task.parent
        case.took(self)
        listening.raise_(case, my_task, "cancel", "")
        case.take(scope)
