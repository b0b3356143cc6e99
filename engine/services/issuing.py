"""Papers (文书): each is issued inside the act that causes it, numbered, and frozen as it was said."""

from collections.abc import Sequence

from engine.domain import paper, sheet
from engine.domain.case import Channel
from engine.domain.deadline import day_of
from engine.domain.limit import Limit, Unit
from engine.domain.paper import Kind
from engine.domain.sheet import Sheet
from engine.services.act import Act
from engine.store import cases, documents, people
from engine.store.cases import Case

#: The layout papers are issued for; an older paper keeps the one it was issued with.
TEMPLATE = "sheet-1"
#: Kinds numbered without their authority's short name: what is decided for the district has one row of numbers.
_JOINT = frozenset({Kind.GRANT, Kind.DENIAL})


def issue(act: Act, case: Case, kind: Kind, said: Sheet, articles: Sequence[str] | None = None) -> str:
    """Issue a paper and return its number, next in its kind, authority and year.

    What it rests on is the kind's own law unless *articles* are given.
    """
    of, year = paper.type_of(act.matter(case).record), act.today.year
    short = "" if kind in _JOINT else people.short(act.db, case.authority_id)
    no = paper.number(kind, act.region, short, year, cases.serial(act.db, paper.counter(kind, short, year)))
    documents.issue(
        act.db,
        case.applicant_id,
        case.authority_id,
        case_id=case.id,
        kind=str(kind),
        no=no,
        text=said.text[:2000],
        articles=[paper.cited(each, of) for each in articles]
        if articles is not None
        else list(paper.articles(kind, of)),
        facts=said.frozen(paper.title(kind, of), paper.remedies(kind, of)),
        template=TEMPLATE,
        at=act.at,
        by_id=act.by.id,
    )
    return no


def tell(
    act: Act, case: Case, kind: Kind, words: str, *more: str, articles: Sequence[str] | None = None
) -> str:
    """Issue a paper that says *words* of the case's application; return its number."""
    said = Sheet(words, tuple(filter(None, more)), opening=f"关于{about(act, case)}：")
    return issue(act, case, kind, said, articles)


def about(act: Act, case: Case) -> str:
    """How a paper names the application of a case; where nobody applied (免申), the case itself."""
    if case.channel == Channel.PUSH:
        return sheet.unasked(act.matter(case).name, case.no)
    return sheet.application(act.matter(case).name, case.no, day_of(case.received_at))


def within(limit: Limit) -> str:
    """A limit as a paper says within which time something is done."""
    return "当场" if limit.unit is Unit.ONSPOT else f"{limit.words()}内"
