"""The papers of a case (文书): their kinds, titles, numbers, and the articles of law each rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.domain.matter import Unanswered
from engine.domain.tolerance import OnOverdue

LICENSING = "《行政许可法》"
#: The type of matter the Licensing Law is made for; others follow its procedure by analogy (参照).
LICENCE = "行政许可"


class Kind(StrEnum):
    """What a paper is."""

    ACCEPTANCE = "acceptance"
    TOLERANT = "tolerant_acceptance"
    COMMITMENT = "commitment"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    CORRECTION = "correction"
    STOP = "stop_notice"
    SUSPENSION = "suspension_notice"
    RESUMPTION = "resumption"
    EXTENSION = "extension_notice"
    GRANT = "grant"
    DENIAL = "denial"
    REVOCATION = "revocation"
    DELIVERY = "delivery_receipt"
    DEEMED_ACCEPTANCE = "deemed_acceptance"
    DEEMED_WITHDRAWAL = "deemed_withdrawal"
    DEEMED_RENEWAL = "deemed_renewal"
    TERMINATION = "termination"
    RETURN = "return_notice"
    POSTPONEMENT = "postponement_notice"
    LATER = "aftergrant_commitment"
    TO_BE_REVOKED = "revocation_notice"
    INFORMED = "informed_commitment"
    RECTIFICATION = "rectification_order"
    GRANT_REVOKED = "grant_revocation"
    LICENCE_CANCELLED = "licence_cancellation"
    INSPECTION = "inspection_notice"
    REMEDY = "inspection_remedy"
    HEARING_RIGHT = "hearing_right"
    HEARING = "hearing_notice"
    MANDATE_OVER = "mandate_over"
    BAR_LIFTED = "bar_lifted"
    OFFER = "offer"
    LATER_PERMITS = "later_permits"


@dataclass(frozen=True, slots=True)
class Form:
    """What every paper of a kind has: title, the word in its number, articles, the rules that ask for it.

    *open_* is the title where the matter is no licence; *adverse* papers tell the ways to complain.
    """

    title: str
    word: str
    articles: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    open_: str = ""
    adverse: bool = False
    counter: str = ""


_ART_32 = f"{LICENSING}第三十二条"
#: Every kind of paper.
FORMS: Mapping[Kind, Form] = {
    Kind.ACCEPTANCE: Form("受理通知书", "受", (f"{_ART_32}第一款第五项、第二款",), ("R-ACC-2", "R-ACC-4")),
    Kind.TOLERANT: Form("容缺受理通知书", "容受", (f"{_ART_32}第二款",), ("R-TOL-2",)),
    Kind.COMMITMENT: Form("容缺受理承诺书", "容诺", (), ("R-TOL-2", "R-TOL-4")),
    Kind.NOT_ACCEPTED: Form(
        "不予受理决定书", "不受", (f"{_ART_32}第一款第二项、第二款",), ("R-ACC-2",), adverse=True
    ),
    Kind.NOT_REQUIRED: Form("不受理告知书", "免受", (f"{_ART_32}第一款第一项、第二款",), ("R-ACC-2",), adverse=True),
    Kind.CORRECTION: Form("补正材料一次性告知书", "补告", (f"{_ART_32}第一款第四项",), ("R-ACC-1", "R-ACC-5")),
    Kind.STOP: Form("特别程序告知书", "特告", (f"{LICENSING}第四十五条",), ("R-LIM-5",)),
    Kind.SUSPENSION: Form("中止办理告知书", "中告", (), ("R-TOL-5",)),
    Kind.RESUMPTION: Form("恢复办理告知书", "恢告", (f"{LICENSING}第四十五条",), ("R-CNT-5", "R-CNT-6")),
    Kind.EXTENSION: Form("延期告知书", "延告", (f"{LICENSING}第四十二条",), ("R-LIM-1", "R-LIM-2")),
    Kind.GRANT: Form(
        "准予行政许可决定书", "政许", (f"{LICENSING}第三十八条第一款",), ("R-DEC-1",),
        open_="准予办理决定书", counter="decision",
    ),
    Kind.DENIAL: Form(
        "不予行政许可决定书", "政许", (f"{LICENSING}第三十八条第二款",), ("R-DEC-1",),
        open_="不予办理决定书", counter="decision", adverse=True,
    ),
    Kind.REVOCATION: Form("撤销受理决定书", "撤受", (), ("R-TOL-5",), adverse=True),
    Kind.DELIVERY: Form("送达回证", "送证", (f"{LICENSING}第四十四条",), ("R-LIM-4",)),
    Kind.DEEMED_ACCEPTANCE: Form("视为受理通知书", "视受", (f"{_ART_32}第一款第四项",), ("R-ACC-1",)),
    Kind.DEEMED_WITHDRAWAL: Form("视为撤回通知书", "视撤", (_ART_32,), ("R-ACC-5", "R-TOL-5"), adverse=True),
    Kind.DEEMED_RENEWAL: Form("视为准予延续决定书", "视延", (f"{LICENSING}第五十条第二款",), ("R-LIM-8",)),
    Kind.TERMINATION: Form("终止办理告知书", "终告", (), ("R-TOL-5",), adverse=True),
    Kind.RETURN: Form("退件告知书", "退告", (), ("R-TOL-5",), adverse=True),
    Kind.POSTPONEMENT: Form("容缺补齐顺延告知书", "顺告", ("《民法典》第一百八十条",), ("R-TOL-4",)),
    Kind.LATER: Form("容缺办结承诺书", "后诺", (), ("R-TOL-7",)),
    Kind.TO_BE_REVOKED: Form("拟撤销决定告知书", "拟撤", (f"{LICENSING}第六十九条",), ("R-TOL-7", "R-DEC-2")),
    Kind.INFORMED: Form("告知承诺书", "承诺", (), ("§4.3",)),
    Kind.RECTIFICATION: Form("限期整改通知书", "改告", (f"{LICENSING}第六十九条",), ("§4.3",)),
    Kind.MANDATE_OVER: Form("代办终止告知书", "代终", (f"{LICENSING}第二十九条",), ("R-ACC-7",)),
    Kind.BAR_LIFTED: Form("撤销认定告知书", "撤认", (f"{LICENSING}第七十八条",), ("R-ACC-8",)),
    Kind.OFFER: Form("免申办理告知书", "免告", ("《个人信息保护法》第二十四条、第三十五条",), ("R-DEC-4",)),
    Kind.LATER_PERMITS: Form("后续审批事项告知书", "后告", (), ("§1.4",)),
    Kind.GRANT_REVOKED: Form("撤销决定书", "撤决", (f"{LICENSING}第六十九条",), ("R-DEC-2",), adverse=True),
    Kind.LICENCE_CANCELLED: Form("注销决定书", "注决", (f"{LICENSING}第七十条",), ("R-DEC-2",), adverse=True),
    Kind.INSPECTION: Form("勘验告知书", "勘告", (f"{LICENSING}第三十四条第三款",), ("R-LIM-6", "R-BUN-1")),
    Kind.REMEDY: Form("勘验整改告知书", "勘改", (f"{LICENSING}第三十四条第三款",), ("R-LIM-6",)),
    Kind.HEARING_RIGHT: Form(
        "听证权利告知书", "听权", (f"{LICENSING}第四十六条", f"{LICENSING}第四十七条"), ("R-LIM-7",)
    ),
    Kind.HEARING: Form("听证通知书", "听通", (f"{LICENSING}第四十八条",), ("R-LIM-7",)),
}  # fmt: skip

#: The ways to complain, told with everything that refuses (R-DEC-1): each with its limit and its law.
REMEDIES = (
    "如不服本{paper}，可以自收到之日起六十日内依法申请行政复议（《行政复议法》第二十条），"
    "或者自收到之日起六个月内依法向人民法院提起行政诉讼（《行政诉讼法》第四十六条）。"
)
#: What follows when promised materials do not come (R-TOL-2, R-TOL-5), as the applicant is told.
OVERDUE: Mapping[OnOverdue, str] = {
    OnOverdue.REVOKE_ACCEPTANCE: "撤销受理",
    OnOverdue.DENY: "作出不予许可的决定",
    OnOverdue.WITHDRAW_DEEMED: "视为撤回申请",
    OnOverdue.TERMINATE: "终止办理，损失自负",
    OnOverdue.SUSPEND_THEN_RETURN: "中止办理，15 个工作日内补齐的恢复办理，仍未补齐的退件",
}
#: What follows when a correction is not answered (R-ACC-5), as the applicant is told.
UNANSWERED: Mapping[Unanswered, str] = {
    Unanswered.WITHDRAW_DEEMED: "视为撤回申请",
    Unanswered.DENY: "依法作出不予许可的决定",
}
#: What is handed out with a receipt: what was decided, or instead of it what took that back (R-DEC-2).
DECISIONS = frozenset({Kind.GRANT, Kind.DENIAL, Kind.DEEMED_RENEWAL})
UNDONE = frozenset({Kind.GRANT_REVOKED, Kind.LICENCE_CANCELLED})


def title(kind: Kind, of: str) -> str:
    """Return what a paper is called for a matter of type *of*: only a licence is licensed."""
    form = FORMS[kind]
    return form.open_ if form.open_ and of != LICENCE else form.title


def articles(kind: Kind, of: str) -> tuple[str, ...]:
    """Return what a paper rests on; the Licensing Law binds other matters by analogy only."""
    return tuple(cited(article, of) for article in FORMS[kind].articles)


def cited(article: str, of: str) -> str:
    """Return an article as a paper of a matter of type *of* cites it."""
    return f"参照{article}" if article.startswith(LICENSING) and of != LICENCE else article


def remedies(kind: Kind, of: str) -> str:
    """Return how one may complain of a paper; "" of one that refuses nothing."""
    return REMEDIES.format(paper=title(kind, of)[-3:]) if FORMS[kind].adverse else ""


def counter(kind: Kind, short: str, year: int) -> str:
    """Return the name of the counter a paper's number is taken from: by kind, authority and year."""
    return " ".join(filter(None, (FORMS[kind].counter or kind, short, str(year))))


def number(kind: Kind, region: str, short: str, year: int, serial: int) -> str:
    """Return a paper's number (文号), 510703市监受〔2026〕000123号."""
    return f"{region}{short}{FORMS[kind].word}〔{year}〕{serial:06d}号"


def type_of(record: Mapping[str, Any]) -> str:
    """Return what type a matter is; what says nothing, a bundle, holds licences."""
    return str(record.get("type") or LICENCE)
