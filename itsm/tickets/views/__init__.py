"""Pages of the service desk."""

from flask import Flask

from itsm.core.access import Verb
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.tickets.views import device_slots, disturbances, home, listing, photos, record, report, routing, words
from itsm.tickets.views.blueprint import bp

__all__ = ["disturbances", "init", "listing", "photos", "record", "report", "routing"]

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
    add_nav(
        NavEntry("Zuständigkeiten", "tickets.routes", "checklist", lambda me: me.may_somewhere(Verb.ROUTING_EDIT), 75)
    )
    fill_slot("home.sentence", home.sentence)
    fill_slot("home.main", home.main_action)
    fill_slot("home.blocks", home.blocks)
    fill_slot("search.results", home.results)
    fill_slot("device.main", device_slots.tickets_of_device)
    fill_slot("device.next", device_slots.report_it)
