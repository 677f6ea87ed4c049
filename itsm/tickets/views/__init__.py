"""Pages of the service desk."""

from flask import Flask

from itsm.core.access import Verb
from itsm.core.web import NavEntry, add_nav
from itsm.tickets.views import disturbances, listing, photos, record, report, words
from itsm.tickets.views.blueprint import bp

__all__ = ["disturbances", "init", "listing", "photos", "record", "report"]

bp.context_processor(lambda: words.CONTEXT)


def init(app: Flask) -> None:
    """Register the pages and the entries of the menu."""
    app.register_blueprint(bp)
    add_nav(
        NavEntry(
            "Störungen",
            "tickets.index",
            "list",
            lambda me: me.may_somewhere(Verb.TICKET_SEE) or me.may_somewhere(Verb.TICKET_SEE_OWN),
            30,
        )
    )
