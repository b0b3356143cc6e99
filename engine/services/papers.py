"""The papers an act gives rise to (文书): each kind with its word in the number, kept beside the case."""

from collections.abc import Sequence

from engine.services.act import Act
from engine.store import cases, documents
from engine.store.cases import Case

#: Every kind of paper, and the word that stands in its number.
WORDS = {
    "stop_notice": "特告",
    "extension_notice": "延告",
    "deemed_acceptance": "视受",
    "deemed_withdrawal": "视撤",
    "deemed_renewal": "视延",
}


def issue(act: Act, case: Case, kind: str, text: str, articles: Sequence[str]) -> str:
    """Keep a paper that says *text* and rests on *articles*; return its number, next in its kind and year."""
    serial = cases.serial(act.db, f"{kind} {act.today:%Y}")
    no = f"{act.region}{WORDS[kind]}〔{act.today:%Y}〕{serial:06d}号"
    documents.issue(
        act.db,
        case_id=case.id,
        kind=kind,
        no=no,
        text=text,
        articles=list(articles),
        at=act.at,
        by_id=act.by.id,
    )
    return no
