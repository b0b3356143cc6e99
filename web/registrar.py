"""The registrar's room (管理): organisations, people, the calendar, incidents, the journal. To read."""

from flask import Blueprint, Flask, render_template

from engine.domain.identity import Role, must_hold
from engine.queries import house
from web import auth

bp = Blueprint("registrar", __name__)


@bp.get("/admin")
def admin() -> str:
    """How the house stands."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        found = house.house(look.db, look.calendar, look.at)
    return render_template("registrar/admin.html", house=found)


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
