"""The script engine of every case: it answers compiled FEEL from the case's flags, and nothing else.

SpiffWorkflow asks its script engine whenever a diagram wants something evaluated or executed. A
diagram's text never reaches an interpreter here: conditions arrive compiled, all else is refused.
"""

from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.domain.errors import Malformed
from engine.spiff.feel import Expression


def _refuse() -> NoReturn:
    raise Malformed("流程图中的脚本不会被执行；请改用条件分支", code="script.refused")


class Nothing(BasePythonScriptEngineEnvironment):
    """An environment in which nothing can be evaluated, executed or called."""

    def evaluate(self, *_: object, **__: object) -> NoReturn:
        _refuse()

    def execute(self, *_: object, **__: object) -> NoReturn:
        _refuse()

    def call_service(self, *_: object, **__: object) -> NoReturn:
        _refuse()


class FlagEngine(PythonScriptEngine):
    """Answers conditions from the flags, which live once per case at workflow level."""

    def __init__(self) -> None:
        super().__init__(environment=Nothing())

    def validate(self, _expression: object) -> None:
        """Conditions are compiled when the diagram is read."""

    def evaluate(self, task: Any, expression: object, **_: object) -> bool:
        """Return whether the compiled *expression* holds for the case of *task*."""
        if not isinstance(expression, Expression):
            _refuse()
        return expression.holds(task.workflow.view(task), task.workflow.budget)

    def execute(self, *_: object, **__: object) -> NoReturn:
        _refuse()

    def call_service(self, *_: object, **__: object) -> NoReturn:
        _refuse()
