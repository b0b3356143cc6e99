"""Papers (文书) on their way out: set as PDF, and always handed out as an attachment."""

from io import BytesIO

from flask import Response, request, send_file

from engine.domain.errors import NotNow
from engine.papers import setting
from engine.papers.setting import Printed
from engine.queries.papers import Paper


def address(paper: Paper) -> str:
    """Where the applicant follows the case the paper is about."""
    return f"{request.url_root}t/{paper.code}"


def pdf(paper: Paper) -> Response:
    """Hand a paper out as PDF. Raises `NotNow` where it cannot be set."""
    content = setting.pdf(_printed(paper))
    name = f"{paper.facts['title']} {paper.no}.pdf"
    answer = send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=name, max_age=0)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def trouble(paper: Paper) -> str:
    """Why there is no PDF of a paper; "" where there is."""
    try:
        setting.must_be_whole(_printed(paper))
    except NotNow as refusal:
        return refusal.message
    return ""


def rare(name: str) -> str:
    """The characters of a name that no paper can be set with; "" for none, or where there is no font at all."""
    try:
        return setting.rare(name)
    except NotNow:
        return ""


def _printed(paper: Paper) -> Printed:
    return Printed(
        no=paper.no,
        addressee=paper.addressee,
        authority=paper.authority,
        articles=paper.articles,
        facts=paper.facts,
        template=paper.template,
        at=paper.at,
        address=address(paper),
    )
