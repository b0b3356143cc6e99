"""One process: pages, machines' door and the ticking behind them; a signal ends all of it cleanly.

Waitress serves with threads inside this process, so nothing is left behind when it ends. What cannot go on
while somebody looks (the demonstration's weeks are told under a clock of their own) goes on backstage, and
the ticking begins after it.
"""

import json
import os
import secrets
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread
from types import FrameType

from flask import Flask
from waitress import create_server  # type: ignore[import-untyped]  # waitress has no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # nor here
from waitress.task import ErrorTask  # type: ignore[import-untyped]  # nor here

from engine import demonstration
from engine.config import Settings
from engine.domain.errors import Malformed, NotNow
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import registrar
from engine.worker import Worker
from web import words
from web.app import create_app

Say = Callable[[str], None]


class _TooLarge(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Say in Chinese what waitress refuses before the application sees it: a body that is too large, unread."""

    def execute(self) -> None:
        if self.request.error.code != 413:  # anything else is no browser's
            super().execute()
            return
        said = {"status": 413, "code": "http.413", "title": words.TITLES[413], "detail": words.HTTP[413]}
        body = json.dumps({"type": "urn:lianban:http.413", **said}, ensure_ascii=False).encode()
        self.status = "413 Request Entity Too Large"
        self.response_headers += [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]  # nor here
    """A connection whose refusals are ours."""

    error_task_class = _TooLarge


#: Where a demonstration keeps its key and the names to sign in with.
VAR = Path("var")
#: What ends the process; also SIGINT, which a shell lets its background jobs ignore.
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: How many requests are answered at a time.
THREADS = 16
#: The largest body anybody may send; the application says so more politely below it.
_MOST_BYTES = 65 * 1024 * 1024


def sealed(settings: Settings) -> Settings:
    """Return *settings* with their secret key; a demonstration makes its own, once.

    Raises `Malformed` when an installation has none.
    """
    if settings.secret_key:
        return settings
    if not settings.demo:
        raise Malformed(
            "没有设置 LIANBAN_SECRET_KEY。请用 openssl rand -hex 32 生成一个，写入环境变量后再启动。",
            code="settings.secret",
        )
    path = VAR / "secret.key"
    if not path.exists():
        _keep(path, secrets.token_hex(32))
    return replace(settings, secret_key=path.read_text(encoding="ascii").strip())


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf8") as file:
        file.write(text)


def prepare(office: Office) -> dict[str, int]:
    """Bring the database to this version and everything in ``bpmn/`` into force; data are kept."""
    office.upgrade()
    with office.act(CLOCK) as act:
        return registrar.publish_all(act, office.settings.bpmn)


def hire(office: Office, say: Say) -> bool:
    """Add the demonstration's people and tell them, this once; return whether there was nobody yet.

    Later starts only say where they are written down, for the owner of the file to read.
    """
    path = VAR / "demo-people.txt"
    told: list[str] = []
    fresh = demonstration.hire(office, told.append)
    if fresh:
        _keep(path, "".join(f"{line}\n" for line in told))
        say("\n".join(told))
    elif path.exists():
        say(f"演示人员的用户名和口令见 {path}（只有文件所有者可读）")
    return fresh


class Backstage:
    """What goes on behind the pages: a fresh demonstration's weeks, then the ticking, until `stop`."""

    def __init__(self, office: Office, *, fresh: bool) -> None:
        self._office = office
        self._fresh = fresh
        self._worker = Worker(office)
        self._lock = Lock()
        self._ticking = self._closing = False

    def start(self) -> None:
        """Begin, in a thread of its own that does not keep the process alive."""
        Thread(target=self._go, name="backstage", daemon=True).start()

    def _go(self) -> None:
        try:
            if self._fresh:
                demonstration.Story(self._office).tell()
        finally:
            self._tick()

    def _tick(self) -> None:
        with self._lock:
            if not self._closing:
                self._worker.start()
                self._ticking = True

    def stop(self) -> None:
        """End the ticking; an act under way is finished first."""
        with self._lock:
            self._closing = True
            if self._ticking:
                self._worker.stop()


def pages(office: Office, host: str, port: int, say: Say) -> None:
    """Serve until a signal; a demonstration's people are there before anybody is answered."""
    server = _listen(office, host, port, create_app(office))
    backstage = Backstage(office, fresh=office.settings.demo and hire(office, say))
    for each in _SIGNALS:
        signal.signal(each, _leave)
    say(f"联办已启动 (ready): http://{host}:{server.effective_port}")
    try:
        if office.settings.role == "all":
            backstage.start()
        server.run()  # returns after SIGINT or SIGTERM, when the answers under way are given
    finally:
        server.close()
        backstage.stop()
        office.close()


def _listen(office: Office, host: str, port: int, app: Flask):  # type: ignore[no-untyped-def]  # nor has waitress
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident="lianban",
            max_request_body_size=_MOST_BYTES,
            clear_untrusted_proxy_headers=True,
            **_behind(office.settings.trusted_proxy),
        )
        server.channel_class = _Channel
        return server
    except (OSError, ValueError) as error:
        raise NotNow(
            f"无法在 {host}:{port} 上监听（{error}）。端口可能被占用，请换一个，例如 PORT=9000 make run。",
            code="port.unavailable",
        ) from error


def _behind(proxy: str) -> dict[str, object]:
    """What the proxy that ends TLS may tell us; without one nothing is believed."""
    if not proxy:
        return {}
    return {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"}}


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def worker(office: Office, say: Say, host: str = "", port: int | None = None) -> None:
    """Tick until a signal, without pages; with a *port*, those who watch the machine are answered there."""
    door = _listen(office, host, port, create_app(office, ("health",))) if port is not None else None
    stopped = Event()
    for each in _SIGNALS:
        signal.signal(each, lambda _signal, _frame: stopped.set())
    ticking = Worker(office)
    ticking.start()
    where = f": http://{host}:{door.effective_port}/readyz" if door else ""
    say(f"联办时限监控已启动 (ready){where}")
    if door:
        Thread(target=door.run, name="door", daemon=True).start()
    stopped.wait()
    ticking.stop()
    if door:
        door.close()
    office.close()
