"""How a diagram runs: the only room that knows SpiffWorkflow, BPMN and XML.

``parser.read`` makes a Definition of bytes; ``lint.check`` says what is wrong with them;
``runtime`` moves a case and answers with an Outcome; ``track`` draws where it stands.
"""

import logging

# SpiffWorkflow composes a log record on every change of state.
logging.getLogger("spiff").setLevel(logging.WARNING)
