"""What a designer does: hand in a diagram or a decision, see what is wrong with it, publish it, move cases to it."""

from collections.abc import Iterator, Mapping, Sequence

from engine.domain.errors import NotNow
from engine.domain.identity import must_hold
from engine.services import moving, shelf
from engine.services.act import Act
from engine.services.moving import Line, Plan
from engine.store import definitions
from engine.store.db import Row


def hand_in(act: Act, source: bytes, key: str | None = None) -> Row:
    """Keep a diagram or a decision as a draft, byte for byte, with its findings. Raises `Malformed`."""
    must_hold(act.by, "designer")
    return shelf.keep(act, source, key, published=False)


def publish(act: Act, definition_id: int) -> Row:
    """Publish a draft: new cases run on it, running ones keep what they began with."""
    must_hold(act.by, "designer")
    row = definitions.get(act.db, definition_id)
    if row.status == "published":
        raise NotNow("该版本已经发布。", code="definition.published")
    shelf.publish(act, row)
    return definitions.get(act.db, definition_id)


def plans(
    act: Act, definition_id: int, names: Mapping[str, str], source_version: int | None = None
) -> tuple[Plan, ...]:
    """Plan to move running cases to this version (迁移): from one version, or from every other."""
    must_hold(act.by, "designer")
    return moving.plans(act, definition_id, names, source_version)


def look(act: Act, chosen: Sequence[Plan]) -> Iterator[Line]:
    """Say for each running case what would come of it (试算); nothing is written."""
    must_hold(act.by, "designer")
    return (line for plan in chosen for line in moving.look(act, plan))


def migrate(act: Act, case_id: int, plan: Plan) -> Line | None:
    """Move one running case; None if it has moved or ended meanwhile. Raises `NotNow` where it cannot be."""
    must_hold(act.by, "designer")
    return moving.move(act, case_id, plan)
