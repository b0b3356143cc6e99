"""Trouble (异常) with a case: told apart from the actor's own mistakes, written down, settled when it is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.domain.errors import Halted, NotNow, Refused
from engine.domain.incident import RETRIED, Source, is_of_the_diagram
from engine.services.act import Act
from engine.store import cases, deadlines, incidents, journal
from engine.store.cases import Case
from engine.store.db import Row

#: How an incident that took care of itself was settled.
DONE = "再次办理成功"
MOOT = "所涉环节、时限或来信已不在办"


@contextmanager
def watched(act: Act, case: Case, what: str, key: str, node: str | None = None) -> Iterator[None]:
    """Let the case's diagram take a step; a refusal that is the diagram's own fault becomes `Halted`.

    *what* and *key* say which step it is; *node* is where it is, if the refusal does not name an element.
    """
    about = f"{case.id}:{key[:80]}:{what}"  # as long as its column
    try:
        yield
    except Halted:
        raise
    except Refused as refused:
        if not is_of_the_diagram(refused.code):
            raise
        raise Halted(
            refused.message,
            code=refused.code,
            element=refused.element or node,
            about=about,
            what=what,
            matter=case.matter_key,
            case_id=case.id,
        ) from refused
    act.stepped.add(about)


@contextmanager
def begun(act: Act, case: Case) -> Iterator[None]:
    """Let the diagram begin; where it cannot, the case will be gone, and the incident is its matter's."""
    about = f"{case.matter_key}:start"
    try:
        with watched(act, case, "start", ""):
            yield
    except Halted as halted:
        halted.tried, halted.case_id = about, None
        raise
    incidents.settle_about(act.db, Source.ACT, about, act.at, DONE)


def report(
    act: Act, source: Source, about: str, what: str, fault: Exception, case_id: int | None, matter: str = ""
) -> Row:
    """Write an incident down in an act of its own, or count the open one of the same thing up; return it."""
    case = act.take(case_id) if case_id is not None else None
    refused = fault if isinstance(fault, Refused) else None
    incident, times = incidents.report(
        act.db,
        case_id=case_id,
        matter_key=case.matter_key if case else matter,
        source=source,
        about=about,
        what=what,
        by_id=act.by.id,
        by_name=act.by.name,
        code=refused.code if refused else "fault",
        element=refused.element if refused else None,
        message=refused.message if refused else "系统故障，详见系统日志。",
        at=act.at,
        last_at=act.at,
    )
    if source in RETRIED:
        incidents.next_try(act.db, incident, times, act.at)
    found = incidents.get(act.db, incident)
    if case and times == 1:
        case.troubled = True
        act.record("incident", case, code=found.code, element=found.element, message=found.message)
    return found


def review(act: Act) -> None:
    """Settle what is over with the cases of this act: what succeeded, and what nobody will try again."""
    for case in act.taken:
        if case.troubled:
            found = incidents.still_open(act.db, case.id)
            over = [(row, how) for row in found if (how := _how_ended(act, case, row))]
            for row, how in over:
                _settle(act, case, row, how)
            case.troubled = len(over) < len(found)


def _how_ended(act: Act, case: Case, row: Row) -> str | None:
    """Say how what an incident is about came to its end; None while it has not."""
    if row.source == Source.LETTER:
        letter = journal.letter(act.db, int(row.about))
        return DONE if letter is None or letter.taken_at else None
    if row.source == Source.DEADLINE:
        deadline = deadlines.get(act.db, int(row.about))
        fired = deadline is None or deadline.fired_at
        return DONE if fired else MOOT if deadline and deadline.settled_at else None
    if row.source == Source.CARD:
        clock = deadlines.get(act.db, int(row.about))
        waits = clock is not None and clock.card_at is not None and clock.card_at <= act.at
        return None if waits and clock is not None and clock.settled_at is None else DONE
    if row.source == Source.CALENDAR:
        return DONE if row.about in act.stepped else None
    if row.source == Source.ACT:
        return DONE if row.about in act.stepped else MOOT if _nobody_repeats(act, case, row) else None
    return None


def _nobody_repeats(act: Act, case: Case, row: Row) -> bool:
    key = row.about.split(":")[1]
    keys = {task.key for task in cases.open_tasks(act.db, case.id)}
    return case.flow is None or (key.isdecimal() and key not in keys)


def _settle(act: Act, case: Case, row: Row, how: str, by: int | None = None) -> None:
    incidents.settle(act.db, row.id, act.at, by, how)
    act.record("incident settled", case, code=row.code, element=row.element, reason=how)


def dismiss(act: Act, incident_id: int, reason: str) -> Row:
    """Settle an open incident because somebody says so. Raises `NotNow` for one that is settled."""
    row = _open(act, incident_id)
    if row.case_id is None:
        incidents.settle(act.db, row.id, act.at, act.by.id, reason)
    else:
        case = act.take(row.case_id)
        _settle(act, case, row, reason, act.by.id)
    return incidents.get(act.db, incident_id)


def again(act: Act, incident_id: int) -> Row:
    """Try a letter or deadline that failed again at once: as soon as this act is over."""
    row = _open(act, incident_id)
    if row.source == Source.LETTER:
        letter = journal.letter(act.db, int(row.about))
        if letter is not None:
            journal.postpone(act.db, letter.id, None)
            act.awakened.add(letter.to_id)
    elif row.source in RETRIED:
        act.due.append((Source(row.source), int(row.about), row.case_id))
    else:
        raise NotNow(_WHO_REPEATS[Source(row.source)].format(who=row.by_name), code="incident.not-retryable")
    act.record("incident retried", act.take(row.case_id), code=row.code, element=row.element)
    return row


#: What is said where the house cannot try again by itself.
_WHO_REPEATS = {
    Source.ACT: "这是{who}办理时出的异常，不能代为重试；请{who}或同岗人员在原处再办一次，办成后自动结案。",
    Source.CALENDAR: "系统会自动按新日历再次重算，成功后自动结案；如一直不成功，请核实该件的时限。",
    Source.EVENT: "这是流程抛出而没有环节接住的事件，没有可重试的步骤；请核实后写明理由结案。",
    Source.FORMER: "这条异常由旧版本记录，没有可重试的步骤；请核实后写明理由结案。",
}


def _open(act: Act, incident_id: int) -> Row:
    row = incidents.get(act.db, incident_id)
    if row.settled_at is not None:
        raise NotNow("这条异常已经结案，请刷新。", code="incident.settled")
    return row
