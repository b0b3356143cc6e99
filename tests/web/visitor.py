"""Somebody in front of our pages: signed in or not, who fills in forms and reads what comes back."""

import re
from html import unescape
from secrets import token_hex

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.store import people
from web import auth
from web.app import create_app

PDF = b"%PDF-1.4 a plan"
WANG = {
    "applicant.kind": "person",
    "applicant.name": "王小满",
    "applicant.id_number": "510703199001010015",
    "applicant.phone": "13800000001",
}


class Visitor:
    """A browser of one person."""

    def __init__(self, office: Office, login: str | None = None) -> None:
        self.client: FlaskClient = create_app(office).test_client()
        self.keys = 0
        if login:
            secret = token_hex(8)
            with office.act(CLOCK) as act:
                people.open_session(act.db, secret, dict(people.user_ids(act.db))[login], act.at)
            self.client.set_cookie(auth.COOKIE, secret)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return said(answer)

    def send(self, path: str, key: str = "", **typed: object) -> TestResponse:
        self.keys += 1
        return self.client.post(path, data={"_key": key or f"key-{self.keys}", **typed})

    def english(self) -> "Visitor":
        self.client.set_cookie("lang", "en")
        return self


def said(answer: TestResponse) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.text)))


def alert(answer: TestResponse) -> str:
    """What the page says is wrong, above everything else."""
    found = re.search(r'role="alert".*?<p>(.*?)</p>', answer.text, re.S)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def at_field(answer: TestResponse, field: str) -> str:
    """What is said beside a field."""
    found = re.search(rf'id="{re.escape(field)}-error">(.*?)</p>', answer.text)
    return unescape(found[1]) if found else ""
