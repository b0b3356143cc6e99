"""A shipped diagram drawn anew: a step put in, called otherwise, taken out; bytes in, bytes out."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import designer
from engine.store import catalog
from tests.diagrams import shelf
from tests.people import Staff

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
STAGE = "{http://camunda.org/schema/1.0/bpmn}stage"
GROUPS = "{http://camunda.org/schema/1.0/bpmn}candidateGroups"


class Redrawn:
    """A diagram on the drawing board."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.root = etree.fromstring(shelf.drawing(key).read_bytes())
        for tag in ("incoming", "outgoing"):
            for each in list(self.root.iter(MODEL + tag)):
                each.getparent().remove(each)

    def _of(self, name: str) -> etree._Element:
        return next(each for each in self.root.iter() if each.get("id") == name)

    def _flows(self, word: str, name: str) -> list[etree._Element]:
        return [flow for flow in self.root.iter(MODEL + "sequenceFlow") if flow.get(word) == name]

    def put_in(self, name: str, label: str, after: str, role: str = "approver") -> "Redrawn":
        """Put a step in after another."""
        way, process = self._flows("sourceRef", after)[0], self._of(after).getparent()
        etree.SubElement(process, MODEL + "userTask", {"id": name, "name": label, GROUPS: role})
        words = {"id": f"{name}_on", "sourceRef": name, "targetRef": str(way.get("targetRef"))}
        etree.SubElement(process, MODEL + "sequenceFlow", words)
        way.set("targetRef", name)
        return self

    def rename(self, old: str, new: str) -> "Redrawn":
        """Call an element otherwise."""
        for each in self.root.iter():
            for word, value in each.attrib.items():
                if value == old and word in {
                    "id",
                    "sourceRef",
                    "targetRef",
                    "attachedToRef",
                    "bpmnElement",
                    "default",
                }:
                    each.set(word, new)
            if each.tag == MODEL + "flowNodeRef" and each.text == old:
                each.text = new
        return self

    def take_out(self, name: str) -> "Redrawn":
        """Take a step out: what led to it leads on to what came after."""
        (way,) = self._flows("sourceRef", name)
        for flow in self._flows("targetRef", name):
            flow.set("targetRef", str(way.get("targetRef")))
        self._drop(name, str(way.get("id")))
        return self

    def cut(self, *names: str) -> "Redrawn":
        """Take out a whole path: elements, and every flow to or from them."""
        flows = [
            flow for name in names for word in ("sourceRef", "targetRef") for flow in self._flows(word, name)
        ]
        self._drop(*names, *{str(flow.get("id")) for flow in flows})
        return self

    def _drop(self, *names: str) -> None:
        shapes = [e for e in self.root.iter() if e.get("bpmnElement") in names or e.get("id") in names]
        lanes = [e for e in self.root.iter(MODEL + "flowNodeRef") if e.text in names]
        for each in [*shapes, *lanes]:
            each.getparent().remove(each)

    def label(self, name: str, label: str, role: str | None = None) -> "Redrawn":
        """Write something else on a step, or give it to another post."""
        self._of(name).set("name", label)
        if role:
            self._of(name).set(GROUPS, role)
        return self

    def stage(self, name: str, stage: str) -> "Redrawn":
        """Make a step one of another kind."""
        for each in self._of(name).iter():
            if each.get("name") == "gov:stage":
                each.set("value", stage)
        return self

    def time(self, name: str, host: str, text: str = "3个工作日") -> "Redrawn":
        """Hang a timer on a step that does not end it, but has its manager look after it."""
        process, handler = self._of(host).getparent(), f"{name}_urge"
        words = {"id": name, "attachedToRef": host, "cancelActivity": "false"}
        event = etree.SubElement(process, MODEL + "boundaryEvent", words)
        timer = etree.SubElement(event, MODEL + "timerEventDefinition", {"id": f"{name}_timer"})
        etree.SubElement(timer, MODEL + "timeDuration").text = text
        words = {"id": handler, "name": "催办", GROUPS: "manager", STAGE: "urge"}
        etree.SubElement(process, MODEL + "userTask", words)
        etree.SubElement(process, MODEL + "endEvent", {"id": f"{name}_end"})
        for number, (source, target) in enumerate(((name, handler), (handler, f"{name}_end"))):
            words = {"id": f"{name}_{number}", "sourceRef": source, "targetRef": target}
            etree.SubElement(process, MODEL + "sequenceFlow", words)
        return self

    def source(self) -> bytes:
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)

    def publish(self, office: Office, staff: Staff) -> int:
        """Hand it in and publish it; return the id of the version."""
        with office.act(CLOCK) as act:
            row = catalog.current(act.db, self.key)
            record = {**row.record, "stages": [*row.record["stages"], *self._stages(row.record)]}
            catalog.publish(act.db, row.kind, record, row.definition_id, act.at)
        with office.act(staff["designer"]) as act:
            return int(designer.publish(act, designer.hand_in(act, self.source(), self.key).id).id)

    def _stages(self, record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The steps the matter does not list yet: it may not ask for more than it says."""
        listed = {stage["task"] for stage in record["stages"]}
        for each in self.root.iter(MODEL + "userTask"):
            if each.get("id") not in listed:
                told = {"task": each.get("id"), "name": each.get("name"), "role": each.get(GROUPS)}
                yield {**told, "limit": None, "clock": "counted", "condition": None}
