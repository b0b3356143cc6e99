"""The papers of a case (文书): each as a page to print and as a PDF, for the staff and by the tracking code."""

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue

from engine.domain.deadline import day_of
from engine.domain.sheet import chinese
from engine.queries import papers
from engine.queries.papers import Paper
from web import applying, auth, printing
from web.pace import Pace

bp = Blueprint("papers", __name__)


@bp.get("/papers/<number:paper_id>")
def paper(paper_id: int) -> str:
    """Show a paper of a case one may see, ready to print."""
    found = _seen(paper_id)
    return _page(
        found, f"/papers/{paper_id}.pdf", [("待办", "/inbox"), (found.case_no, f"/cases/{found.case_no}")]
    )


@bp.get("/papers/<number:paper_id>.pdf")
def pdf(paper_id: int) -> ResponseReturnValue:
    """Hand it out as PDF."""
    return printing.pdf(_seen(paper_id))


def _seen(paper_id: int) -> Paper:
    actor = auth.me()
    with auth.look() as look:
        return papers.seen(look.db, actor, paper_id)


@bp.get("/t/<code>/papers/<number:paper_id>")
def own_paper(code: str, paper_id: int) -> str:
    """Show the applicant a paper of his own, ready to print."""
    found = _tracked(code, paper_id)
    return _page(found, f"/t/{code}/papers/{paper_id}.pdf", [("进度查询", f"/t/{code}")])


@bp.get("/t/<code>/papers/<number:paper_id>.pdf")
def own_pdf(code: str, paper_id: int) -> ResponseReturnValue:
    """Hand it out as PDF."""
    return printing.pdf(_tracked(code, paper_id))


def _tracked(code: str, paper_id: int) -> Paper:
    pace: Pace = current_app.extensions["pace"]
    pace.knock()
    with auth.look() as look:
        return papers.tracked(look.db, code, paper_id)


def _page(found: Paper, download: str, crumbs: list[tuple[str, str]]) -> str:
    address = printing.address(found)
    return render_template(
        "papers/paper.html",
        paper=found,
        download=download,
        crumbs=crumbs,
        day=chinese(day_of(found.at)),
        trouble=printing.trouble(found),
        address=address,
        qr=applying.qr(address),
    )


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
    app.jinja_env.globals["rare"] = printing.rare
