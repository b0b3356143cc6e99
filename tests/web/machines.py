"""A machine at the door: somebody's bearer token and JSON, against the real application."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.domain.identity import CLOCK
from engine.domain.material import Handed
from engine.office import Office
from engine.services import sessions
from engine.services.receiving import Application
from tests import builders
from web.app import create_app

API = "/api/v1"
#: A number whose check digit fits, of nobody.
ID_NUMBER = "510703199001010015"


class Machine:
    """Calls ``/api/v1`` as one user after another."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client: FlaskClient = create_app(office).test_client()
        self._tokens: dict[str, str] = {}

    def token(self, login: str) -> str:
        if login not in self._tokens:
            with self.office.act(CLOCK) as act:
                self._tokens[login] = sessions.token(act, login)
        return self._tokens[login]

    def headers(self, login: str | None, key: str | None = None) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token(login)}"} if login else {}
        return {**bearer, **({"Idempotency-Key": key} if key else {})}

    def get(self, path: str, login: str | None = "lin") -> TestResponse:
        return self.client.get(API + path, headers=self.headers(login))

    def post(self, path: str, login: str | None = "lin", key: str | None = None, **how: Any) -> TestResponse:
        return self.client.post(API + path, headers=self.headers(login, key), **{"json": {}, **how})

    def apply(self, matter: str, login: str = "lin", **more: Any) -> TestResponse:
        return self.post("/cases", login, json=self.body(matter, **more))

    def body(self, matter: str, lacking: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
        """An application at the window as JSON, with everything handed in but *lacking*."""
        whole: Application = builders.application(self.office, matter, lacking=lacking)
        return {
            "matter": matter,
            "channel": "window",
            "applicant": {"id_number": ID_NUMBER, "name": "王小满", "phone": "13800000001"},
            "materials": [_handed(each) for each in whole.materials],
            **more,
        }


def _handed(material: Handed) -> dict[str, str]:
    return {"code": material.code, "standing": material.standing.value}
