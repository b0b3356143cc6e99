"""Whose a step is when a token comes to it: which post of which organisation, held back or not, until when."""

from datetime import datetime
from typing import Any

from engine.domain.bundle import by_itself
from engine.domain.case import State
from engine.domain.clock import Clock
from engine.domain.deadline import due
from engine.domain.identity import DISTRICT
from engine.domain.limit import Limit
from engine.domain.offer import AUTOMATIC
from engine.services import reminding
from engine.services.act import Act
from engine.services.timing import STAGE_CLOCK
from engine.spiff.parser import Node
from engine.spiff.runtime import Open
from engine.store import deadlines
from engine.store.cases import Case

#: A call activity is kept beside the tasks under this stage: it waits for a member, not for a person.
CALL = "call"
#: What the bundle's window does for all members at once; the members' own tasks of these stages are held back.
JOINT_STAGES = frozenset({"accept", "deliver"})
#: What the window of the home does where another place took the case in (代收); it sends the result back itself.
HOME_STAGES = frozenset({"prereview", "accept", "deliver"})


def waits_for_others(node: Node) -> bool:
    """Does the step wait for a member of the bundle, or for an act of the office itself?"""
    return bool(node.called or node.act)


def row(act: Act, case: Case, item: Open) -> dict[str, Any]:
    node = act.definition(case).nodes[item.node]
    stage = CALL if waits_for_others(node) else node.stage or "review"
    user, where, _ = item.note or (None, None, None)
    return {
        "case_id": case.id,
        "key": item.key,
        "node": node.id,
        "name": node.name,
        "stage": stage,
        "role": node.role or CALL,
        "org_id": where or org(act, case, node),
        "assignee_id": user,
        "claimed_at": act.at if user else None,
        "limit_text": node.limit,
        "opened_at": act.at,
        "due_at": due_of(act, case, node),
        "paused_at": None if node.suspends else case.paused_at,
        "held": is_held(case, node),
        "first": case.first,
    }


def is_held(case: Case, node: Node) -> bool:
    """Is the step nobody's for now: a call, a bundle's window's, not here yet, or a rule's to take?"""
    if case.state is State.COLLECTED and node.stage in HOME_STAGES:
        return True
    if case.flags.get(AUTOMATIC) and node.stage not in JOINT_STAGES | {"correct"}:
        return True
    if node.stage == "deliver" and by_itself(case.flags):
        return False
    return waits_for_others(node) or (case.parent_id is not None and node.stage in JOINT_STAGES)


def org(act: Act, case: Case, node: Node) -> int:
    if node.role in {"window", "applicant"}:
        return _faces(case, node)
    if case.acting_id is not None and node.role != "manager" and _is_passed(act, case, node):
        return case.acting_id
    if node.role == "manager":  # the district's managers oversee every department
        return act.library.org(act.db, node.dept or DISTRICT)
    if node.dept == "JD":  # the subdistrict where the case belongs, not a department of the district
        return case.street_id or act.library.org(act.db, node.dept)
    return act.library.org(act.db, node.dept) if node.dept else case.authority_id


def _faces(case: Case, node: Node) -> int:
    """Whose window does it: where he chose to pick up, the home's, or whoever took the case in and faces him."""
    if node.role == "window" and node.stage == "deliver" and case.pickup_id is not None:
        return case.pickup_id
    return case.accepts if node.role == "window" and node.stage in HOME_STAGES else case.hall_id


def _is_passed(act: Act, case: Case, node: Node) -> bool:
    """Does the step go to who acts for the authority: what is its own, or all where another region's does it?"""
    own = act.matter(case).authority
    return bool(case.crossing) or case.state is State.TRANSFERRED or node.dept in {None, "", own}


def due_of(act: Act, case: Case, node: Node) -> datetime:
    if node.limit:
        return due(Limit.parse(node.limit), act.at, act.calendar_of(case))
    if node.stage == "supply" and (promised_for := reminding.promise_due(act, case)) is not None:
        return promised_for
    terms = act.matter(case).terms
    clock = STAGE_CLOCK.get(node.stage or "")
    if clock in {Clock.NOTICE, Clock.PREREVIEW}:
        running = {row.clock: row.due_at for row in deadlines.running(act.db, case.id)}
        return running.get(clock) or due(getattr(terms, clock), case.complete_at, act.calendar_of(case))
    if clock:
        return due(getattr(terms, clock), act.at, act.calendar_of(case))
    return case.promised_due_at or due(terms.promise(case.flags), act.at, act.calendar_of(case))
