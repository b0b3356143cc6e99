"""A real site on a fresh database, a real browser, and people who sign in."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server

from engine.office import Office
from engine.services import passwords
from engine.store.people import users
from tests.conftest import Watch
from web.app import create_app

CHROMIUM = os.environ.get("LIANBAN_TEST_CHROMIUM", "")
#: Where a failed or finished story leaves its pictures.
PICTURES = Path(os.environ.get("LIANBAN_TEST_PICTURES", "var/pictures"))
PASSWORD = "story-2026"
#: Chromium in a closed network: no updates, no calls home.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium was left out (SKIP=browser)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@dataclass
class Site:
    """The running product and the watch it goes by."""

    url: str
    office: Office
    watch: Watch


@pytest.fixture
def site(office: Office, watch: Watch) -> Iterator[Site]:
    with office.database.transaction() as db:
        db.execute(sa.update(users).values(password=passwords.hashed(PASSWORD)))
    server = create_server(create_app(office), host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", office, watch)
    server.close()
    thread.join(5)


class Person:
    """Somebody at a browser of his own."""

    def __init__(
        self, browser: Browser, site: Site, login: str = "", width: int = 1280, **context: Any
    ) -> None:
        self._site = site
        self._context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", **context
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(10_000)
        self._login = login

    def go(self, path: str) -> "Person":
        """Go to a page, signing in (again) where the session is new or has slept too long."""
        self.page.goto(self._site.url + path)
        if self._login and "/sign-in" in self.page.url:
            self.page.fill("input[name=login]", self._login)
            self.page.fill("input[name=password]", PASSWORD)
            self.press("登录")
            assert "/sign-in" not in self.page.url, f"{self._login} could not sign in"
        return self

    def press(self, name: str) -> "Person":
        """Press the first button of that name and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()
        return self

    def sees(self, *words: str) -> "Person":
        """Fail unless the page says every one of *words*."""
        said = self.page.inner_text("body")
        missing = [word for word in words if word not in said]
        assert not missing, f"{missing} not on {self.page.url}:\n{said[:3000]}"
        return self

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def leave(self) -> None:
        self._context.close()


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator["People"]:
    together = People(browser, site)
    yield together
    for person in together.known.values():
        person.leave()


class People:
    """Everybody in the story, each signed in once."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self.known: dict[str, Person] = {}

    def __call__(self, login: str, width: int = 1280, **context: Any) -> Person:
        if login not in self.known:
            self.known[login] = Person(
                self._browser, self._site, "" if login == "applicant" else login, width, **context
            )
        return self.known[login]
