"""Pages of field support."""

from flask import Flask

from itsm.assets import costs
from itsm.assets.words import TASKS
from itsm.core.access import Verb
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.dispatch import device_costs, policy, words
from itsm.dispatch.states import LABELS
from itsm.dispatch.views import (
    board,
    day,
    device_slots,
    feeds,
    needs,
    numbers,
    offers,
    outages,
    plans,
    schools,
    sheets,
    slots,
    stops,
    swaps,
    team,
    visits,
)
from itsm.dispatch.views.blueprint import bp

__all__ = [
    "board",
    "bp",
    "day",
    "feeds",
    "init",
    "needs",
    "numbers",
    "offers",
    "outages",
    "plans",
    "schools",
    "sheets",
    "slots",
    "stops",
    "swaps",
    "team",
    "visits",
]


def init(app: Flask) -> None:
    """Register the pages, their menu entries and what they show elsewhere."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        visit_results=words.RESULTS,
        visit_kinds=words.KINDS,
        visit_states=LABELS,
        visit_when=words.when,
        device_task_kinds=TASKS,
    )
    app.jinja_env.filters.update(visit_breach=words.breach_words)
    add_nav(NavEntry("Mein Tag", "dispatch.my_day", "calendar-today", policy.drives, 20))
    add_nav(NavEntry("Tage", "dispatch.my_day", "calendar-today", policy.looks_after_days, 20))
    add_nav(NavEntry("Einsatz", "dispatch.board", "map", policy.may_use_board, 25))
    add_nav(NavEntry("Besuche", "dispatch.visits", "checklist", lambda me: me.may_somewhere(Verb.VISIT_SEE), 40))
    fill_slot("ticket.aside", slots.next_visit)
    fill_slot("ticket.aside", slots.work_needs)
    fill_slot("ticket.aside", device_slots.swap_for_ticket)
    fill_slot("ticket.next", slots.promise)
    fill_slot("school.main", slots.visits_of_school)
    fill_slot("home.sentence", slots.sentence)
    fill_slot("home.main", slots.main_action)
    fill_slot("home.blocks", slots.unplanned_block)
    fill_slot("home.blocks", slots.week_block)
    fill_slot("home.blocks", slots.offers_block, first=True)
    fill_slot("home.blocks", slots.stranded_block, first=True)
    fill_slot("visit.main", slots.outage_on_visit)
    fill_slot("visit.main", slots.offer_on_visit)
    fill_slot("device.main", device_slots.visits_of_device)
    costs.add_source("Arbeitszeit", device_costs.work_cents)
