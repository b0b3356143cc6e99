"""Lists of people (免申即享名单) from a request or a file: read whole or not at all, made case by case."""

from collections.abc import Mapping
from dataclasses import dataclass

import marshmallow as ma

from engine.domain import roster
from engine.domain.errors import Malformed, Refused
from engine.domain.identity import Actor
from engine.domain.roster import Entry
from engine.office import Office
from engine.queries import listed
from engine.services import almoner
from web.fields import id_number

#: How many cases one request makes; the next goes on where it ended.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making the cases of a list: how many, what was refused and why, and how many are left."""

    made: int
    refused: tuple[tuple[int, Refused], ...]
    left: int


def read(content: bytes, called: Mapping[str, str]) -> tuple[Entry, ...]:
    """Read a list. Raises `Malformed` naming every line that is wrong."""
    return roster.read(content, _number, called)


def _number(text: str) -> str:
    try:
        return id_number(text.strip(), "证件号码")
    except ma.ValidationError as error:
        raise Malformed("；".join(map(str, error.messages)), code="roster.number") from error


def make(office: Office, by: Actor, roster_id: int, at_once: int = AT_ONCE) -> Made:
    """Make the cases of a list that are still to be made; whoever begins again goes on where it was left.

    Raises `NotNow` where nothing may be made of it yet.
    """
    with office.look(by) as look:
        almoner.must_be_ready(look, roster_id)
        waiting = listed.waiting(look.db, roster_id)
    refused, made = list[tuple[int, Refused]](), 0
    for entry_id, came in office.each(by, waiting[:at_once], almoner.make, of_cases=False):
        if isinstance(came, Refused):
            refused.append((entry_id, came))
        else:
            made += came is not None
    return Made(made, tuple(refused), len(waiting) - made)
