"""Handling tickets (工单): taken by whoever is met first, passed on, answered, called back, closed, traced.

A ticket is locked by itself and never moves a case; what a case does to it is only to begin one (未办成事回访).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain import ticket as rules
from engine.domain.case import STATE_NAMES, State
from engine.domain.deadline import due
from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours, must_say
from engine.domain.identity import Role, must_hold
from engine.domain.limit import Limit
from engine.domain.matter import limit
from engine.domain.rating import is_bad
from engine.domain.ticket import Cause, Kind, Source, Standing, Terms
from engine.services.act import Act
from engine.store import cases, catalog, people, tickets
from engine.store.cases import Case
from engine.store.db import Row

#: Whose posts take tickets in.
TAKERS = (Role.WINDOW, Role.MANAGER)
#: Whose posts in the organisation it lies with answer one.
ANSWERERS = (Role.WINDOW, Role.CHIEF, Role.LEADER, Role.SUBDISTRICT, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody came with: a question, a complaint, something he cannot get done; about a case or none."""

    kind: Kind
    words: str
    source: Source = Source.WINDOW
    no: str = ""
    matter: str = ""
    caller: str = ""
    phone: str = ""
    cause: Cause | None = None
    connected: bool | None = None
    org: str = ""


def take(act: Act, told: Told) -> Row:
    """Take a ticket in; whoever does is its first contact (首问负责) and stays so.

    It lies with the organisation named, else with his own. Raises `Incomplete` without words, `NotFound` for a case
    or matter there is none of.
    """
    own = _desk(act)
    if told.kind is Kind.FOLLOW_UP:
        raise Malformed("回访工单由系统生成，不能手工登记。", code="ticket.kind", field="kind")
    if not told.words.strip():
        raise Incomplete("请写明反映的问题。", code="words.missing", field="words")
    case_id = cases.id_of(act.db, told.no) if told.no else None
    matter = tickets.matter_of(act.db, case_id) if case_id else told.matter
    if matter and not case_id:
        catalog.current(act.db, matter)
    org = people.org(act.db, told.org).id if told.org else own
    values = {
        "kind": told.kind,
        "source": told.source,
        "case_id": case_id,
        "matter_key": matter,
        "caller": told.caller.strip(),
        "phone": told.phone.strip(),
        "words": told.words.strip(),
        "cause": told.cause,
        "connected": told.connected,
        "first_contact_id": act.by.id,
        "first_org_id": own,
    }
    ticket_id = _open(act, values, org, terms(act).answer)
    _record(act, ticket_id, "taken", org=org)
    return tickets.lock(act.db, ticket_id)


def follow_up(act: Act, case: Case, state: State, reason: str) -> None:
    """Let somebody call whose application came to nothing (未办成事回访), within the time of the region or matter."""
    if case.mystery or not rules.is_followed(state, member=case.parent_id is not None):
        return
    allowed = limit(act.matter(case).record.get("follow_up"), terms(act).follow_up)
    why = f"{STATE_NAMES[state]}：{reason.strip()}" if reason.strip() else STATE_NAMES[state]
    values = {
        "kind": Kind.FOLLOW_UP,
        "source": Source.HOUSE,
        "case_id": case.id,
        "matter_key": case.matter_key,
        "words": why[:1000],
        "first_contact_id": None,
        "first_org_id": case.hall_id,
    }
    ticket_id = _open(act, values, case.hall_id, allowed)
    _record(act, ticket_id, "taken", org=case.hall_id)


def terms(act: Act) -> Terms:
    """How long tickets may take here."""
    return Terms.read(act.library.practice(act.region))


def _open(act: Act, values: dict[str, Any], org: int, allowed: Limit) -> int:
    return tickets.add(
        act.db, **values, org_id=org, at=act.at, assigned_at=act.at, standing=Standing.OPEN,
        limit_text=str(allowed), **_reckoned(act, org, act.at, allowed),
    )  # fmt: skip


def _reckoned(
    act: Act, org: int, since: datetime, allowed: Limit, more: Limit | None = None
) -> dict[str, Any]:
    """When it is due, by the calendar of whoever has it."""
    calendar = act.calendar_at(org)
    return {"due_at": due(allowed, since, calendar, extension=more), "calendar": calendar.version}


def _again(act: Act, ticket: Row, org: int, extension: str) -> dict[str, Any]:
    more = Limit.parse(extension) if extension else None
    return _reckoned(act, org, ticket.at, Limit.parse(ticket.limit_text), more)


def reckon(act: Act) -> int:
    """Reckon the open tickets anew that a new calendar has left behind (R-CNT-7); return how many."""
    versions = act.versions
    found = tickets.stale(act.db, versions.orgs, versions.national)
    for ticket in found:
        tickets.change(act.db, ticket.id, **_again(act, ticket, ticket.org_id, ticket.extension))
    return len(found)


# -- passing on ------------------------------------------------------------------------------------------------


def transfer(act: Act, ticket_id: int, org: str, words: str) -> Row:
    """Pass a ticket on (转办); its first contact and its due moment stay, only another answers it."""
    ticket = _mine(act, ticket_id, Standing.OPEN, "转办")
    words = must_say(words, "转办须写明理由。")
    to = people.org(act.db, org).id
    if to == ticket.org_id:
        raise Malformed("工单已在该机构，不必转办。", code="ticket.same-org", field="org")
    return _move(act, ticket, to, "transferred", words)


