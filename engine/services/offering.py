"""Beginning a case unasked (免申即办): by another's result or a list, by a rule that is kept with it (§1.3, R-DEC-4).

What is begun is never the person's burden: he may decline until it is decided, and ask for a human while the
rule alone would decide.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain import availability, material, offer
from engine.domain.availability import Availability
from engine.domain.case import UNACCEPTED, UNDECIDED, Channel, State, must_be
from engine.domain.clock import Clock
from engine.domain.deadline import last_day
from engine.domain.errors import NotNow, Refused, must_say
from engine.domain.material import Handed
from engine.domain.offer import Free, From, Way
from engine.domain.paper import Kind
from engine.domain.sheet import until
from engine.services import advance, filing, issuing, lifecycle, timing
from engine.services.act import Act
from engine.services.library import Matter
from engine.spiff import dmn
from engine.spiff.dmn import printed
from engine.store import cases, deadlines, definitions, offers
from engine.store.cases import Case
from engine.store.db import Row


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a rule said: how it goes on and why, of which version, and what it was asked."""

    way: Way
    why: str
    rule_id: int | None = None
    asked: tuple[tuple[str, str], ...] = ()
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What a case is begun of: the words for it, whose it is, what is known, and who vouches for the data."""

    words: str
    applicant_id: int
    hall_id: int
    street_id: int | None
    known: Mapping[str, Any]
    tip: str
    document_no: str = ""
    origin_id: int | None = None
    entry_id: int | None = None


# --- after another's result ---------------------------------------------------------------------------


def land(act: Act, case: Case, letter: Row) -> None:
    """A result is there: begin for its applicant, once, what follows from it; not what he applied for together."""
    for follows in act.matter(case).record.get("followed_by") or ():
        key = follows["matter"]
        if follows["on"] != letter.data["on"] or key in {
            row.matter_key for row in offers.begun(act.db, case.id)
        }:
            continue
        if case.parent_id is not None and cases.member(act.db, case.parent_id, key) is not None:
            continue
        _follow(act, case, act.library.current(act.db, key))


def _follow(act: Act, case: Case, matter: Matter) -> None:
    free = offer.read(matter.record)
    if free is None or free.after != case.matter_key:
        return  # it was published anew, and follows no longer
    name = act.matter(case).name
    known = {**case.flags, **cases.answers(act.db, case.shelf)}
    offered = availability.availability(matter.record) is Availability.OPEN
    ruled = ruler(act, free)(known) if offered else Ruled(Way.NONE, availability.reason(matter.record))
    if ruled.way is Way.NONE:
        act.record("not begun", case, matter=matter.name, reason=ruled.why)
        return
    decided = cases.decision(act.db, case.id)
    cause = Cause(
        words=f"“{name}”的办理结果（办件号 {case.no}）", applicant_id=case.applicant_id, hall_id=case.hall_id,
        street_id=case.street_id, known=known, tip=case.chain,
        document_no=decided.document_no if decided else "", origin_id=case.id,
    )  # fmt: skip
    begun = begin(act, matter, free, ruled, cause)
    act.record("followed", case, matter=matter.name, no=begun.no)


def ruler(act: Act, free: Free) -> Callable[[Mapping[str, Any]], Ruled]:
    """Return what asks the rule how it goes on with somebody; what it cannot tell is for a person to see (R-DEC-4)."""
    if not free.rule:
        return lambda _: Ruled(free.unruled, "前置结果已经产生，所需材料都由数据共享取得。")
    found = act.library.decision(act.db, free.rule)
    if found is None:
        return lambda _: Ruled(Way.HANDLED, "规则暂不可用，转由工作人员核对。")
    rule_id, model = found
    columns = asked_of(act, free)

    def ask(known: Mapping[str, Any]) -> Ruled:
        asked = tuple((label, _plainly(known.get(name))) for label, name in columns.items())
        try:
            answers = dmn.answers(model, free.rule, known)
        except Refused as undecided:
            why = f"规则没有得出结论，转由工作人员核对：{undecided.message}"
            return Ruled(Way.HANDLED, why, rule_id, asked)
        why = str(answers.get(offer.WHY) or "规则没有得出结论，转由工作人员核对。")
        return Ruled(free.way(answers.get(offer.PUSH)), why, rule_id, asked, answers)

    return ask


def asked_of(act: Act, free: Free) -> dict[str, str]:
    """Return what the rule looks at, in its own words, and the fact each stands for."""
    found = act.library.decision(act.db, free.rule)
    tables = printed.decisions(definitions.get(act.db, found[0]).source) if found else ()
    table = next((each for each in tables if each.id == free.rule), None)
    return dict(zip(table.inputs, table.asks, strict=True)) if table else {}


def _plainly(value: Any) -> str:
    plain = {None: "没有数据", True: "是", False: "否"}
    return plain[value] if value is None or isinstance(value, bool) else str(value)


# --- beginning ----------------------------------------------------------------------------------------


def begin(act: Act, matter: Matter, free: Free, ruled: Ruled, cause: Cause) -> Case:
    """Begin a case with its data on its shelf, accept it at the moment of the push, and tell the person (§1.3)."""
    answers, own = free.carried(cause.known)
    flags = {
        **dict.fromkeys((question["key"] for question in matter.record.get("questions") or ()), False),
        **(matter.record.get("answers") or {}),
        **own,
        "channel": str(Channel.PUSH),
        "in_bundle": False,
        offer.AUTOMATIC: ruled.way is Way.AUTOMATIC,
        offer.ASKED_FIRST: ruled.way is Way.CONFIRM,
    }
    case = filing.open_(
        act, matter, Channel.PUSH, flags, applicant_id=cause.applicant_id, hall_id=cause.hall_id,
        street_id=cause.street_id, answers=answers,
    )  # fmt: skip
    laid = free.laid(matter.requirements, flags)
    cases.put(act.db, case.shelf, laid, act.at)
    _recognise(act, case, free, laid, cause)
    limit = timing.row(act, case, Clock.DECLINE, free.term, act.at)
    timing.start(act, case, [limit])
    said = {"because": cause.words, "why": ruled.why, "asked": ruled.asked, "answers": ruled.answers or {}}
    offers.add(
        act.db, case_id=case.id, origin_id=cause.origin_id, entry_id=cause.entry_id, matter_key=matter.key,
        way=ruled.way, rule_id=ruled.rule_id, said=said, at=act.at,
    )  # fmt: skip
    no = issuing.tell(act, case, Kind.OFFER, *_told(cause, ruled, limit["due_at"]))
    act.record("offered", case, way=str(ruled.way), reason=ruled.why, document_no=no)
    if ruled.way is not Way.CONFIRM:
        _accept(act, case)
    return case


def _recognise(act: Act, case: Case, free: Free, laid: Sequence[Handed], cause: Cause) -> None:
    """Write down where each material was taken from, sealed on the journal of the case that vouches (数据互认)."""
    rows = []
    for each in laid:
        shared = free.materials[each.code] == From.SHARED
        source = "数据共享平台" if shared else cause.words
        no = "" if shared else cause.document_no
        rows.append(
            {
                "case_id": case.id, "code": each.code, "source_id": cause.origin_id, "source": source,
                "document_no": no, "at": act.at, "tip": cause.tip,
                "seal": offers.seal(cause.tip, each.code, source, no, act.at),
            }
        )  # fmt: skip
    offers.recognise(act.db, rows)


_GOES_ON = {
    Way.AUTOMATIC: "期满未放弃的，由系统按规则办理；你（单位）有权拒绝仅由系统作出决定，可以随时要求人工复核。",
    Way.HANDLED: "期满未放弃的，由工作人员办理。",
    Way.CONFIRM: "本件经你（单位）确认后办理；期满未确认的，本件终结，以后仍可以自行申请。",
}


def _told(cause: Cause, ruled: Ruled, ends: datetime) -> tuple[str, str, str]:
    return (
        f"依据{cause.words}，无需申请、无需提交材料，现为你（单位）办理。理由：{ruled.why}",
        f"你（单位）可以在{until(ends)}前凭查询码在网上、或到窗口表示放弃；放弃不影响信用，也不影响以后申请。",
        _GOES_ON[ruled.way],
    )


def _accept(act: Act, case: Case) -> None:
    """Accept it as of the push (受理时刻=收到推送); where something is missing after all, the window sees to it."""
    state = lifecycle.acceptable(act, case)
    if state is None:
        lifecycle.watch_notice(act, case)
    else:
        lifecycle.accept(act, case, act.at, state)


# --- what the person says -----------------------------------------------------------------------------


def of(act: Act, case: Case) -> Row:
    """Return what a case was begun by. Raises `NotNow` for one that was applied for."""
    row = offers.of_case(act.db, case.id) if case.channel == Channel.PUSH else None
    if row is None:
        raise NotNow("本件是申请人自己申请的；不想办了，请撤回申请。", code="offer.none")
    return row


def decline(act: Act, case: Case, reason: str) -> None:
    """End what the person does not want (放弃): an end of its own, with no record against him."""
    row = of(act, case)
    must_be(case.state, UNACCEPTED | UNDECIDED, "放弃")
    offers.mark(act.db, row.id, declined_at=act.at, words=reason)
    lifecycle.conclude(act, case, State.DECLINED, reason or "本人放弃")


def agree(act: Act, case: Case) -> None:
    """The person wants it (确认): what waits for him goes on, and nobody waits for the term to end."""
    row = of(act, case)
    must_be(case.state, UNACCEPTED | UNDECIDED, "确认")
    if row.agreed_at is not None:
        raise NotNow("您已经确认过，无需再次确认。", code="offer.agreed")
    offers.mark(act.db, row.id, agreed_at=act.at)
    act.record("offer agreed", case)
    timing.settle(act, case, (Clock.DECLINE,))
    _go_on(act, case, row)


def ask_human(act: Act, case: Case, reason: str) -> None:
    """Take the case off the automatic path: a person decides it (人工复核, 个人信息保护法 art. 24; R-DEC-4)."""
    row = of(act, case)
    must_be(case.state, UNACCEPTED | UNDECIDED, "要求人工复核")
    if Way(row.way) is not Way.AUTOMATIC or row.human_at is not None:
        raise NotNow("本件已由工作人员办理，无需再要求人工复核。", code="offer.handled")
    reason = must_say(
        reason, "请写明希望人工核对什么，便于工作人员办理。", code="reason.missing", field="reason"
    )
    _hand_over(act, case, row, reason)
    timing.settle(act, case, (Clock.DECLINE,))


def must_be_over(act: Act, case: Case) -> None:
    """Raise `NotNow` while the person may still be making up his mind about what nobody asked him for."""
    row = of(act, case)
    running = {clock.clock: clock.due_at for clock in deadlines.running(act.db, case.id)}
    ends = running.get(Clock.DECLINE)
    if row.agreed_at is None and row.human_at is None and ends is not None and act.at < ends:
        raise NotNow(
            f"本件是免申办理的，本人可在 {last_day(ends)} 前放弃；期满或本人确认后才能作出决定。",
            code="offer.may-decline",
        )


# --- how it goes on -----------------------------------------------------------------------------------


def lapse(act: Act, case: Case, _passed: Row) -> None:
    """The time to decline is over: the rule decides, or a person may; what needs a yes ends without it."""
    row = of(act, case)
    if case.state not in UNACCEPTED | UNDECIDED:
        return
    if Way(row.way) is Way.CONFIRM:
        lifecycle.conclude(act, case, State.DECLINED, "期满未确认，没有办理；以后仍可以自行申请")
    else:
        _go_on(act, case, row)


def _go_on(act: Act, case: Case, row: Row) -> None:
    free = _free(act, case, row)
    if Way(row.way) is Way.CONFIRM:
        task = next((t for t in cases.open_tasks(act.db, case.id) if t.node == free.confirm), None)
        if task is not None:
            advance.complete(act, case, task, "confirm")
        case.complete_at = act.at
        _accept(act, case)
    elif Way(row.way) is Way.AUTOMATIC and row.human_at is None:
        _decide(act, case, free, row)


def _free(act: Act, case: Case, row: Row) -> Free:
    where = offer.AFTER if row.entry_id is None else offer.LISTED
    free = offer.read(act.matter(case).record, where)
    assert free is not None  # the version it was begun under says so
    return free


def _decide(act: Act, case: Case, free: Free, row: Row) -> None:
    """Take the steps the rule may take, to a grant; where the case stands otherwise, a person sees to it."""
    if case.state not in UNDECIDED or material.outstanding(lifecycle.lines(act, case)):
        _hand_over(act, case, row, "材料或状态与规则所定的不符")
        return
    why = f"按规则“{row.rule_name or '数据共享即办'}”（第 {row.rule_version or 1} 版）自动办理：{row.said['why']}"
    steps = dict(free.automatic)
    while case.state in UNDECIDED:
        task = next((t for t in cases.open_tasks(act.db, case.id) if t.node in steps), None)
        if task is None:
            _hand_over(act, case, row, "流程没有走到规则所定的环节")
            return
        outcome = steps.pop(task.node)  # each once: a diagram that comes back is for people to look at
        act.record("completed", case, task=task.name, node=task.node, outcome=outcome, opinion=why)
        if task.stage == "decide":
            lifecycle.decide(act, case, State.GRANTED, why, step=(task, outcome))
        else:
            advance.complete(act, case, task, outcome, why)


def _hand_over(act: Act, case: Case, row: Row, reason: str) -> None:
    """Let people see to it: the steps that waited for nobody open to their posts."""
    offers.mark(act.db, row.id, human_at=act.at, words=reason)
    act.record("human asked", case, reason=reason)
    lifecycle.know(act, case, {offer.AUTOMATIC: False})
    for task in cases.open_tasks(act.db, case.id):
        if task.held:
            advance.show(act, case, task.stage)
