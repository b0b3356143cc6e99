"""Kept files on their way out: always as an attachment, but for pictures; none of them ever runs on our pages."""

from io import BytesIO

from flask import Response, send_file

from engine.domain import upload

#: What a file may do in a browser: nothing.
_SANDBOX = "default-src 'none'; sandbox"


def handed(content: bytes, name: str) -> Response:
    """Hand a file out as an attachment, as what it is by its bytes; a kind we do not know is plain bytes."""
    kind = upload.kind_of(content)
    told = kind.media_type if kind else "application/octet-stream"
    return _guarded(send_file(BytesIO(content), told, as_attachment=True, download_name=name, max_age=0))


def shown(content: bytes, name: str) -> Response:
    """Show a picture; whatever else it is, hand it out."""
    told = upload.shown_as(content)
    if not told:
        return handed(content, name)
    return _guarded(send_file(BytesIO(content), told, download_name=name, max_age=0))


def is_picture(content: bytes) -> bool:
    """May a page of ours show it?"""
    return bool(upload.shown_as(content))


def _guarded(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