def give_back(act: Act, ticket_id: int, words: str) -> Row:
    """Give a wrongly assigned ticket (误派) back to whoever passed it on, within 24 hours."""
    ticket = _mine(act, ticket_id, Standing.OPEN, "退回")
    words = must_say(words, "退回须说明为何不归本单位办理。")
    rules.must_still_go_back(ticket.assigned_at, act.at, terms(act), act.calendar_at(ticket.org_id))
    to = tickets.given_away_by(act.db, ticket.id)
    to = ticket.first_org_id if to is None else to
    if to == ticket.org_id:
        raise NotNow("工单就是本单位首问登记的，不能退回；不归本单位办理的请转办。", code="ticket.own")
    return _move(act, ticket, to, "given back", words)


def _move(act: Act, ticket: Row, to: int, how: str, words: str) -> Row:
    tickets.change(
        act.db, ticket.id, org_id=to, assigned_at=act.at, **_again(act, ticket, to, ticket.extension)
    )
    _record(act, ticket.id, how, words=words, to=to, **{"from": ticket.org_id})
    return tickets.lock(act.db, ticket.id)


def extend(act: Act, ticket_id: int, words: str) -> Row:
    """Give a hard one more time, once, on the manager's word (安阳: 5 + 5 working days)."""
    must_hold(act.by, Role.MANAGER)
    ticket = tickets.lock(act.db, ticket_id)
    rules.must_be(Standing(ticket.standing), Standing.OPEN, "延期")
    words = must_say(words, "延期须写明理由。")
    if ticket.extension:
        raise NotNow("工单已经延期一次，不得再延。", code="extend.twice")
    if act.at >= ticket.due_at:
        raise NotNow("工单已经超期，不能再延；请立即答复。", code="extend.late")
    more = terms(act).more
    tickets.change(act.db, ticket.id, extension=str(more), **_again(act, ticket, ticket.org_id, str(more)))
    _record(act, ticket.id, "extended", words=words, by=more.words())
    return tickets.lock(act.db, ticket.id)


# -- answering -------------------------------------------------------------------------------------------------


def answer(act: Act, ticket_id: int, words: str, cause: Cause | None = None) -> Row:
    """Answer, and say why it happened; a question is closed with its answer, all else is called back first."""
    ticket = _mine(act, ticket_id, Standing.OPEN, "答复")
    words = must_say(words, "请写明答复内容。")
    why = cause or (Cause(ticket.cause) if ticket.cause else None)
    rules.must_name_cause(Kind(ticket.kind), why)
    done = Kind(ticket.kind) is Kind.CONSULT
    tickets.change(
        act.db, ticket.id, answer=words, cause=why, answered_at=act.at, answered_by=act.by.id,
        standing=Standing.CLOSED if done else Standing.ANSWERED, closed_at=act.at if done else None,
    )  # fmt: skip
    _record(act, ticket.id, "answered", words=words, **({"cause": str(why)} if why else {}))
    return tickets.lock(act.db, ticket.id)


def call_back(
    act: Act, ticket_id: int, words: str, *, connected: bool, satisfaction: int | None = None
) -> Row:
    """Call whoever came with it; reached, it is closed with what he thinks, and who is not satisfied is heard again."""
    ticket = _mine(act, ticket_id, Standing.ANSWERED, "回访")
    words = must_say(words, "请写明回访情况。")
    again = satisfaction is not None and is_bad(satisfaction) and not _was_reopened(act, ticket.id)
    known = {"connected": connected, "satisfaction": satisfaction}
    if not connected:
        tickets.change(act.db, ticket.id, connected=False)
    elif again:
        tickets.change(act.db, ticket.id, **known, called_at=act.at, standing=Standing.OPEN)
    else:
        tickets.change(
            act.db, ticket.id, **known, called_at=act.at, standing=Standing.CLOSED, closed_at=act.at
        )
    how = "reopened" if connected and again else "called" if connected else "not reached"
    _record(act, ticket.id, how, words=words, satisfaction=satisfaction)
    return tickets.lock(act.db, ticket.id)


def _was_reopened(act: Act, ticket_id: int) -> bool:
    return any(entry.act == "reopened" for entry in tickets.history(act.db, ticket_id))


def trace(act: Act, ticket_id: int, org: str, words: str) -> Row:
    """Say after the end whose doing it was and what is changed for it (责任倒查)."""
    must_hold(act.by, Role.MANAGER)
    ticket = tickets.lock(act.db, ticket_id)
    rules.must_be(Standing(ticket.standing), Standing.CLOSED, "责任倒查")
    words = must_say(words, "请写明倒查结论和改进措施。")
    tickets.change(
        act.db, ticket.id, traced=words, traced_org_id=people.org(act.db, org).id, traced_at=act.at,
        traced_by=act.by.id,
    )  # fmt: skip
    _record(act, ticket.id, "traced", words=words)
    return tickets.lock(act.db, ticket.id)


# -- who and what ----------------------------------------------------------------------------------------------


def _desk(act: Act) -> int:
    """Where whoever takes a ticket in sits. Raises `NotYours` for anybody else."""
    for role in TAKERS:
        held = sorted(post.org for post in act.by.posts if post.role == role)
        if held:
            return held[0]
    raise NotYours("工单由综合窗口或督办管理岗登记。", code="post.missing", role=str(Role.WINDOW))


def _mine(act: Act, ticket_id: int, wanted: Standing, deed: str) -> Row:
    """Lock a ticket that lies with an organisation he answers for, and stands as it must."""
    ticket = tickets.lock(act.db, ticket_id)
    if not (act.by.holds(Role.MANAGER) or any(act.by.holds(role, ticket.org_id) for role in ANSWERERS)):
        raise NotYours("工单由所在机构的窗口或负责人办理。", code="post.missing")
    rules.must_be(Standing(ticket.standing), wanted, deed)
    return ticket


def _record(act: Act, ticket_id: int, what: str, **data: Any) -> None:
    tickets.record(act.db, ticket_id, act.at, (act.by.id, act.by.name), what, data)
