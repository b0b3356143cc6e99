"""Monitors ask at three addresses, in a process with pages and in one that only ticks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine import worker
from engine.office import Office
from engine.store.deadlines import deadlines
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import Visitor
from web.app import create_app


def metrics(office: Office) -> dict[str, float]:
    text = create_app(office).test_client().get("/metrics").text
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def ready(office: Office, role: str) -> tuple[int, dict[str, Any]]:
    office.settings = replace(office.settings, role=role)
    answer = create_app(office, ("health",)).test_client().get("/readyz")
    return answer.status_code, answer.json or {}


def test_a_worker_says_when_it_last_ticked(office: Office, watch: Watch) -> None:
    assert ready(office, "worker")[0] == 503
    worker.tick(office)
    watch.time += timedelta(seconds=3)
    status, said = ready(office, "worker")
    assert (status, said["worker"], said["seconds_since_tick"]) == (200, "ticking", 3)


def test_a_worker_that_stopped_coming_round_is_not_ready(office: Office, watch: Watch) -> None:
    worker.tick(office)
    watch.time += timedelta(minutes=5)
    assert ready(office, "worker") == (503, ready(office, "worker")[1] | {"status": "stalled"})
    assert ready(office, "all")[0] == 200  # its pages are there all the same


def test_a_process_without_a_clock_says_nothing_of_it(office: Office) -> None:
    status, said = ready(office, "web")
    assert (status, said["status"], "worker" in said) == (200, "ok", False)


def test_a_process_that_only_ticks_has_no_pages(office: Office) -> None:
    client = create_app(office, ("health",)).test_client()
    assert [client.get(path).status_code for path in ("/healthz", "/metrics", "/", "/inbox")] == [
        200,
        200,
        404,
        404,
    ]


def test_lag_is_of_what_is_due_and_not_of_what_waits(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, "tobacco_retail")
    assert metrics(office)["lianban_deadline_lag_seconds"] == 0
    watch.set("2026-12-01 00:01")
    assert (metrics(office)["lianban_deadlines_due"], metrics(office)["lianban_deadline_lag_seconds"]) == (
        1,
        60,
    )
    with office.database.transaction() as db:
        db.execute(sa.update(deadlines).values(try_at=watch() + timedelta(minutes=1)))
    assert metrics(office)["lianban_deadlines_due"] == 0
    watch.time += timedelta(minutes=2)
    worker.tick(office)
    assert (
        metrics(office)["lianban_deadlines_fired_total"]
        == builders.acts(office, no).count("deadline passed")
        == 1
    )


def test_the_registrar_sees_whether_the_clock_keeps_up(office: Office, staff: Staff, watch: Watch) -> None:
    builders.apply(office, staff, "tobacco_retail")
    watch.set("2026-12-01 00:01")
    registrar = Visitor(office, "registrar")
    assert "有 1 个时限已到期而未触发，最早的到期于 2026-12-01 00:00。" in registrar.text("/admin")
    worker.tick(office)
    page = registrar.text("/admin")
    assert "到期的时限都已触发。" in page
    assert "已触发1 个" in page
