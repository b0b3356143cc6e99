"""Moving running cases from a request: a look at them all, then as many acts as one request may take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from engine.domain.errors import Refused
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import designer, moving
from engine.services.moving import Line, Plan, Want
from engine.spiff.parser import Definition

#: What a step of people, or of a member, is drawn as.
STEPS = frozenset({"userTask", "manualTask", "task", "callActivity", "subProcess"})
#: How many cases one request moves; the next goes on where it ended.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What came, or would come, of a migration; ``left`` could move and have not yet."""

    key: str
    version: int
    dry_run: bool
    moved: int
    kept: int
    left: int
    told: tuple[Want, ...]
    wants: tuple[Want, ...]
    lines: tuple[Line, ...]


def migrate(
    office: Office,
    by: Actor,
    target: int,
    names: Mapping[str, str],
    source: int | None = None,
    *,
    apply: bool,
    at_once: int = AT_ONCE,
) -> Done:
    """Say what would come of moving the cases of *source*, or of every version; then do it, if asked to."""
    with office.look(by) as look:
        chosen = designer.plans(look, target, names, source)
        lines = sorted(designer.look(look, chosen), key=lambda line: line.moves)
        wanted = moving.wants(look, chosen, lines)
        told = moving.told(look, chosen)
        row = moving.version(look, target)
    ready = [line for line in lines if line.moves]
    kept = [line for line in lines if not line.moves]
    now, left = (ready[:at_once], ready[at_once:]) if apply else ([], ready)
    done = list(_moved(office, by, now, chosen))
    failed = [line for line in done if not line.moves]
    shown = (*failed, *kept, *(line for line in done if line.moves), *left)
    return Done(
        row.key,
        row.version,
        not apply,
        len(done) - len(failed),
        len(kept) + len(failed),
        len(left),
        told,
        wanted,
        shown,
    )


@dataclass(frozen=True, slots=True)
class Ask:
    """A step the page asks about, and the one it is likely called now: of the same name, and new."""

    node: str
    name: str
    guess: str


def asks(result: Done, drawn: Definition) -> list[Ask]:
    """Return the steps to ask about: those that keep cases, and those already told."""
    by_name = {node.name: node.id for node in drawn.nodes.values() if node.kind in STEPS}
    asked = {want.node: want.name for want in (*result.told, *result.wants)}
    return [Ask(node, name, by_name.get(name, "")) for node, name in asked.items()]


def _moved(office: Office, by: Actor, lines: list[Line], chosen: tuple[Plan, ...]) -> Iterator[Line]:
    by_version = {plan.source_version: plan for plan in chosen}
    for version, plan in by_version.items():
        ready = {line.case_id: line for line in lines if line.version == version}
        for case_id, came in office.each(by, ready, partial(designer.migrate, plan=plan)):
            if isinstance(came, Refused):
                yield moving.kept(ready[case_id], came)
            elif came is not None:
                yield came
