"""Pages of schools, buildings and districts."""

from datetime import datetime

from flask import Flask, render_template

from itsm.core.access import Actor, Verb
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.org import policy, queries, search
from itsm.org.views import districts, imports, schools, sites
from itsm.org.views.blueprint import bp

__all__ = ["bp", "districts", "imports", "init", "schools", "sites"]


def init(app: Flask) -> None:
    """Register the pages, their menu entries and what they show elsewhere."""
    app.register_blueprint(bp)
    add_nav(NavEntry("Schulen", "org.schools", "school", lambda actor: actor.may_somewhere(Verb.SCHOOL_SEE), 50))
    add_nav(NavEntry("Bezirke", "org.districts", "map", policy.may_see_districts, 60))
    fill_slot("search.results", _found)
    fill_slot("home.blocks", _without_district)


def _found(actor: Actor, text: str) -> str:
    """The schools the one search box finds."""
    found = search.short_list(actor, text)
    return render_template("org/_found.html", schools=found, text=text) if found else ""


def _without_district(actor: Actor, at: datetime) -> str:
    """Schools nobody looks after, for whoever may give them to a district."""
    if not policy.may_edit_districts(actor):
        return ""
    count = queries.schools_without_district(actor)
    return render_template("org/_without_district.html", count=count) if count else ""
