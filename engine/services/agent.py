"""What an agent does (代办人): applies, brings and withdraws for somebody else, within his mandate (R-ACC-7).

He proves himself by the code of his mandate; the journal names him as acting for his principal.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from engine.domain.case import Channel
from engine.domain.errors import Malformed, NotFound, NotYours, must_say
from engine.domain.identity import Actor, must_hold
from engine.domain.mandate import Basis
from engine.domain.material import Handed
from engine.services import applicant, mandating, receiving
from engine.services.act import Act
from engine.services.mandating import Presented
from engine.services.receiving import Application, Person
from engine.store import cases, mandates, people
from engine.store.cases import Case
from engine.store.db import Row


def acting(row: Row) -> Actor:
    """The agent of a mandate, as the journal names him."""
    return Actor(id=None, name=f"{row.agent[:24]}（代{row.principal[:24]}）")


def present(act: Act, principal: Person, agent: Person, shown: Presented, hall: str) -> Row:
    """Keep a letter of authority (授权书) that was shown at the window."""
    must_hold(act.by, "window", act.library.org(act.db, hall))
    return mandating.keep(
        act,
        receiving.known(act, principal, "principal"),
        receiving.known(act, agent, "agent"),
        shown,
        Basis.PAPER,
    )


def authorise(act: Act, case: Case, agent: Person, matters: Sequence[str], until: date) -> Row:
    """Give somebody a mandate online, as the principal: proved by the tracking code of what he filed himself."""
    if act.by.id is not None or cases.agent_of(act.db, case.id) is not None:
        raise NotYours(
            "网上授权须用本人自己申请的查询码；代办的件请本人到窗口办理授权。", code="mandate.not-own"
        )
    to = receiving.known(act, agent, "agent")
    row = mandating.keep(act, case.applicant_id, to, Presented(until, tuple(matters)), Basis.ONLINE)
    act.record("authorised", case, agent=row.agent, until=until.isoformat())
    return row


def revoke(act: Act, mandate_id: int, reason: str, of: Case | None = None) -> Row:
    """Take a mandate back: at the window, or online by the principal *of* a case he filed himself."""
    row = mandates.get(act.db, mandate_id)
    if act.by.id is not None:
        must_hold(act.by, "window")
    if (act.by.id is None or of is not None) and not _is_his(act, row, of):
        raise NotFound("没有这份授权。", code="mandate.unknown")
    reason = must_say(reason, "请写明撤销授权的原因。", code="reason.missing", field="reason")
    mandating.revoke(act, row, reason)
    return mandates.get(act.db, mandate_id)


def _is_his(act: Act, row: Row, of: Case | None) -> bool:
    """Is it a mandate of the applicant of that case? Online only what he filed himself proves who he is."""
    if of is None or row.principal_id != of.applicant_id:
        return False
    return act.by.id is not None or cases.agent_of(act.db, of.id) is None


def mandate(look: Act, code: str) -> Row:
    """Return the mandate a code opens. Raises `NotFound`."""
    return mandates.by_code(look.db, code)


def principal(act: Act, row: Row) -> Person:
    """For whom a mandate lets one act."""
    return _known(act, row.principal_id)


def apply(act: Act, row: Row, application: Application) -> Case:
    """Apply online for the principal; who both are is what the mandate says, whatever was filled in."""
    pair = [_known(act, person) for person in (row.principal_id, row.agent_id)]
    return applicant.apply(
        act, replace(application, applicant=pair[0], agent=pair[1], mandate=None, channel=Channel.ONLINE)
    )


def _known(act: Act, applicant_id: int) -> Person:
    found = people.applicant_row(act.db, applicant_id)
    return Person(found.kind, found.id_number, found.name, found.phone)


def supplement(act: Act, row: Row, case: Case, handed: Sequence[Handed]) -> Case:
    """Bring what was asked for or promised, for the principal."""
    _must_act(act, row, case)
    return applicant.supplement(act, case, handed)


def withdraw(act: Act, row: Row, case: Case, reason: str) -> Case:
    """Take back what he filed for the principal."""
    _must_act(act, row, case)
    if not reason.strip():
        raise Malformed("请写明撤回的原因。", code="reason.missing", field="reason")
    return applicant.withdraw(act, case, reason)


def _must_act(act: Act, row: Row, case: Case) -> None:
    """Raise a refusal unless the case is one he filed for this principal, and a mandate still stands for it."""
    if case.applicant_id != row.principal_id or cases.agent_of(act.db, case.id) != row.agent_id:
        raise NotFound("这份授权下没有该申请。", code="case.unknown", field="no")
    members = [member.matter_key for member in cases.members(act.db, case.shelf)]
    mandating.must_cover(act, row.principal_id, row.agent_id, cases.key_of(act.db, case.shelf), members)
