// Read the named diagrams with the editor's own library; print what it warns of and what lacks bounds.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { BpmnModdle } from 'bpmn-moddle';

const camunda = createRequire(import.meta.url)('camunda-bpmn-moddle/resources/camunda.json');

const unbounded = (plane) => plane.planeElement
  .filter((drawn) => drawn.$type === 'bpmndi:BPMNEdge' ? !(drawn.waypoint?.length > 1) : !drawn.bounds)
  .map((drawn) => drawn.id);

const read = async (path) => {
  const { rootElement, warnings } = await new BpmnModdle({ camunda }).fromXML(await readFile(path, 'utf8'));
  const drawn = rootElement.diagrams.flatMap(({ plane }) => plane.planeElement);
  return {
    path,
    warnings: warnings.map(({ message }) => message),
    drawn: drawn.length,
    unbounded: rootElement.diagrams.flatMap(({ plane }) => unbounded(plane)),
    strangers: drawn.filter(({ bpmnElement }) => !bpmnElement).map(({ id }) => id),
  };
};

console.log(JSON.stringify(await Promise.all(process.argv.slice(2).map(read))));
