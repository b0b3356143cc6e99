"""The element templates a modeler finds beside the diagrams teach it exactly our words."""

import json

from engine.spiff import dialect
from tests.diagrams.shelf import BPMN

TEMPLATES = BPMN / ".camunda" / "element-templates" / "gov.json"


def test_the_templates_are_the_dialect() -> None:
    written = json.dumps(dialect.templates(), ensure_ascii=False, indent=2) + "\n"
    assert TEMPLATES.read_text(encoding="utf-8") == written
