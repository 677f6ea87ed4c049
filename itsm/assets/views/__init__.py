"""Pages of the device file."""

from flask import Flask

from itsm.assets import device_words, kinds, states, words
from itsm.assets.views import (
    devices,
    entitlement,
    entitlement_city,
    finding,
    imports,
    labels,
    listing,
    loan,
    loan_pages,
    loan_slots,
    loans,
    models,
    sections,
    slots,
    stocktakes,
    sync,
    tasks,
    waves,
)
from itsm.assets.views.blueprint import bp
from itsm.core.access import Actor, Verb
from itsm.core.web import NavEntry, add_nav, fill_slot

__all__ = [
    "bp",
    "devices",
    "entitlement",
    "entitlement_city",
    "finding",
    "imports",
    "init",
    "labels",
    "listing",
    "loan",
    "loan_pages",
    "loans",
    "models",
    "stocktakes",
    "sync",
    "tasks",
    "waves",
]

bp.context_processor(
    lambda: {
        "words": words,
        "kind_labels": kinds.LABELS,
        "state_labels": states.LABELS,
        "state_kinds": device_words.STATE_KINDS,
        "months_words": device_words.months_words,
        "sections": sections.tabs,
    }
)


def init(app: Flask) -> None:
    """Register the pages, their entry of the menu and what they show elsewhere."""
    app.register_blueprint(bp)
    loan_slots.init(app)
    fill_slot("search.results", slots.results)
    fill_slot("school.main", slots.devices_of_school)
    fill_slot("school.aside", entitlement.on_school_page)
    fill_slot("school.aside", waves.exchange_of_school)
    fill_slot("device.aside", labels.on_device_page)
    add_nav(NavEntry("Geräte", "assets.index", "tablet", lambda me: me.may_somewhere(Verb.DEVICE_SEE), 45))
    add_nav(NavEntry("Scannen", "assets.scan", "camera", _only_reports, 46))


def _only_reports(me: Actor) -> bool:
    """Whoever sees the file finds the scanner there."""
    return me.may_somewhere(Verb.DEVICE_PICK) and not me.may_somewhere(Verb.DEVICE_SEE)
