"""Acting on inspections (勘验): planned once for all who are to look, moved, held; each department by its own case.

An appointment is a row of the case or bundle it was made for, a part one of the member's: the two hear of each
other by letter, and whoever stays away holds nobody up (多勘合一).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.domain import case as life
from engine.domain import inspection
from engine.domain.case import STATE_NAMES, UNDECIDED, must_be
from engine.domain.clock import Clock
from engine.domain.deadline import day_of
from engine.domain.errors import NotFound, NotNow, NotYours, must_say
from engine.domain.identity import Role, must_hold
from engine.domain.inspection import MODE_NAMES, RESULT_NAMES, Mode, Result, State, Visit, moment
from engine.domain.material import Handed, Standing
from engine.domain.paper import Kind
from engine.services import advance, halting, holding, issuing, keeping, timing
from engine.services.act import Act
from engine.store import cases, inspections, people
from engine.store.cases import Case
from engine.store.db import Row

#: Who of a department arranges a look, and sends people.
ARRANGERS = (Role.INSPECTOR, Role.APPROVER, Role.CHIEF, Role.LEADER)


# --- the appointment: under the lock of the case or bundle it was made for --------------------------------


def plan(act: Act, case: Case, visit: Visit, officers: Mapping[str, Sequence[int]]) -> int:
    """Make one appointment for those of *case* that are named, each with its own officers; return its id.

    The window or the lead department does it; *officers* are by case number. Every member hears of its part by
    letter, and the applicant in writing.
    """
    _must_arrange(act, case)
    visit.must_be_sound(act.at)
    tasks = _due(act, case)
    names = {no: act.library.matter(act.db, row.matter_id).name for no, row in _parts(act, case).items()}
    inspection.must_be_joined(
        _listed(act, case), {no: task.matter_key for no, task in tasks.items()}, list(officers), names
    )
    sent = {no: _sent(act, tasks[no].case_id, tasks[no].org_id, ids) for no, ids in officers.items()}
    inspection_id = inspections.add(
        act.db, case_id=case.id, state=State.PLANNED, evidence=[], at=act.at, by_id=act.by.id, **_when(visit)
    )
    about = "、".join(names[no] for no in officers)
    no = _tell(
        act, case, visit, f"定于{visit.words()}对“{about}”进行{MODE_NAMES[visit.mode]}", _who(sent, names)
    )
    act.record(
        "inspection planned", case, inspection=inspection_id, matters=about, document_no=no, **_told(visit)
    )
    for number, chosen in sent.items():
        data = {"inspection": inspection_id, "officers": chosen}
        if tasks[number].case_id == case.id:
            enter(act, case, data)
        else:
            act.post(tasks[number].case_id, case, "inspection", **data)
    return inspection_id


def move(act: Act, case: Case, inspection_id: int, visit: Visit, reason: str) -> None:
    """Put an appointment on another time or place, with the reason; a confirmation holds no longer."""
    row = _planned(act, case, inspection_id)
    _must_arrange(act, case)
    visit.must_be_sound(act.at)
    reason = _why(reason)
    inspections.change(act.db, row.id, moved=row.moved + 1, reason=reason, confirmed_at=None, **_when(visit))
    no = _tell(
        act,
        case,
        visit,
        f"原定的勘验改于{visit.words()}进行{MODE_NAMES[visit.mode]}",
        f"改期原因：{reason}",
    )
    act.record("inspection moved", case, inspection=row.id, reason=reason, document_no=no, **_told(visit))


def cancel(act: Act, case: Case, inspection_id: int, reason: str) -> None:
    """Call an appointment off while nobody has reported; what is to be looked at is to be planned anew."""
    row = _planned(act, case, inspection_id)
    _must_arrange(act, case)
    reason = _why(reason)
    if any(part.result for part in inspections.parts_of(act.db, row.id)):
        raise NotNow("已有部门填写勘验结果，不能取消；请结束本次勘验。", code="inspection.reported")
    inspections.change(act.db, row.id, state=State.CANCELLED, reason=reason)
    words = f"原定于{moment(row.planned_at)}的勘验取消：{reason}；另行安排的将再通知。"
    no = issuing.tell(act, case, Kind.INSPECTION, words)
    act.record("inspection cancelled", case, inspection=row.id, reason=reason, document_no=no)


def attach(act: Act, case: Case, inspection_id: int, file_id: int) -> None:
    """Keep a picture of the look (影像) on the shelf of its case."""
    row = _planned(act, case, inspection_id)
    _must_take_part(act, case, row)
    keeping.must_be_brought(act, [file_id])
    evidence = [*row.evidence, file_id]
    code = f"inspection-{row.id}-{len(evidence)}"
    cases.put(act.db, case.shelf, [Handed(code, Standing.RECEIVED, file_id)], act.at)
    inspections.change(act.db, row.id, evidence=evidence)
    act.record("inspection evidence", case, inspection=row.id, n=len(evidence))


def confirm(act: Act, case: Case, inspection_id: int) -> None:
    """Let the applicant stand by what was seen from afar; the window may enter it for him (双方确认)."""
    row = _planned(act, case, inspection_id)
    if act.by.id is not None:
        must_hold(act.by, Role.WINDOW, case.hall_id)
    if row.mode != Mode.REMOTE:
        raise NotNow("现场勘验当场签字确认，不在这里确认。", code="inspection.onsite")
    if not row.evidence:
        raise NotNow("还没有留存影像，请在远程勘验后确认。", code="inspection.evidence")
    inspections.change(act.db, row.id, confirmed_at=act.at)
    act.record("inspection confirmed", case, inspection=row.id)


def close(act: Act, case: Case, inspection_id: int) -> None:
    """End an appointment: who has not reported was absent, and is to look by himself (缺席)."""
    row = _planned(act, case, inspection_id)
    _must_take_part(act, case, row)
    parts = inspections.parts_of(act.db, row.id)
    inspection.must_be_over(row.planned_at, act.at, [part.result for part in parts])
    missed = [part for part in inspections.expected(act.db, row.id) if part.present is None]
    for part in missed:
        act.post(part.case_id, case, "absent", inspection=row.id)
    inspections.change(act.db, row.id, state=State.HELD)
    act.record("inspection held", case, inspection=row.id, absent=len(missed))


def heard(act: Act, case: Case, data: Mapping[str, Any]) -> None:
    """A department has reported: with the last, the appointment is over."""
    row = inspections.get(act.db, data["inspection"])
    result = RESULT_NAMES[Result(data["result"])]
    act.record("inspection result", case, inspection=row.id, member=data["member"], result=result)
    _end_if_over(act, case, row, inspections.expected(act.db, row.id))


def _end_if_over(act: Act, case: Case, row: Row, parts: Sequence[Row]) -> bool:
    over = inspection.is_over((part.present, part.result) for part in parts)
    if row.state != State.HELD and over:
        inspections.change(act.db, row.id, state=State.HELD)
        act.record("inspection held", case, inspection=row.id, absent=sum(p.present is False for p in parts))
    return over


def left(act: Act, case: Case, data: Mapping[str, Any]) -> None:
    """A case has ended that was to be looked at: the others are, without it; with the last the look is called off.

    The applicant was told of the plan in writing, and is told of this too.
    """
    row = inspections.get(act.db, data["inspection"])
    if row.state != State.PLANNED:
        return
    parts = inspections.expected(act.db, row.id)
    why, when = f"“{data['matter']}”{STATE_NAMES[life.State(data['state'])]}", moment(row.planned_at)
    if not parts:
        inspections.change(act.db, row.id, state=State.CANCELLED, reason=why)
        no = issuing.tell(act, case, Kind.INSPECTION, f"原定于{when}的勘验取消：{why}。")
        act.record("inspection cancelled", case, inspection=row.id, reason=why, document_no=no)
    elif not _end_if_over(act, case, row, parts):
        words = f"原定于{when}的勘验，{why}，不再参加；其他事项照常进行。"
        no = issuing.tell(act, case, Kind.INSPECTION, words)
        act.record("inspection narrowed", case, inspection=row.id, why=why, document_no=no)


# --- a department's part: under the lock of its own case --------------------------------------------------


def enter(act: Act, case: Case, data: Mapping[str, Any]) -> None:
    """Take part in an appointment; those who are sent are thereby assigned (R-LIM-6)."""
    task = advance.open_task(act, case, "inspect")
    if task is None or inspections.get(act.db, data["inspection"]).state != State.PLANNED:
        act.record("inspection passed", case, inspection=data["inspection"])
        return
    inspections.add_part(
        act.db, inspection_id=data["inspection"], case_id=case.id, org_id=task.org_id, key=task.key,
        officers=data["officers"],
    )  # fmt: skip
    timing.settle(act, case, (Clock.ASSIGN,))
    visit = inspections.get(act.db, data["inspection"])
    act.record(
        "inspection arranged", case, inspection=visit.id, at=moment(visit.planned_at), place=visit.place,
        officers=[each["name"] for each in data["officers"]],
    )  # fmt: skip


def report(
    act: Act,
    task_id: int,
    result: Result,
    remark: str = "",
    officers: Sequence[int] = (),
    rev: int | None = None,
) -> Case:
    """Write down what one's own department found; the step ends with it, or waits until things are put right.

    *officers* are those who really came, where they are others than those who were sent; who was sent reports,
    on duty that day or not. Raises `NotNow` where no part is planned for the step.
    """
    case = act.take_of(task_id)
    task = holding.of_post(act, task_id, rev)
    part = inspections.waiting(act.db, case.id, task.key)
    if part is None:
        raise NotNow("本环节没有排期的勘验；请先排期，或直接填写办理意见。", code="inspection.none")
    if all(each["id"] != act.by.id for each in part.officers):
        holding.on_duty(act, task)
    halting.must_not_hold(act, case, task)
    if act.at < part.planned_at and day_of(act.at) < day_of(part.planned_at):
        raise NotNow(f"勘验定于 {moment(part.planned_at)}，到时再填写结果。", code="inspection.early")
    inspection.must_be_evidenced(Mode(part.mode), part.evidence, part.confirmed_at)
    came = _sent(act, case.id, task.org_id, officers) if officers else list(part.officers)
    node = act.definition(case).nodes[task.node]
    outcome = inspection.outcome(result, node.outcomes, remark)
    inspections.change_part(
        act.db, part.id, present=True, result=result, remark=remark.strip(), officers=came, at=act.at, by_id=act.by.id
    )  # fmt: skip
    _say(act, case, task, part, result, outcome, remark.strip(), came)
    if outcome is not None:
        advance.complete(act, case, task, outcome, remark.strip())
    said = {"inspection": part.inspection_id, "result": str(result), "member": case.matter_key}
    if part.head_id == case.id:
        heard(act, case, said)
    else:
        act.post(part.head_id, case, "inspected", **said)
    return case


def _say(
    act: Act,
    case: Case,
    task: Row,
    part: Row,
    result: Result,
    outcome: str | None,
    remark: str,
    came: list[Any],
) -> None:
    """Put what was found into the journal; what is to be put right, into writing."""
    about = {"inspection": part.inspection_id, "officers": [each["name"] for each in came], "opinion": remark}
    if outcome is not None:
        act.record("completed", case, task=task.name, node=task.node, outcome=outcome, **about)
        return
    words = f"经勘验，下列事项须整改：{remark}。整改后由本机关复查。"
    no = issuing.tell(act, case, Kind.REMEDY, words)
    act.record(
        "inspection remedy", case, task=task.name, result=RESULT_NAMES[result], document_no=no, **about
    )


def must_not_be_planned(act: Act, case: Case, task: Row) -> None:
    """Raise `NotNow` for a step that is planned to be held: what is found there is written down as its part."""
    if inspections.waiting(act.db, case.id, task.key) is not None:
        raise NotNow(
            "本环节已排期勘验，请在“勘验结果”里填写；不再进行的先取消排期。", code="inspection.planned"
        )


def absent(act: Act, case: Case, data: Mapping[str, Any]) -> None:
    """Write down that the department stayed away; its own step stays open, to be held by itself."""
    part = inspections.part_of(act.db, data["inspection"], case.id)
    if part is None or part.present is not None:
        return  # it reported meanwhile
    if all(task.key != part.key for task in cases.open_tasks(act.db, case.id)):
        act.record("inspection passed", case, inspection=data["inspection"])
        return  # nothing is to be looked at any more
    inspections.change_part(act.db, part.id, present=False, at=act.at)
    act.record(
        "inspection missed", case, inspection=data["inspection"], org=people.org_name(act.db, part.org_id)
    )


def assign(act: Act, case: Case, officers: Sequence[int]) -> Case:
    """Assign those who test what is tested: two or more of the authority, within five days (R-LIM-6)."""
    if not any(act.by.holds(role, case.authority_id) for role in ARRANGERS):
        must_hold(act.by, Role.CHIEF, case.authority_id)
    must_be(case.state, UNDECIDED, "指派人员")
    chosen = _sent(act, case.id, case.authority_id, officers)
    timing.settle(act, case, (Clock.ASSIGN,))
    act.record("officers assigned", case, officers=[each["name"] for each in chosen])
    return case


# --- what they share ----------------------------------------------------------------------------------------


def _must_arrange(act: Act, case: Case) -> None:
    """Only the window that faces the applicant, or somebody of the lead department, arranges (R-BUN-1)."""
    if act.by.holds(Role.WINDOW, case.hall_id):
        return
    if not any(act.by.holds(role, case.authority_id) for role in ARRANGERS):
        raise NotYours(
            "勘验由受理窗口或牵头部门统一排期；请联系牵头部门。",
            code="inspection.arrange",
            role=Role.INSPECTOR,
        )


def _must_take_part(act: Act, case: Case, row: Row) -> None:
    """Whoever arranges may, and whoever looks: somebody of a department that takes part."""
    orgs = {part.org_id for part in inspections.parts_of(act.db, row.id)}
    if not any(act.by.holds(role, org) for org in orgs for role in ARRANGERS):
        _must_arrange(act, case)


def _planned(act: Act, case: Case, inspection_id: int) -> Row:
    row = inspections.get(act.db, inspection_id)
    if row.case_id != case.id:
        raise NotFound("本件没有这次勘验。", code="inspection.unknown")
    if row.state != State.PLANNED:
        raise NotNow(
            f"这次勘验{inspection.STATE_NAMES[State(row.state)]}，不能再改。", code="inspection.over"
        )
    return row


def _parts(act: Act, case: Case) -> dict[str, Any]:
    """The cases an appointment of *case* may be for, by number: its members, or itself."""
    members = cases.members(act.db, case.id) if case.kind == "bundle" else ()
    return {row.no: row for row in members} or {case.no: case}


def _due(act: Act, case: Case) -> dict[str, Row]:
    found = inspections.due(act.db, [row.id for row in _parts(act, case).values()])
    return {task.case_no: task for task in found}


def _listed(act: Act, case: Case) -> Sequence[str]:
    listed: Sequence[str] = (act.matter(case).record.get("joint_inspection") or {}).get("members") or ()
    return listed


def _sent(act: Act, case_id: int, org_id: int, ids: Sequence[int]) -> list[Any]:
    """Return who is sent, as a part keeps them; refused unless they may go (R-LIM-6)."""
    chosen = inspections.officers(act.db, ids)
    where, parties = people.org_name(act.db, org_id), inspections.parties(act.db, case_id)
    inspection.must_be_enough(chosen, org_id, where, parties)
    return inspections.kept(chosen)


def _why(reason: str) -> str:
    return must_say(reason, "改期、取消须说明原因，并告知申请人。", code="reason.missing", field="reason")


def _when(visit: Visit) -> dict[str, Any]:
    return {
        "planned_at": visit.at,
        "place": visit.place.strip(),
        "mode": visit.mode,
        "link": visit.link.strip(),
    }


def _told(visit: Visit) -> dict[str, Any]:
    return {"at": moment(visit.at), "place": visit.place.strip(), "mode": MODE_NAMES[visit.mode]}


def _who(sent: Mapping[str, Sequence[Any]], names: Mapping[str, str]) -> str:
    told = (f"{names[no]}：{'、'.join(each['name'] for each in chosen)}" for no, chosen in sent.items())
    return f"参加人员：{'；'.join(told)}。请安排熟悉情况的人员到场配合。"


def _tell(act: Act, case: Case, visit: Visit, words: str, *more: str) -> str:
    link = f"会话链接：{visit.link.strip()}。须留存影像，并由双方确认。" if visit.mode is Mode.REMOTE else ""
    return issuing.tell(act, case, Kind.INSPECTION, f"{words}。", *more, link)
