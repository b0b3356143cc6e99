"""For those who watch the machine: alive, ready, and the numbers (Prometheus text format)."""

from flask import Blueprint, Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from engine.queries import calendars, pulse
from web import auth

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and a calendar is in force; how far it reaches, and whether that is far enough."""
    with auth.look() as look:
        reach = calendars.coverage(look.calendar, look.at)
    warnings = [f"放假通知只覆盖到 {reach.last}，还剩 {reach.ahead} 天"] if reach.short else []
    return jsonify(
        status="ok",
        calendar=reach.version,
        calendar_last=str(reach.last),
        calendar_days_ahead=reach.ahead,
        warnings=warnings,
    )


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The gauges of the house."""
    with auth.look() as look:
        gauges = pulse.pulse(look.db, look.at, look.almanac)
    lines = [f"# TYPE {name} gauge\n{name} {value:g}" for name, value in gauges.items()]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def install(app: Flask) -> None:
    """Open these addresses."""
    app.register_blueprint(bp)
