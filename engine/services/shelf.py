"""What a definition is, diagram or decision, told from its bytes; each kind is kept in its own way."""

from collections.abc import Callable, Mapping

from engine.services import drawings, rulings
from engine.services.act import Act
from engine.spiff import dmn
from engine.store.db import Row
from engine.store.definitions import Kind

PUBLISH: Mapping[str, Callable[[Act, Row], None]] = {
    Kind.DIAGRAM: drawings.publish,
    Kind.DECISION: rulings.publish,
}


def keep(act: Act, source: bytes, key: str | None, *, published: bool) -> Row:
    """Keep a version byte for byte, as a draft or in force. Raises `Malformed` when it may not be."""
    keep_ = rulings.keep if dmn.is_model(source) else drawings.keep
    return keep_(act, source, key, published=published)


def publish(act: Act, row: Row) -> None:
    """Put a draft in force. Raises `Malformed` when there is something in it that forbids it."""
    PUBLISH[row.kind](act, row)


def decisions_first(sources: "list[bytes]") -> "list[bytes]":
    """Return *sources* in an order in which they can be published: a diagram asks what is in force."""
    return sorted(sources, key=lambda source: not dmn.is_model(source))
