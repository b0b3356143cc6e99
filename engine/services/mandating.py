"""Mandates (代办授权): shown at the window or given online by the principal, asked for whenever an agent acts."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from engine.domain import mandate
from engine.domain.deadline import end_of, last_day
from engine.domain.errors import Malformed, NotNow
from engine.domain.mandate import Basis
from engine.domain.paper import Kind
from engine.services import issuing, keeping
from engine.services.act import Act
from engine.store import cases, mandates
from engine.store.cases import Case
from engine.store.db import Connection, Row

#: Letters and digits that cannot be mistaken for one another when read from paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Presented:
    """A letter of authority (授权书): until when, for which matters (none named: all), and the file it was kept as."""

    until: date
    matters: tuple[str, ...] = ()
    file_id: int | None = None


def keep(act: Act, principal_id: int, agent_id: int, shown: Presented, basis: Basis) -> Row:
    """Keep a mandate. Raises `Malformed` for one of oneself or one that is over, `NotFound` for an unknown matter."""
    if principal_id == agent_id:
        raise Malformed("代办人不能是申请人本人。", code="agent.self", field="agent")
    until = end_of(shown.until)
    mandate.must_end_later(act.at, until)
    for key in shown.matters:
        act.library.current(act.db, key)
    keeping.must_be_brought(act, [shown.file_id])
    made = mandates.add(
        act.db,
        principal_id=principal_id,
        agent_id=agent_id,
        matters=sorted(set(shown.matters)),
        since=act.at,
        until=until,
        basis=basis,
        file_id=shown.file_id,
        code="".join(secrets.choice(_ALPHABET) for _ in range(16)),
        made_at=act.at,
        made_by=act.by.id,
    )
    act.record("mandate given", mandate=made, basis=str(basis), until=shown.until.isoformat())
    return mandates.get(act.db, made)


def must_cover(
    act: Act, principal_id: int, agent_id: int, matter: str, members: Collection[str] = ()
) -> None:
    """Raise `NotYours` unless the agent holds a mandate of the principal that stands now and covers the matter."""
    known = [mandates.read(row) for row in mandates.between(act.db, principal_id, agent_id)]
    mandate.must_hold(known, act.at, matter, members)


def revoke(act: Act, row: Row, reason: str) -> None:
    """Take a mandate back; what the agent filed goes on, and the principal is told of each (R-ACC-7)."""
    if row.revoked_at is not None:
        raise NotNow("这份授权已经撤销。", code="mandate.over")
    mandates.revoke(act.db, row.id, act.at, act.by.id, reason)
    act.record("mandate revoked", mandate=row.id, reason=reason)
    left = mandates.open_cases(act.db, row.principal_id, row.agent_id)
    act.take_all(left)
    for case_id in left:
        no = _tell_over(act, case := act.take(case_id), row, "撤销")
        act.record("mandate over", case, agent=row.agent, reason=reason, document_no=no)


def _tell_over(act: Act, case: Case, row: Row, how: str) -> str:
    return issuing.tell(
        act,
        case,
        Kind.MANDATE_OVER,
        f"你（单位）对代办人{row.agent}的授权已经{how}，该代办人不得再为本申请办理任何事项。",
        "本申请继续办理，不受影响；补交材料、领取结果等请由本人办理，或另行授权他人。",
    )


# -- the last day -----------------------------------------------------------------------------------------------


def due(db: Connection, at: datetime, most: int) -> list[int]:
    """Return mandates of whose end nobody was told that comes soon, or has come."""
    return mandates.untold(db, at, at + mandate.SOON, most)


def tell_end(act: Act, mandate_id: int) -> None:
    """Say once that a mandate ends by its date, some days before, and once that it has; each on what it filed.

    What another mandate goes on covering is left alone. Whoever comes second finds it told.
    """
    row = mandates.get(act.db, mandate_id)
    over = row.until <= act.at
    if row.revoked_at is not None or row.ended_at is not None or (row.warned_at is not None and not over):
        return
    left = _left_alone(act, row)
    act.take_all(left)
    for case_id in left:
        case, until = act.take(case_id), last_day(row.until).isoformat()
        if over:
            act.record(
                "mandate expired", case, agent=row.agent, document_no=_tell_over(act, case, row, "到期")
            )
        else:
            act.record("mandate ending", case, agent=row.agent, until=until)
    mandates.told(act.db, row.id, **({"ended_at": act.at} if over else {"warned_at": act.at}))


def _left_alone(act: Act, row: Row) -> list[int]:
    """What the agent filed under a mandate and has not ended, and no other mandate covers when this is over."""
    pair = (row.principal_id, row.agent_id)
    known = [(each.id, mandates.read(each)) for each in mandates.between(act.db, *pair)]
    others = [each for other, each in known if other != row.id]
    this, found = mandates.read(row), []
    for case in mandates.open_(act.db, *pair):
        members = [each.matter_key for each in cases.members(act.db, case.id)]
        covered = this.covers(case.matter_key, members)
        if covered and not mandate.stays(others, row.until, case.matter_key, members):
            found.append(case.id)
    return found
