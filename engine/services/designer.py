"""What a designer does: hand in a diagram or a decision, see what is wrong with it, publish it."""

from engine.domain.errors import NotNow
from engine.domain.identity import must_hold
from engine.services import shelf
from engine.services.act import Act
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
