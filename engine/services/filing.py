"""Opening a case (建件): its number, its tracking code, and its token on the start of its diagram."""

import secrets
from collections.abc import Mapping
from typing import Any

from engine.domain import case as life
from engine.domain.case import BY_HIMSELF, Channel, State
from engine.services import advance
from engine.services.act import Act
from engine.services.library import Matter
from engine.store import cases
from engine.store.cases import Case

#: Letters and digits that cannot be mistaken for one another when read from paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def open_(
    act: Act,
    matter: Matter,
    channel: Channel,
    flags: Mapping[str, Any],
    at: str | None = None,
    words: str = "",
    **values: Any,
) -> Case:
    """Open a case of a matter and start its flow; *at* is the event of the diagram that begins it instead.

    *values* are columns of the case beside, or instead of, what follows from matter and channel; the journal
    says *words* of it.
    """
    serial = cases.serial(act.db, f"case {act.today:%Y%m%d}")
    case_id = cases.add(
        act.db,
        no=life.number(act.region, act.today, channel, serial),
        code="".join(secrets.choice(_ALPHABET) for _ in range(16)),
        kind=matter.kind,
        matter_id=matter.id,
        matter_key=matter.key,
        definition_id=matter.definition_id,
        channel=channel,
        flags=dict(flags),
        received_at=act.at,
        complete_at=act.at,
        **{
            "authority_id": act.library.org(act.db, matter.authority),
            "state": State.SUBMITTED if channel in BY_HIMSELF else State.RECEIVED,
            **values,
        },
    )
    case = act.take(case_id)
    what = "begun unasked" if channel is Channel.PUSH else "applied"
    said = {"words": words} if words else {}
    act.record(
        what, case, matter=matter.key, version=matter.record.get("version", 1), channel=channel, **said
    )
    advance.start(act, case, at)
    return case
