"""The one home of a case's clocks: where they start, stop, go on, are extended, reckoned anew and end.

Whoever acts changes what is known of a clock; when it is due is asked of domain/deadline.py here and nowhere
else, and written to the deadline, to the ledger of what was known (R-CNT-7), to the case and to its tasks.
"""

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.clock import LEDGER, Clock, Precision
from engine.domain.deadline import Pause, due
from engine.domain.limit import Limit
from engine.services import carding
from engine.services.act import Act
from engine.store import cases, deadlines, dues, stops
from engine.store.cases import Case
from engine.store.db import Row
from engine.store.dues import Cause

#: The clocks whose due moment stands on the case itself.
ON_CASE = {Clock.PROMISED: "promised_due_at", Clock.LEGAL: "legal_due_at"}
#: Stages without a limit of their own are due with the clock that binds them.
STAGE_CLOCK = {
    "prereview": "prereview",
    "accept": "notice",
    "correct": "answer",
    "deliver": "delivery",
    "follow": "follow",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock whose due moment changed: which, from when, to when."""

    deadline_id: int
    clock: Clock
    old: datetime
    new: datetime


def row(
    act: Act,
    case: Case,
    clock: Clock,
    limit: Limit,
    since: datetime,
    key: str = "",
    precision: Precision = Precision.DATE,
) -> dict[str, Any]:
    """Return a deadline ready to be started; one that starts while the case is stopped stands with the others."""
    calendar = act.calendar_of(case)
    pauses = deadlines.paused_of(act.db, case.id).get(clock, ()) if case.paused_at is not None else ()
    begun = {"clock": clock, "limit_text": str(limit), "started_at": since}
    return {
        "case_id": case.id,
        "key": key,
        **begun,
        "due_at": due(limit, since, calendar, pauses, precision=precision),
        "armed": not _stands(pauses),
        "calendar": calendar.version,
        "precision": precision,
        "card_at": carding.first(act, case, begun, pauses),
    }


def start(act: Act, case: Case, rows: Sequence[Mapping[str, Any]]) -> None:
    """Start clocks; what is due of the whole case is written to its ledger."""
    if not any(each["clock"] in LEDGER for each in rows):
        deadlines.start(act.db, rows)
        return
    ids = deadlines.begin(act.db, rows)
    begun = [(each, new) for each, new in zip(rows, ids, strict=True) if each["clock"] in LEDGER]
    dues.add(act.db, [_known(act, case, new, each, each["due_at"], Cause.STARTED) for each, new in begun])
    for each, _ in begun:
        _tell_case(case, each["clock"], each["due_at"])


def _known(
    act: Act,
    case: Case,
    deadline_id: int,
    clock: Mapping[str, Any],
    due_at: datetime | None,
    cause: str,
    document: str = "",
) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "deadline_id": deadline_id,
        "clock": clock["clock"],
        "due_at": due_at,
        "since": act.at,
        "until": None,
        "cause": cause,
        "calendar": clock["calendar"],
        "document": document,
    }


def settle(act: Act, case: Case, clocks: Iterable[Clock] = (), keys: Iterable[str] = ()) -> None:
    """End clocks of a case, and those that hang on tokens (*keys*) which are gone."""
    clocks, keys = tuple(clocks), tuple(keys)
    if not clocks:
        deadlines.settle_tokens(act.db, case.id, act.at, keys)
        dues.close_tokens(act.db, case.id, act.at, keys)
        return
    ended = deadlines.settle(act.db, case.id, act.at, clocks, keys)
    known = [each.id for each in ended if each.clock in LEDGER]
    if known:
        dues.close(act.db, known, act.at)
    # what ends late has earned its card, whether or not the worker came first
    late = [each for each in ended if each.card_at is not None and each.card_at <= act.at]
    carding.give(act, late)


def stop(
    act: Act,
    case: Case,
    clocks: Sequence[Clock],
    ground: str,
    *,
    notice: str = "",
    cap: datetime | None = None,
    stop_id: int | None = None,
) -> None:
    """Stop *clocks* for *ground* (R-CNT-5); with an announced end (*cap*) they are due later, not never (R-CNT-6)."""
    deadlines.pause(act.db, case.id, clocks, ground, notice, act.at, cap=cap, stop_id=stop_id)
    _reckon(act, case, _running(act, case, clocks), Cause.STOPPED)


def hold(act: Act, case: Case, clocks: Sequence[Clock]) -> None:
    """Reckon *clocks* anew that a stop which had ended holds again."""
    _reckon(act, case, _running(act, case, clocks), Cause.STOPPED)


def resume(act: Act, case: Case, clocks: Sequence[Clock], stop_id: int | None = None) -> None:
    """Let *clocks* run again: due moves by the union of the pauses, tasks and case with it (R-CNT-5)."""
    deadlines.resume(act.db, case.id, clocks, act.at, stop_id)
    _reckon(act, case, _running(act, case, clocks), Cause.RESUMED)


def reopen(act: Act, case: Case, keys: Set[str]) -> None:
    """Let the clocks of tokens that are back (*keys*) count on, moved by what stopped the case meanwhile."""
    deadlines.reopen(act.db, case.id, sorted(keys))
    again = [each for each in deadlines.running(act.db, case.id) if each.key in keys]
    _reckon(act, case, again, Cause.RESUMED)


def extend(
    act: Act,
    case: Case,
    clocks: Sequence[Clock],
    more: Limit,
    document: str = "",
    only: Container[int] | None = None,
) -> None:
    """Give *clocks*, or *only* those deadlines of them, more time on top of their limit (R-LIM-1, R-TOL-4).

    One that had passed runs again.
    """
    found = [each for each in _running(act, case, clocks) if only is None or each.id in only]
    _reckon(act, case, found, Cause.EXTENDED, document, more)


def recompute(act: Act, case: Case, cause: Cause = Cause.CALENDAR, document: str = "") -> tuple[Moved, ...]:
    """Reckon every running clock anew by the calendar as it now is, and return those that moved (R-CNT-7)."""
    rows = deadlines.running(act.db, case.id)
    ends = _reckon(act, case, [each for each in rows if _ends_a_stop(each)], cause, document)
    for moved in ends:  # what was announced in working days ends on another day, and the clocks go on then
        replan(act, case, moved.old, moved.new, cause, document)
    rest = [each for each in rows if not _ends_a_stop(each)]
    return ends + _reckon(act, case, rest, cause, document)


def replan(
    act: Act, case: Case, old: datetime, new: datetime, cause: Cause = Cause.STOPPED, document: str = ""
) -> None:
    """Move the announced end of what stops a case; a bundle that stands still with its member is told (R-BUN-10)."""
    tell_bundle(act, case, stops.replan(act.db, case.id, old, new), cause, document)


def tell_bundle(
    act: Act, case: Case, moved: Iterable[Row], cause: Cause = Cause.STOPPED, document: str = ""
) -> None:
    """Tell the bundle of a member that stops of it end at another moment than was known, or go on after all."""
    if case.parent_id is None:
        return
    about = {"member": case.matter_key, "cause": str(cause), "document": document}
    for each in moved:
        act.say(case.parent_id, case, "stop moved", {"stop": each.id}, about)


def follow(
    act: Act, case: Case, clocks: Sequence[Clock], stop: Row, cause: Cause, document: str = ""
) -> bool:
    """Let *clocks* stand still for as long as another case's *stop* does now; tell whether they do so at all."""
    held = stops.follow(act.db, case.id, stop)
    if held:
        _reckon(act, case, _running(act, case, clocks), cause, document)
    return held


def _ends_a_stop(clock: Row) -> bool:
    """Is it the announced time of a stop: a special procedure, or a broken promise's second chance?"""
    return clock.clock == Clock.SPECIAL or (clock.clock == Clock.TOLERANCE and bool(clock.key))


def _running(act: Act, case: Case, clocks: Sequence[Clock]) -> list[Row]:
    return [each for each in deadlines.running(act.db, case.id) if each.clock in clocks]


def _reckon(
    act: Act, case: Case, rows: Sequence[Row], cause: Cause, document: str = "", more: Limit | None = None
) -> tuple[Moved, ...]:
    """Ask when each of *rows* is due now, and write it wherever it stands."""
    pauses = deadlines.paused_of(act.db, case.id)
    found = [(each, _anew(act, case, each, pauses.get(each.clock, ()), more)) for each in rows]
    deadlines.move(act.db, [new for _, new in found])
    moved = tuple(
        Moved(old.id, Clock(old.clock), old.due_at, new["due_at"])
        for old, new in found
        if new["due_at"] != old.due_at
    )
    _tell_ledger(act, case, found, cause, document)
    _tell_tasks(act, case, {old.key: new["due_at"] for old, new in found if old.key})
    return moved


def _anew(act: Act, case: Case, clock: Row, pauses: tuple[Pause, ...], more: Limit | None) -> dict[str, Any]:
    calendar = act.calendar_of(case)
    extension = str(more) if more else clock.extension
    due_at = due(
        Limit.parse(clock.limit_text),
        clock.started_at,
        calendar,
        pauses,
        extension=Limit.parse(extension) if extension else None,
        precision=Precision(clock.precision),
    )
    again = clock.fired_at is None or due_at > act.at
    now = {**deadlines.known(clock), "extension": extension}
    return {
        "id": clock.id,
        "due_at": due_at,
        "calendar": calendar.version,
        "armed": again and not _stands(pauses),
        "extension": extension,
        "fired_at": None if again else clock.fired_at,
        "card_at": carding.following(act, case, clock.id, now, pauses),
    }


def _stands(pauses: Iterable[Pause]) -> bool:
    """Does the clock stand still with nobody knowing until when?"""
    return any(pause.stopped is None for pause in pauses)


def _tell_ledger(
    act: Act, case: Case, found: Sequence[tuple[Row, dict[str, Any]]], cause: Cause, document: str
) -> None:
    """Write down what is known from now on; of a clock that never moved before, also what was known till now."""
    told = [(old, new) for old, new in found if _is_news(old, new, cause)]
    if not told:
        return
    before = dues.close(act.db, [old.id for old, _ in told], act.at)
    rows = [
        {
            **_known(act, case, old.id, _plain(old), old.due_at, Cause.STARTED),
            "since": old.started_at,
            "until": act.at,
        }
        for old, _ in told
        if old.id not in before
    ]
    for old, new in told:
        standing = not new["armed"] and new["fired_at"] is None
        known = {"clock": old.clock, "calendar": new["calendar"]}
        rows.append(_known(act, case, old.id, known, None if standing else new["due_at"], cause, document))
        _tell_case(case, old.clock, new["due_at"])
    dues.add(act.db, rows)


def _is_news(old: Row, new: Mapping[str, Any], cause: Cause) -> bool:
    """Everything said of a clock of the whole case is; a new calendar only where it moved something."""
    if old.clock not in LEDGER and old.clock != Clock.DELIVERY:
        return False
    return cause is not Cause.CALENDAR or new["due_at"] != old.due_at


def _plain(clock: Row) -> dict[str, Any]:
    return {"clock": clock.clock, "calendar": clock.calendar}


def _tell_case(case: Case, clock: str, due_at: datetime) -> None:
    column = ON_CASE.get(Clock(clock))
    if column is not None:
        setattr(case, column, due_at)


def _tell_tasks(act: Act, case: Case, keyed: Mapping[str, datetime]) -> None:
    """Tasks are due with the clock that hangs on them; those without a limit of their own, with the case."""
    found = {}
    for task in cases.open_tasks(act.db, case.id):
        if task.key in keyed:
            found[task.id] = keyed[task.key]
        elif not task.limit_text and task.stage not in STAGE_CLOCK and case.promised_due_at is not None:
            found[task.id] = case.promised_due_at
    cases.due_tasks(act.db, case.id, found)
