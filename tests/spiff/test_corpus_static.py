"""BPMNspector's files: each wrong one is flagged at an element, no right one is called wrong."""

from typing import Any

from engine.spiff import lint
from engine.spiff.findings import Level
from tests.spiff import corpus

pytestmark = corpus.needed
#: What is said of sound drawings too: that we do not run them, or that nobody is named for a task.
OURS = {"bpmn.unsupported", "task.nobody", "task.many-groups", "task.unknown-group"}


def wrong() -> list[dict[str, Any]]:
    return [case for case in corpus.cases("static") if not case["expect"]["valid"]]


def flagged(case: dict[str, Any]) -> bool:
    return any(
        finding.element and finding.level is not Level.INFO and finding.code not in OURS
        for finding in lint.check(corpus.source(case))
    )


def test_wrong_files_are_flagged() -> None:
    missed = [case["id"] for case in wrong() if not flagged(case)]
    assert len(missed) <= 0.05 * len(wrong()), missed


@corpus.every("static")
def test_a_right_file_is_not_called_wrong(case: dict[str, Any]) -> None:
    errors = [each for each in lint.check(corpus.source(case)) if each.level is Level.ERROR]
    assert errors == [] or not case["expect"]["valid"]
