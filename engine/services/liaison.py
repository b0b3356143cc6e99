"""What the windows of two places do for one case (异地代收代办): hand over, receive or send back, return the result."""

from collections.abc import Mapping

from engine.domain import case as life
from engine.domain import crossing, material
from engine.domain.case import DECIDED, ON_THE_WAY, State
from engine.domain.clock import Clock
from engine.domain.errors import Incomplete, NotNow, must_say
from engine.domain.identity import must_hold
from engine.domain.material import Verdict
from engine.services import advance, lifecycle, timing
from engine.services.act import Act
from engine.store import cases, crossings
from engine.store.cases import Case

#: How something goes from one place to another; what goes by mail has a number.
MAIL = "mail"


def hand_over(act: Act, case: Case, method: str, waybill: str = "", *, identified: bool = False) -> Case:
    """Send what was taken in to the home, once the applicant's identity was checked against his papers.

    Raises `NotNow` for what is on its way already, `Incomplete` without the check, the number, or a material
    that nobody may promise for later: what is incomplete is not sent around the country.
    """
    must_hold(act.by, "window", case.hall_id)
    life.must_be(case.state, ON_THE_WAY, "转送属地")
    if crossings.of(act.db, case.id).sent_at is not None:
        raise NotNow("材料已经转送，等待属地确认接收。", code="crossing.sent")
    if not identified:
        raise Incomplete(
            "代收须核验申请人身份，请核对证件后勾选。", code="crossing.identity", field="identified"
        )
    _must_be_numbered(method, waybill)
    lines = lifecycle.lines(act, case)
    if material.verdict(lines) is Verdict.CORRECT:
        missing = "、".join(line.requirement.name for line in material.defects(lines))
        raise Incomplete(
            f"材料不齐，不能转送，请申请人补齐：{missing}。", code="materials.missing", field="materials"
        )
    crossings.send(act.db, case.id, method, waybill.strip(), act.by.id, act.at)
    timing.settle(act, case, (Clock.TRANSFER,))
    act.record("handed over", case, method=method, waybill=waybill.strip())
    return case


def _must_be_numbered(method: str, waybill: str) -> None:
    if method == MAIL and not waybill.strip():
        raise Incomplete("邮寄须填写运单号。", code="waybill.missing", field="waybill")


def receive(act: Act, case: Case) -> Case:
    """Confirm that the materials arrived: from now on the home answers for its limits (R-ACC-1)."""
    _must_have_arrived(act, case, "接收")
    crossings.mark(act.db, case.id, received_at=act.at, received_by=act.by.id)
    lifecycle.change(act, case, State.RECEIVED)
    case.complete_at = act.at
    lifecycle.watch_notice(act, case)
    act.record("received at home", case)
    advance.show(act, case, "accept")
    return case


def send_back(act: Act, case: Case, reason: str, remarks: Mapping[str, str]) -> Case:
    """Return what arrived to the place of intake, with reasons: it mends it with the applicant and sends it again."""
    _must_have_arrived(act, case, "退回收件地")
    reason = must_say(reason, "退回收件地须写明理由。", code="reason.missing", field="reason")
    lines = lifecycle.lines(act, case)
    cases.put(act.db, case.shelf, material.rejected(lines, remarks), act.at)
    times = crossings.of(act.db, case.id).returns + 1
    crossings.mark(act.db, case.id, sent_at=None, waybill="", returns=times, reason=reason)
    limit = crossing.legs(act.matter(case).record).transfer
    timing.start(act, case, [timing.row(act, case, Clock.TRANSFER, limit, act.at)])
    names = {line.requirement.code: line.requirement.name for line in lines}
    items = [{"name": names[code], "remark": words} for code, words in remarks.items()]
    act.record("returned to intake", case, reason=reason, items=items)
    return case


def _must_have_arrived(act: Act, case: Case, what: str) -> None:
    must_hold(act.by, "window", case.accepts)
    life.must_be(case.state, ON_THE_WAY, what)
    if crossings.of(act.db, case.id).sent_at is None:
        raise NotNow("收件地还没有转送材料。", code="crossing.not-sent")


def send_result(act: Act, case: Case, method: str, waybill: str = "") -> Case:
    """Send the result to the place of intake, whose window hands it out."""
    must_hold(act.by, "window", case.accepts)
    life.must_be(case.state, DECIDED, "回寄结果")
    if case.acceptor_id is None:
        raise NotNow("本件由收件窗口直接送达，无须回寄。", code="crossing.none")
    if crossings.of(act.db, case.id).back_at is not None:
        raise NotNow("结果已经回寄收件地。", code="crossing.back")
    _must_be_numbered(method, waybill)
    crossings.mark(
        act.db, case.id, back_at=act.at, back_by=act.by.id, back_method=method, back_waybill=waybill.strip()
    )
    timing.settle(act, case, (Clock.TRANSFER,))
    act.record("result sent back", case, method=method, waybill=waybill.strip())
    task = advance.open_task(act, case, "deliver")
    if task is not None:
        cases.redraw(act.db, task.id, {"org_id": case.hall_id, "assignee_id": None, "claimed_at": None})
    return case
