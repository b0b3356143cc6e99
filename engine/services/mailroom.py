"""What the mailroom does (快递送达, 通办通取): where the result goes, posted, signed for, or come back.

The delivery clock (R-LIM-4) does not end when something is posted: the law's ten days are those within which the
licence is handed over (颁发、送达), so it runs until the receiver has signed. The posting is written down beside it.
"""

from engine.domain import case as life
from engine.domain import sheet
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED
from engine.domain.errors import Incomplete, Malformed, NotNow, must_say
from engine.services import applicant, desk
from engine.services.act import Act
from engine.store import cases, people, shipments
from engine.store.cases import Case
from engine.store.db import Row

#: Where one may pick something up.
_COUNTERS = frozenset({"hall", "street", "community"})


def choose(
    act: Act, case: Case, method: str, hall: str = "", receiver: str = "", phone: str = "", address: str = ""
) -> Case:
    """Write down how the applicant wants his result: at which window, or by courier to which address.

    The step that hands it out goes to that window. Raises `Malformed` for a place that has no window.
    """
    applicant.must_face(act, case)
    life.must_be(case.state, UNACCEPTED | UNDECIDED | DECIDED, "选择送达方式")
    if case.parent_id is not None:
        raise NotNow("“一件事”的结果统一出件，请在整件上选择。", code="bundle.deliver-together")
    _must_not_be_under_way(act, case)
    if method == "mail" and not (receiver.strip() and address.strip()):
        raise Incomplete("邮寄请写明收件人和地址。", code="address.missing", field="address")
    place = people.org(act.db, hall) if method == "window" and hall else None
    if place is not None and place.kind not in _COUNTERS:
        raise Malformed("这里没有取件窗口，请另选。", code="hall.no-window", field="hall")
    case.pickup_id = place.id if place is not None and place.id != case.hall_id else None
    cases.move_stage(act.db, case.id, "deliver", case.handout_id)
    kept = {"receiver": receiver.strip(), "phone": phone.strip(), "address": address.strip()}
    shipments.wish(
        act.db,
        case.id,
        method=method,
        at=act.at,
        **(kept if method == "mail" else dict.fromkeys(kept, "")),
    )
    act.record("pickup chosen", case, method=sheet.METHODS[method], place=place.name if place else "")
    return case


def post(
    act: Act, case: Case, carrier: str, waybill: str, receiver: str = "", phone: str = "", address: str = ""
) -> Case:
    """Post the result to the applicant; what is not said is as he wished it."""
    desk.must_hand_out(act, case)
    _must_not_be_under_way(act, case)
    wished = shipments.wished(act.db, case.id)
    to = {
        name: said.strip() or (getattr(wished, name) if wished else "")
        for name, said in (("receiver", receiver), ("phone", phone), ("address", address))
    }
    _must_be_whole(carrier, waybill, to)
    shipments.send(
        act.db, case_id=case.id, carrier=carrier.strip(), waybill=waybill.strip(), sent_at=act.at,
        sent_by=act.by.id, **to,
    )  # fmt: skip
    act.record("posted", case, carrier=carrier.strip(), waybill=waybill.strip())
    return case


def _must_be_whole(carrier: str, waybill: str, to: dict[str, str]) -> None:
    for field, said, name in (
        ("carrier", carrier, "快递公司"),
        ("waybill", waybill, "运单号"),
        ("receiver", to["receiver"], "收件人"),
        ("address", to["address"], "收件地址"),
    ):
        if not said.strip():
            raise Incomplete(f"请写明{name}。", code=f"{field}.missing", field=field)


def _must_not_be_under_way(act: Act, case: Case) -> None:
    if shipments.under_way(act.db, case.id) is not None:
        raise NotNow("结果已经寄出，请登记签收，或在退回后再办理。", code="shipment.under-way")


def _posted(act: Act, case: Case) -> Row:
    found = shipments.under_way(act.db, case.id)
    if found is None:
        raise NotNow("没有在途的邮件。", code="shipment.none")
    return found


def sign(act: Act, case: Case, receiver: str = "") -> Case:
    """Write down that it was signed for: delivered, the receipt (送达回证) completed, the clock ended (R-LIM-4)."""
    desk.must_hand_out(act, case)
    posted = _posted(act, case)
    signed = receiver.strip() or posted.receiver
    shipments.end(act.db, posted.id, signed_at=act.at, signed_by=signed)
    return desk.deliver(act, case, "mail", signed, posted.waybill)


def come_back(act: Act, case: Case, reason: str) -> Case:
    """Write down that the courier brought it back; handing it out is the window's again, and the clock still runs."""
    desk.must_hand_out(act, case)
    posted = _posted(act, case)
    reason = must_say(reason, "请写明退回的原因。", code="reason.missing", field="reason")
    shipments.end(act.db, posted.id, returned_at=act.at, reason=reason)
    act.record("mail returned", case, waybill=posted.waybill, reason=reason)
    return case
