"""The landing page of each role, and the one search box."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

bp = Blueprint("home", __name__)


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show what is to be done now."""
    return render_template("home/start.html")


@bp.get("/lebt")
def alive() -> ResponseReturnValue:
    """Tell a load balancer that this process answers."""
    return {"lebt": True}


def init(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
