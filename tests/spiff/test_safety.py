"""Nothing in a diagram is executed: a canary sits wherever a diagram can hold text."""

from pathlib import Path

import pytest

from engine.domain.errors import Refused
from engine.spiff import lint, parser, runtime, track
from engine.spiff.script import FlagEngine
from tests.spiff.diagrams import Diagram, line, timed

PLACES = [
    "condition",
    "juel",
    "script",
    "timer",
    "date",
    "cycle",
    "cardinality",
    "loop",
    "completion",
    "conditional",
    "pre",
    "correlation",
    "form",
    "called",
]


def trap(place: str, code: str) -> Diagram:
    """A diagram with *code* at *place*."""
    expression = f"<bpmn:{{0}}><![CDATA[{code}]]></bpmn:{{0}}>"
    many = "<bpmn:multiInstanceLoopCharacteristics>{}</bpmn:multiInstanceLoopCharacteristics>"
    once = "<bpmn:standardLoopCharacteristics>{}</bpmn:standardLoopCharacteristics>"
    inner = {
        "cardinality": many.format(expression.format("loopCardinality")),
        "completion": many.format(expression.format("completionCondition")),
        "loop": once.format(expression.format("loopCondition")),
        "pre": f"<bpmn:extensionElements><spiff:preScript xmlns:spiff='http://spiffworkflow.org/bpmn/schema/1.0/core'><![CDATA[{code}]]></spiff:preScript></bpmn:extensionElements>",
    }
    diagram = Diagram().start().end().gate("exclusive", "ok")
    diagram.element(
        "userTask", "work", inner.get(place, ""), camunda__formKey=code if place == "form" else "a"
    )
    diagram.path("begin", "ok").path("ok", "work", "done", default=True)
    return PUT.get(place, lambda diagram, _: diagram)(diagram, code)


PUT = {
    "condition": lambda diagram, code: diagram.path("ok", "done", when=code),
    "juel": lambda diagram, code: diagram.path("ok", "done", when="${" + code + "}"),
    "script": lambda diagram, code: diagram.element(
        "scriptTask", "s", f"<bpmn:script><![CDATA[{code}]]></bpmn:script>"
    ).path("work", "s"),
    "timer": lambda diagram, code: diagram.timer("t", "work", code).path("t", "done"),
    "date": lambda diagram, code: diagram.timer("t", "work", code, kind="timeDate").path("t", "done"),
    "cycle": lambda diagram, code: diagram.timer("t", "work", code, kind="timeCycle").path("t", "done"),
    "conditional": lambda diagram, code: diagram.element(
        "intermediateCatchEvent",
        "c",
        f"<bpmn:conditionalEventDefinition><bpmn:condition><![CDATA[{code}]]></bpmn:condition></bpmn:conditionalEventDefinition>",
    ).path("work", "c"),
    "correlation": lambda diagram, code: diagram.head(
        '<bpmn:correlationProperty id="p"><bpmn:correlationPropertyRetrievalExpression messageRef="m">'
        f"<bpmn:messagePath><![CDATA[{code}]]></bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    ),
    "called": lambda diagram, code: diagram.call("c", code).path("work", "c", "done"),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_code_in_a_diagram_is_executed(place: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    source = trap(place, f"__import__('pathlib').Path({str(canary)!r}).touch()").xml()
    lint.check(source)
    track.render(source, [], [])
    try:
        definition = parser.read(source)
        outcome = runtime.start(definition, {})
        while outcome.open:
            outcome = runtime.complete(definition, outcome.state, outcome.open[0].key, {})
    except Refused:
        pass
    assert not canary.exists()


def test_the_package_has_no_eval_and_no_exec() -> None:
    for module in Path(parser.__file__).parent.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not [word for word in ("eval(", "exec(", " compile(", "__import__") if word in text], (
            module.name
        )


def test_scripts_are_refused_even_if_somebody_asks_the_engine() -> None:
    engine = FlagEngine()
    for ask in (
        lambda: engine.execute(None, "1"),
        lambda: engine.evaluate(None, "1"),
        lambda: engine.environment.evaluate("1", {}),
        lambda: engine.call_service(None),
    ):
        with pytest.raises(Refused):
            ask()


def test_a_timer_never_looks_at_the_clock() -> None:
    diagram = line("accept").timer("late", "accept", "PT0S").path("late", "done")
    diagram.element("intermediateCatchEvent", "past", timed("2001-01-01", "timeDate")).path(
        "accept", "past", "done"
    )
    definition = parser.read(diagram.xml())
    outcome = runtime.start(definition, {})
    assert [timer.node for timer in outcome.timers] == ["late"]
