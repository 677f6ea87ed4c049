"""The comparison with the MDM: the last run, what it found, and what becomes of it."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import policy
from itsm.assets import sync_queries as queries
from itsm.assets.jamf import client
from itsm.assets.service import sync as service
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.german import number
from itsm.core.web import actor

_ONE: dict[str, tuple[Callable[[Actor, int, datetime], None], str]] = {
    "uebernehmen": (service.take_one, "Übernommen. Die Änderung steht im Verlauf des Geräts."),
    "behalten": (service.keep_one, "Behalten. Das MDM wird dazu nicht noch einmal gefragt, bis es etwas Neues sagt."),
}
_ALL = {"uebernehmen": (service.take, "übernommen"), "behalten": (service.keep, "behalten")}


@bp.get("/geraete/abgleich")
def sync() -> ResponseReturnValue:
    """Show the last run and one kind of its proposals."""
    me, args = actor(), request.args
    if not policy.may_import(me):
        raise NotAllowed(service.MAY_NOT)
    groups = queries.groups(me)
    asked = (args.get("art"), args.get("feld", ""))
    chosen = next((group for group in groups if group[:2] == asked), groups[0] if groups else None)
    rows, next_after = queries.page(me, chosen, args.get("nach", 0, type=int)) if chosen else ([], None)
    return render_template(
        "assets/sync/index.html",
        run=queries.latest_run(),
        success=queries.latest_success(),
        groups=groups,
        chosen=chosen,
        rows=rows,
        next_after=next_after,
        is_set_up=client.server() is not None,
    )


@bp.post("/geraete/abgleich")
def start_sync() -> ResponseReturnValue:
    """Have the worker compare now."""
    with writing():
        service.ask(actor(), clock.now())
    flash("Der Abgleich läuft. Laden Sie die Seite in einer Minute neu.", "success")
    return redirect(url_for("assets.sync"), 303)


@bp.post("/geraete/abgleich/<int:proposal_id>/<slug>")
def decide_sync(proposal_id: int, slug: str) -> ResponseReturnValue:
    """Decide on one proposal."""
    if slug not in _ONE:
        raise NotFound
    verb, sentence = _ONE[slug]
    with writing():
        verb(actor(), proposal_id, clock.now())
    flash(sentence, "success")
    return _back()


@bp.post("/geraete/abgleich/alle/<slug>")
def decide_all_sync(slug: str) -> ResponseReturnValue:
    """Decide on all open proposals of one kind."""
    if slug not in _ALL:
        raise NotFound
    verb, word = _ALL[slug]
    chosen = queries.which(request.form.get("art", ""), request.form.get("feld", ""))
    with writing():
        count = verb(actor(), chosen, clock.now())
    flash(f"{number(count)} {'Vorschlag' if count == 1 else 'Vorschläge'} {word}.", "success")
    return _back()


def _back() -> ResponseReturnValue:
    art, feld = request.form.get("art"), request.form.get("feld")
    return redirect(url_for("assets.sync", art=art or None, feld=feld or None), 303)
