"""Calendar addresses: made and revoked by a person, read by a calendar."""

from hashlib import sha256

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.web import actor
from itsm.dispatch import feed_owners, ics, policy
from itsm.dispatch.service import feeds as service
from itsm.dispatch.views.blueprint import bp


@bp.get("/kalender")
def feeds() -> ResponseReturnValue:
    """Show the addresses in use."""
    return _page()


@bp.post("/kalender")
def make_feed() -> ResponseReturnValue:
    """Make an address and show it, this once."""
    school_id = request.form.get("school", type=int)
    school = feed_owners.school_of(actor(), school_id) if school_id is not None else None
    with writing():
        token = service.make(actor(), school, clock.now())
    return _page(f"{current_app.config['BASE_URL']}{url_for('dispatch.feed', token=token)}")


@bp.post("/kalender/<int:feed_id>/widerrufen")
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    """End an address."""
    with writing():
        service.revoke(actor(), feed_id, clock.now())
    flash("Die Adresse gilt nicht mehr. Kalender, die sie kennen, bekommen nichts Neues.", "success")
    return redirect(url_for("dispatch.feeds"))


@bp.get("/kalender/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """The calendar behind a secret address; whoever knows the secret may read it."""
    at = clock.now()
    found = service.find(token, at)
    if found is None:
        raise NotFound
    is_school = found.school_id is not None
    visits = service.visits_of(found, at)
    name = feed_owners.name_of(found)
    body = ics.calendar(name, visits, current_app.config["BASE_URL"], at, is_school=is_school)
    with writing():
        service.note_read(found, at)
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="besuche.ics"'
    response.headers["Cache-Control"] = "private, max-age=300"
    response.set_etag(sha256(ics.tag(body)).hexdigest()[:32])
    return response.make_conditional(request)


def _page(address: str = "") -> ResponseReturnValue:
    me = actor()
    schools, drives = feed_owners.schools_of(me), me.may_somewhere(Verb.VISIT_DRIVE)
    if not policy.may_subscribe(me):
        raise NotAllowed("Kalenderadressen gibt es für das Campusmanagement und für die Leitung einer Schule.")
    page = render_template(
        "dispatch/feeds.html",
        feeds=service.live_of(me),
        schools=schools,
        drives=drives,
        names={school.id: school.short_name for school in schools},
        address=address,
    )
    response = Response(page)
    # The secret must not lie in a cache.
    response.headers["Cache-Control"] = "no-store"
    return response
