"""For those who watch the machine: alive, ready, and the numbers (Prometheus text format)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from engine.office import Office
from engine.queries import calendars, pulse
from engine.tally import Tally
from web import auth

bp = Blueprint("health", __name__)

#: A worker that has not come round for so long is no longer at work.
STALLED = timedelta(minutes=1)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and a calendar is in force; how far it reaches, and where the clock ticks when it did.

    A process that does nothing else is not ready before its clock ticks, nor when it has stopped.
    """
    office = auth.office()
    with auth.look() as look:
        reach = calendars.coverage(look.calendar, look.at)
    warnings = [f"放假通知只覆盖到 {reach.last}，还剩 {reach.ahead} 天"] if reach.short else []
    said: dict[str, Any] = {
        "status": "ok",
        "calendar": reach.version,
        "calendar_last": str(reach.last),
        "calendar_days_ahead": reach.ahead,
        "warnings": warnings,
    }
    if office.settings.role == "web":
        return jsonify(said)
    said |= _ticking(office)
    if office.settings.role == "worker" and said["worker"] != "ticking":
        return jsonify(said | {"status": said["worker"]}), 503
    return jsonify(said)


def _ticking(office: Office) -> dict[str, Any]:
    last = office.tally.ticked_at
    if last is None:
        return {"worker": "starting", "last_tick": None}
    ago = office.now() - last
    state = "ticking" if ago < STALLED else "stalled"
    return {"worker": state, "last_tick": last.isoformat(), "seconds_since_tick": ago.total_seconds()}


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The gauges of the house, and what this process's clock has done since it began."""
    with auth.look() as look:
        gauges = pulse.pulse(look.db, look.at, look.almanac)
    lines = [f"# TYPE {name} gauge\n{name} {value:g}" for name, value in gauges.items()]
    lines += _counted(auth.office().tally)
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _counted(tally: Tally) -> Iterator[str]:
    yield f"# TYPE lianban_deadlines_fired_total counter\nlianban_deadlines_fired_total {tally.fired}"
    yield f"# TYPE lianban_failures_total counter\nlianban_failures_total {tally.failed}"
    yield "# TYPE lianban_batch_seconds summary"
    yield f"lianban_batch_seconds_sum {tally.batch_seconds:g}\nlianban_batch_seconds_count {tally.batches}"
    if tally.ticked_at is not None:
        name = "lianban_last_tick_timestamp_seconds"
        yield f"# TYPE {name} gauge\n{name} {tally.ticked_at.timestamp():.3f}"


def install(app: Flask) -> None:
    """Open these addresses."""
    app.register_blueprint(bp)
