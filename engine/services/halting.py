"""Special procedures (特别程序): how one begins with its written notice, ends, or lasts longer than announced.

An approver begins and ends one by his own act; an activity marked ``gov:suspends`` does so by itself.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from engine.domain import sheet, special
from engine.domain.clock import Clock, Halt, touched
from engine.domain.deadline import due, last_day
from engine.domain.errors import NotNow
from engine.domain.limit import Limit
from engine.domain.paper import Kind
from engine.domain.sheet import chinese
from engine.services import issuing, timing
from engine.services.act import Act
from engine.store import cases, stops
from engine.store.cases import Case
from engine.store.db import Row

#: The clocks a special procedure holds.
HELD = touched(Halt.SPECIAL)
#: What the notice says where the diagram begins the procedure.
_HELD = "特别程序：{ground}；所需时间：{time}（至{day}），不计入办理时限；超出所需时间的部分照常计算。"
#: And where a broken promise has a second chance (R-TOL-5): that is no special procedure of the law.
_WAITED = "中止期：{time}（至{day}），不计入办理时限；补齐之日恢复办理，期满仍未补齐的退件。"
_NOTICE = "本件须进行{ground}，所需时间 {time}（至 {day}），不计入办理时限。"


def begin(
    act: Act,
    case: Case,
    ground: str,
    notice: str,
    planned: Limit,
    key: str = "",
    clock: Clock = Clock.SPECIAL,
) -> int:
    """Stop the clocks for *planned* and no longer, and tell the applicant in writing (R-LIM-5, R-CNT-6).

    *key* is the token of the activity that is the procedure; without one it is somebody's act. *clock* is the
    one its own time is watched by: the applicant's where he is waited for (容缺待补). Returns the stop's id.
    Raises `Malformed` for a ground that is not on the list.
    """
    known = special.ground(
        ground, {**special.grounds(act.matter(case).record), special.PROMISE.name: special.PROMISE}
    )
    until = due(planned, act.at, act.calendar_of(case))
    words = notice.strip() or _NOTICE.format(ground=ground, time=planned.words(), day=last_day(until))
    kind, more = (Kind.SUSPENSION, _WAITED) if _is_promise(ground) else (Kind.STOP, _HELD)
    more = more.format(ground=ground, time=planned.words(), day=chinese(last_day(until)))
    no = issuing.tell(act, case, kind, words, more, articles=[known.basis])
    stop_id = stops.begin(
        act.db, case_id=case.id, ground=ground, notice=words, document_no=no, planned_at=until, begun_at=act.at,
        key=key, by_id=act.by.id,
    )  # fmt: skip
    timing.stop(act, case, HELD, ground, notice=words, cap=until, stop_id=stop_id)
    own = timing.row(act, case, clock, planned, act.at, key or stops.own_key(stop_id))
    timing.start(act, case, [own])
    _show(act, case)
    if (
        case.parent_id is not None and ground != special.PROMISE.name
    ):  # its bundle's time is not it either (R-BUN-10)
        act.say(case.parent_id, case, "halted", {"stop": stop_id}, {"member": case.matter_key})
    act.record(
        "suspended", case, ground=ground, notice=words, document_no=no, planned=str(planned),
        until=last_day(until).isoformat(),
    )  # fmt: skip
    return stop_id


def _is_promise(ground: str) -> bool:
    return ground == special.PROMISE.name


def end(act: Act, case: Case, stop: Row, result: str = "") -> None:
    """Let the clocks run again with what was left of them (R-CNT-5); another stop may still hold them."""
    stops.end(act.db, stop.id, act.at, result)
    timing.settle(act, case, keys=[stops.key_of(stop)])
    timing.resume(act, case, HELD, stop.id)
    _show(act, case)
    _tell_bundle(act, case, stop)
    told = sheet.resumption(
        issuing.about(act, case), stop.ground, stop.document_no, act.today, case.promised_due_at, result
    )
    basis = [special.PROMISE.basis] if _is_promise(stop.ground) else None
    notice_no = issuing.issue(act, case, Kind.RESUMPTION, told, basis)
    act.record(
        "resumed", case, ground=stop.ground, document_no=stop.document_no, result=result, notice_no=notice_no
    )


def _tell_bundle(act: Act, case: Case, stop: Row) -> None:
    if case.parent_id is not None and stop.ground != special.PROMISE.name:
        act.say(case.parent_id, case, "goes on", {"stop": stop.id})


def let_go(act: Act, case: Case) -> None:
    """A member that ends while it is stopped holds its bundle's clocks no longer."""
    for stop in running(act, case) if case.parent_id is not None and case.paused_at is not None else ():
        _tell_bundle(act, case, stop)


def running(act: Act, case: Case) -> Sequence[Row]:
    """The procedures of a case that have not ended, in order."""
    return stops.open_(act.db, case.id)


def supplied(act: Act, case: Case) -> None:
    """Everything promised has come: what waited for it goes on (R-TOL-5)."""
    for stop in running(act, case):
        if _is_promise(stop.ground):
            end(act, case, stop, "材料已补齐")


def replan(act: Act, case: Case, ground: str, until: datetime) -> None:
    """Let the procedures of that ground end at another moment, and the clocks they hold go on then."""
    for stop in running(act, case):
        if stop.ground == ground and stop.planned_at is not None:
            timing.replan(act, case, stop.planned_at, until)
            timing.hold(act, case, HELD)


def end_of(act: Act, case: Case, keys: Sequence[str]) -> None:
    """End the procedures whose activities are gone."""
    for stop in stops.open_(act.db, case.id):
        if stop.key in keys:
            end(act, case, stop)


def again(act: Act, case: Case, keys: Collection[str]) -> None:
    """Procedures whose activities are back (拿回) hold the clocks as if they had never ended."""
    if back := stops.reopen(act.db, case.id, keys):
        timing.hold(act, case, HELD)
        timing.tell_bundle(act, case, back)
        _show(act, case)


def overrun(act: Act, case: Case) -> None:
    """A procedure has lasted as long as was announced: what comes on top no longer stops the clock (R-CNT-6)."""
    _show(act, case)


def must_not_hold(act: Act, case: Case, task: Row) -> None:
    """Raise `NotNow` while a procedure somebody began holds the case.

    An activity that is a procedure is itself worked on, and beside it everything but the decision.
    """
    if case.paused_at is None:
        return
    holding = [stop for stop in _holding(act, stops.open_(act.db, case.id)) if stop.key != task.key]
    if any(not stop.key or task.stage == "decide" for stop in holding):
        raise NotNow("办件正在特别程序中，时限已中止；请先恢复办理。", code="case.paused")


def _holding(act: Act, found: Iterable[Row]) -> list[Row]:
    return [stop for stop in found if stop.planned_at is None or stop.planned_at > act.at]


def _show(act: Act, case: Case) -> None:
    """Say on the case and on its tasks since when a procedure holds them."""
    running = stops.open_(act.db, case.id)
    holding = _holding(act, running)
    case.paused_at = min((stop.begun_at for stop in holding), default=None)
    cases.pause_tasks(act.db, case.id, case.paused_at, but=[stop.key for stop in running if stop.key])
