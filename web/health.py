"""For those who watch the machine: alive, ready, and the numbers (Prometheus text format)."""

from flask import Blueprint, Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from engine.queries import pulse
from web import auth

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and a calendar is in force."""
    with auth.look() as look:
        return jsonify(status="ok", calendar=look.calendar.version)


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The gauges of the house."""
    with auth.look() as look:
        gauges = pulse.pulse(look.db, look.at)
    lines = [f"# TYPE {name} gauge\n{name} {value:g}" for name, value in gauges.items()]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def install(app: Flask) -> None:
    """Open these addresses."""
    app.register_blueprint(bp)
