"""Acting on hearings (听证): the right is told, asked for or given up, the day set, the hearing held (R-LIM-7).

From the asking to the holding the clocks stand still, by written notice, as for any special procedure (R-LIM-5).
"""

from datetime import datetime

from engine.domain import hearing, sheet
from engine.domain.case import UNDECIDED, must_be
from engine.domain.clock import Clock
from engine.domain.deadline import BEIJING, day_of, due, last_day
from engine.domain.errors import NotNow, must_say
from engine.domain.hearing import ASK_WITHIN, GROUND, HOLD_WITHIN, NOTICE_DAYS, Standing
from engine.domain.identity import Role, must_hold
from engine.domain.material import Handed
from engine.domain.material import Standing as Shelved
from engine.domain.paper import Kind
from engine.services import halting, issuing, keeping, timing
from engine.services.act import Act
from engine.store import cases, hearings, people
from engine.store.cases import Case
from engine.store.db import Row

#: Who of the authority tells of the right and sets the day.
_OF_AUTHORITY = (Role.APPROVER, Role.CHIEF, Role.LEADER)
#: The key of the clock within which it is to be held.
_KEY = "hearing"


def announce(act: Act, case: Case, words: str) -> Case:
    """Tell the applicant, in writing, that he may be heard (行政许可法 第四十六条、第四十七条)."""
    _must_be_of_authority(act, case)
    must_be(case.state, UNDECIDED, "告知听证权利")
    if case.hearing:
        raise NotNow("本件的听证程序还在进行。", code="hearing.running")
    words = must_say(words, "请写明拟作出的决定和涉及的利益关系。", code="hearing.words", field="words")
    ask_by = due(ASK_WITHIN, act.at, act.calendar_of(case))
    hearings.add(act.db, case_id=case.id, words=words, announced_at=act.at, ask_by=ask_by)
    case.hearing = Standing.ANNOUNCED
    told = f"你（单位）有要求听证的权利；要求听证的，应当于{sheet.until(ask_by)}前提出。组织听证不收取费用。"
    no = issuing.tell(act, case, Kind.HEARING_RIGHT, words, told)
    act.record("hearing announced", case, until=last_day(ask_by).isoformat(), words=words, document_no=no)
    return case


def ask(act: Act, case: Case, reason: str = "") -> Case:
    """Ask to be heard, within five days; the authority has twenty, and its clocks stand still with notice."""
    row = _open(act, case, Standing.ANNOUNCED)
    _must_face(act, case)
    if act.at >= row.ask_by:
        raise NotNow(f"听证申请期限已于 {last_day(row.ask_by)} 届满。", code="hearing.too-late")
    hearings.change(act.db, row.id, asked_at=act.at, reason=reason.strip())
    case.hearing = Standing.ASKED
    act.record("hearing asked", case, reason=reason.strip())
    timing.start(act, case, [timing.row(act, case, Clock.HEARING, HOLD_WITHIN, act.at, _KEY)])
    words = (
        f"你（单位）的听证申请已收到，本机关将在 {HOLD_WITHIN.words()}内组织听证，所需时间不计入办理时限。"
    )
    halting.begin(act, case, GROUND, words, HOLD_WITHIN)
    return case


def waive(act: Act, case: Case) -> Case:
    """Give the right up: nothing need be waited for."""
    row = _open(act, case, Standing.ANNOUNCED)
    _must_face(act, case)
    hearings.change(act.db, row.id, waived_at=act.at)
    case.hearing = Standing.NONE
    act.record("hearing waived", case)
    return case


def schedule(act: Act, case: Case, at: datetime, place: str, chair: int) -> Case:
    """Set day, place and chair, and give notice of them seven days before (行政许可法 第四十八条)."""
    _must_be_of_authority(act, case)
    row = _open(act, case, Standing.ASKED)
    calendar = act.calendar_of(case)
    last = last_day(due(HOLD_WITHIN, row.asked_at, calendar))
    hearing.must_be_noticed(day_of(at), act.today, last, calendar)
    place = must_say(place, "请写明听证地点。", code="hearing.place", field="place")
    who = people.actor(act.db, chair, act.at)
    hearing.must_be_impartial(chair, who.name, hearings.examiners(act.db, case.id))
    hearings.change(act.db, row.id, noticed_at=act.at, planned_at=at, place=place, chair_id=chair)
    local = at.astimezone(BEIJING)
    no = issuing.tell(
        act, case, Kind.HEARING,
        f"定于{sheet.chinese(local.date())}{local:%H:%M}在{place}公开举行听证，由{who.name}主持。",
        f"认为主持人与本件有直接利害关系的，有权申请回避。本通知于听证 {NOTICE_DAYS} 个工作日前送达。",
    )  # fmt: skip
    act.record(
        "hearing scheduled",
        case,
        at=f"{local:%Y-%m-%d %H:%M}",
        place=place,
        chair=who.name,
        document_no=no,
    )
    return case


def hold(act: Act, case: Case, outcome: str, record: int | None) -> Case:
    """Hold the hearing: its chair hands the record in, the clocks run again, and the decision rests on it."""
    row = _open(act, case, Standing.ASKED)
    if row.planned_at is None:
        raise NotNow("还没有确定听证的时间和主持人。", code="hearing.unscheduled")
    if act.by.id != row.chair_id:
        must_hold(act.by, Role.LEADER, case.authority_id)
    if act.at < row.planned_at:
        raise NotNow("还没到听证时间。", code="hearing.early")
    hearing.must_be_recorded(record, outcome)
    assert record is not None
    keeping.must_be_brought(act, [record])
    hearings.change(act.db, row.id, held_at=act.at, outcome=outcome.strip(), record_id=record)
    case.hearing = Standing.NONE
    cases.put(act.db, case.shelf, [Handed(f"hearing-{row.id}", Shelved.RECEIVED, record)], act.at)
    act.record("hearing held", case, opinion=outcome.strip())
    timing.settle(act, case, (Clock.HEARING,))
    for stop in halting.running(act, case):
        if stop.ground == GROUND and not stop.key:
            halting.end(act, case, stop, "听证已举行")
    return case


def must_not_wait(act: Act, case: Case) -> None:
    """Raise `NotNow` where the decision would come before the hearing; asked only of a case that has one."""
    row = hearings.latest(act.db, case.id)
    hearing.must_not_wait(Standing(case.hearing), may_still_ask=row is not None and act.at < row.ask_by)


def _open(act: Act, case: Case, standing: Standing) -> Row:
    """The hearing a case is in; it must stand so."""
    row = hearings.latest(act.db, case.id)
    must_be(case.state, UNDECIDED, "进行听证")
    if row is None or case.hearing != standing:
        words = {Standing.ANNOUNCED: "没有待答复的听证告知", Standing.ASKED: "申请人没有要求听证"}
        raise NotNow(f"本件{words[standing]}。", code="hearing.none")
    return row


def _must_be_of_authority(act: Act, case: Case) -> None:
    if not any(act.by.holds(role, case.authority_id) for role in _OF_AUTHORITY):
        must_hold(act.by, Role.APPROVER, case.authority_id)


def _must_face(act: Act, case: Case) -> None:
    if act.by.id is not None:
        must_hold(act.by, Role.WINDOW, case.hall_id)
