"""Telling others of a grant (双告知, §1.4): who supervises it acknowledges; its holder hears what he needs next."""

from typing import Any

from engine.domain import linkage
from engine.domain.clock import Clock
from engine.domain.deadline import day_of
from engine.domain.linkage import Linked
from engine.domain.paper import Kind
from engine.services import issuing, timing
from engine.services.act import Act
from engine.store import cases, catalog, people, pushes
from engine.store.cases import Case
from engine.store.db import Row


def tell(act: Act, case: Case, document_no: str) -> list[dict[str, Any]]:
    """Tell those who supervise what was granted, and its holder what else he needs; return the clocks that begin.

    Of what was only tried out (体验办件) nobody hears: there is nothing to supervise.
    """
    linked = linkage.read(act.matter(case).record)
    if linked is None or case.mystery:
        return []
    if linked.later:
        _tell_holder(act, case, linked)
    return _tell_departments(act, case, linked, document_no) if linked.departments else []


def _tell_departments(act: Act, case: Case, linked: Linked, document_no: str) -> list[dict[str, Any]]:
    matter = act.matter(case)
    data = {
        "case_no": case.no,
        "matter": matter.name,
        "matter_key": matter.key,
        "document_no": document_no,
        "decided_on": day_of(act.at).isoformat(),
        "result": (matter.record.get("result") or {}).get("name", ""),
    }
    orgs = {code: act.library.org(act.db, code) for code in linked.departments}
    begins = [
        timing.row(act, case, Clock.ACKNOWLEDGE, linked.acknowledge, act.at, f"acknowledge {code}")
        for code in orgs
    ]
    rows = [
        {
            "case_id": case.id,
            "org_id": org,
            "data": data,
            "at": act.at,
            "key": row["key"],
        }
        for org, row in zip(orgs.values(), begins, strict=True)
    ]
    pushes.add(act.db, rows)
    names = people.org_names(act.db, orgs.values())
    act.record(
        "linked", case, to="、".join(names[org] for org in orgs.values()), limit=str(linked.acknowledge)
    )
    return begins


def _tell_holder(act: Act, case: Case, linked: Linked) -> None:
    """Tell him in writing what further permits his business needs (后置审批), but for what he applied for already."""
    had = {row.matter_key for row in cases.members(act.db, case.parent_id)} if case.parent_id else set()
    names = catalog.names(act.db, [key for key in linked.later if key not in had])
    if not names:
        return
    words = (
        "从事下列经营活动的，还应依法取得相应的许可后方可开展；不涉及的无需办理："
        + "、".join(names.values())
        + "。"
    )
    no = issuing.tell(
        act, case, Kind.LATER_PERMITS, words, "可以在办事指南里查看条件、材料，并在网上或综合窗口申请。"
    )
    act.record("later permits", case, matters=list(names), document_no=no)


def remind(act: Act, case: Case, passed: Row) -> None:
    """Nobody acknowledged in time: the department is reminded, and it shows."""
    push = pushes.by_key(act.db, case.id, passed.key)
    if push is not None and push.acknowledged_at is None:
        pushes.mark(act.db, push.id, reminded=push.reminded + 1)
        act.record("acknowledgement late", case, to=people.org_names(act.db, [push.org_id])[push.org_id])
