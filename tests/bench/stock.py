"""Stock SpiffWorkflow doing the same steps: its own parser, its own serializer, JSON loaded and saved around each."""

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.bench.reference import FLAGS, KEY, diagram


class Stock:
    """The reference matter on the library as it is shipped."""

    def __init__(self) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(diagram(stock=True).xml()))
        self.spec = parser.get_spec(KEY)
        self.serializer = BpmnWorkflowSerializer()

    def start(self) -> str:
        """Begin a case; return it as JSON."""
        return self._saved(BpmnWorkflow(self.spec))

    def complete(self, state: str, node: str, outcome: str) -> str:
        """Load a case, complete the task at *node*, and return it as JSON."""
        workflow = self.serializer.deserialize_json(state)
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(task for task in ready if task.task_spec.bpmn_id == node)
        task.data.update(FLAGS, **{node: outcome})
        task.run()
        return self._saved(workflow)

    def waiting(self, state: str) -> list[str]:
        """The nodes of the open tasks."""
        ready = self.serializer.deserialize_json(state).get_tasks(state=TaskState.READY, manual=True)
        return [task.task_spec.bpmn_id for task in ready]

    def _saved(self, workflow: BpmnWorkflow) -> str:
        workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))
