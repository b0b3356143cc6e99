"""What a supervising department does with what it was told: acknowledge, say what it found, fine (§1.4)."""

from engine.domain.errors import Incomplete, NotNow, NotYours, Stale, must_say
from engine.domain.linkage import ANSWERING, Finding, Review
from engine.services import carding, timing
from engine.services.act import Act
from engine.store import people, pushes
from engine.store.cases import Case
from engine.store.db import Row

#: Whose posts review what their department granted.
_REVIEWING = ("chief", "leader")


def acknowledge(act: Act, push_id: int) -> Case:
    """Acknowledge what was pushed (签收); its clock ends. Raises `NotYours`, and `Stale` when somebody already has."""
    case, push = _taken(act, push_id)
    if push.acknowledged_at is not None:
        raise Stale("这条推送已经签收，请刷新。", code="push.acknowledged")
    pushes.mark(act.db, push.id, acknowledged_at=act.at, acknowledged_by=act.by.id)
    carding.catch_up(act, case)
    timing.settle(act, case, keys=[push.key])
    act.record("acknowledged", case, to=_name(act, push))
    return case


def feed_back(act: Act, push_id: int, finding: Finding, words: str) -> Case:
    """Say what supervision found (监管反馈); it may be said anew as time goes on, the journal keeps it all.

    Raises `NotNow` before it is acknowledged, `Incomplete` for anything but good news without its words.
    """
    case, push = _taken(act, push_id)
    if push.acknowledged_at is None:
        raise NotNow("请先签收这条推送，再反馈监管情况。", code="push.unacknowledged")
    if finding in {Finding.PROBLEM, Finding.NOT_OURS} and not words.strip():
        raise Incomplete("请写明发现的问题，或不属本部门监管的理由。", code="words.missing", field="words")
    found = {"finding": str(finding), "words": words.strip(), "found_at": act.at, "found_by": act.by.id}
    pushes.mark(act.db, push.id, **found)
    act.record("supervision fed back", case, to=_name(act, push), finding=str(finding), words=words.strip())
    return case


def penalise(act: Act, push_id: int, document_no: str, words: str) -> Case:
    """Tell a penalty back (监管处罚信息回传), each document once; the licence is to be reviewed."""
    case, push = _taken(act, push_id)
    document_no = document_no.strip()
    for text, field in ((document_no, "document_no"), (words.strip(), "words")):
        if not text:
            raise Incomplete(
                "请写明处罚决定书文号和违法事实、处罚内容。", code="penalty.missing", field=field
            )
    told = pushes.penalise(
        act.db, push_id=push.id, case_id=case.id, document_no=document_no, words=words.strip(), at=act.at,
        by_id=act.by.id,
    )  # fmt: skip
    if told is None:
        raise Stale(f"处罚决定书 {document_no} 已经回传过。", code="penalty.told", field="document_no")
    act.record("penalised", case, to=_name(act, push), document_no=document_no, words=words.strip())
    return case


def review(act: Act, penalty_id: int, outcome: Review, opinion: str) -> Case:
    """Review what was granted after a penalty: it stands, or its revocation is begun as a procedure of its own."""
    case = act.take(pushes.penalty(act.db, penalty_id).case_id)
    penalty = pushes.penalty(act.db, penalty_id)
    if not any(act.by.holds(role, case.authority_id) for role in _REVIEWING):
        raise NotYours("许可的复核由作出许可的部门负责人办理。", code="post.missing")
    opinion = must_say(opinion, "复核须写明事实和理由。", code="reason.missing", field="opinion")
    if penalty.reviewed_at is not None:
        raise Stale("这条处罚已经复核，请刷新。", code="penalty.reviewed")
    pushes.review(
        act.db,
        penalty.id,
        review=str(outcome),
        opinion=opinion,
        reviewed_at=act.at,
        reviewed_by=act.by.id,
    )
    act.record("licence reviewed", case, review=str(outcome), document_no=penalty.document_no, reason=opinion)
    return case


def _taken(act: Act, push_id: int) -> tuple[Case, Row]:
    """Lock the case of what was pushed, and return both. Raises `NotFound`, `NotYours`."""
    case = act.take(pushes.get(act.db, push_id).case_id)
    push = pushes.get(act.db, push_id)
    if not any(act.by.holds(role, push.org_id) for role in ANSWERING):
        raise NotYours("只有收到推送的监管部门可以签收和反馈。", code="post.missing")
    return case, push


def _name(act: Act, push: Row) -> str:
    return people.org_names(act.db, [push.org_id])[push.org_id]
