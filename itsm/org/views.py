"""Pages of this package."""

from flask import Blueprint, Flask

bp = Blueprint("org", __name__)


def init(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
