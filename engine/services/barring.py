"""Findings of false papers (虚假材料, R-ACC-8): written down by one, taken back by another, told in the decision."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from engine.domain import bar
from engine.domain import case as life
from engine.domain.bar import Bar, Ground
from engine.domain.case import UNACCEPTED, UNDECIDED
from engine.domain.errors import NotNow, NotYours, must_say
from engine.domain.identity import Role, must_hold
from engine.domain.paper import Kind
from engine.domain.sheet import Sheet, chinese
from engine.services import issuing
from engine.services.act import Act
from engine.store import bars
from engine.store.cases import Case
from engine.store.db import Row

#: Who of the authority looks into what was handed in.
FINDERS = (Role.APPROVER, Role.INSPECTOR, Role.CHIEF, Role.LEADER)
#: Who takes a finding back that somebody else made: the authority's own heads, or the district's manager.
_HEADS = (Role.CHIEF, Role.LEADER)


def find(act: Act, case: Case, facts: str) -> int:
    """Write down that facts were hidden or false papers shown in a case; return the finding's id.

    It takes effect with the denial or refusal that rests on it, and is told there (art. 78). Raises `NotYours`
    for anybody but the window before the acceptance and the authority after it, `NotNow` for what is no licence.
    """
    life.must_be(case.state, UNACCEPTED | UNDECIDED, "认定虚假材料")
    _must_look_into(act, case)
    bar.must_be_licence(act.matter(case).record)
    facts = must_say(
        facts, "请写明隐瞒了什么、哪份材料是虚假的，以及怎样查实。", code="facts.missing", field="facts"
    )
    if any(row.cancelled_at is None for row in bars.of_case(act.db, case.id)):
        raise NotNow("本件已经认定过；认定有误的，请由另一人撤销后重新认定。", code="bar.found")
    found = _add(act, case, Ground.CONCEALED, facts)
    act.record("false papers found", case, facts=facts)
    return found


def _must_look_into(act: Act, case: Case) -> None:
    if case.state in UNACCEPTED:
        must_hold(act.by, Role.WINDOW, case.accepts)
    elif not any(act.by.holds(role, case.authority_id) for role in FINDERS):
        must_hold(act.by, Role.APPROVER, case.authority_id)


def _add(act: Act, case: Case, ground: Ground, facts: str) -> int:
    return bars.find(
        act.db, applicant_id=case.applicant_id, case_id=case.id, matter_key=case.matter_key, ground=ground,
        facts=facts[:500], at=act.at, by_id=act.by.id,
    )  # fmt: skip


def found(act: Act, case: Case) -> Row | None:
    """Return the finding a denial or refusal of the case now rests on, if there is one."""
    return next(
        (row for row in bars.of_case(act.db, case.id) if row.cancelled_at is None and row.since is None), None
    )


def said(act: Act, case: Case, sheet: Sheet, finding: Row) -> Sheet:
    """Return what a denial or refusal says when it rests on a finding: the warning, and until when he is barred."""
    ends = _until(act, case, Ground.CONCEALED)
    told = bar.told(finding.facts, chinese(act.today), chinese(ends) if ends else "")
    return replace(sheet, more=(*sheet.more, *told))


def take_effect(act: Act, case: Case, finding: Row, document_no: str) -> None:
    """The decision is made: whoever showed false papers is warned, and barred where the matter concerns safety."""
    _begin(act, case, finding.id, Ground.CONCEALED, document_no)


def got_by_fraud(act: Act, case: Case, facts: str, document_no: str) -> None:
    """A licence was revoked as got by fraud: its holder is barred for three years (art. 79)."""
    if _until(act, case, Ground.FRAUD) is not None:
        _begin(act, case, _add(act, case, Ground.FRAUD, facts), Ground.FRAUD, document_no)


def _begin(act: Act, case: Case, bar_id: int, ground: Ground, document_no: str) -> None:
    until = _until(act, case, ground)
    bars.mark(act.db, bar_id, since=act.today, until=until, document_no=document_no)
    told = {"until": until.isoformat()} if until else {}
    act.record("barred" if until else "warned", case, ground=str(ground), document_no=document_no, **told)


def _until(act: Act, case: Case, ground: Ground) -> date | None:
    if case.mystery:
        return None  # what was only tried out (体验办件) keeps nobody from anything
    return bar.until(ground, act.matter(case).record, act.today, act.calendar_of(case))


def against(act: Act, applicant_id: int, keys: Collection[str]) -> tuple[Bar, ...]:
    """Return what forbids somebody to apply for some matters today."""
    return bar.running(bars.against(act.db, applicant_id), keys, act.today)


def cancel(act: Act, bar_id: int, reason: str) -> Row:
    """Take a finding back that was a mistake; another does it than who made it, and the applicant is told.

    Raises `NotFound`, `NotYours`, `NotNow` for one taken back already or by who made it, `Incomplete` without reason.
    """
    case = act.take(bars.get(act.db, bar_id).case_id)
    row = bars.get(act.db, bar_id)
    if not (any(act.by.holds(role, case.authority_id) for role in _HEADS) or act.by.holds(Role.MANAGER)):
        raise NotYours(
            "认定由作出机关的负责人或督办管理岗复核撤销。", code="post.missing", role=str(Role.LEADER)
        )
    bar.must_be_another(row.by_id, act.by.id)
    reason = must_say(reason, "请写明为何认定有误。", code="reason.missing", field="reason")
    if row.cancelled_at is not None:
        raise NotNow("这条认定已经撤销。", code="bar.cancelled")
    bars.cancel(act.db, row.id, act.by.id, reason[:500], act.at)
    no = ""
    if row.since is not None:
        no = issuing.tell(
            act, case, Kind.BAR_LIFTED,
            f"本机关此前关于你（单位）{bar.GROUND_NAMES[Ground(row.ground)]}的认定（{row.document_no}）有误，现予撤销；"
            "原给予的警告和再次申请的限制同时撤销。",
            f"理由：{reason}", "你（单位）可以就该事项重新提出申请。",
            articles=[bar.ARTICLES[Ground(row.ground)]],
        )  # fmt: skip
    act.record("finding taken back", case, reason=reason, **({"document_no": no} if no else {}))
    return bars.get(act.db, bar_id)
