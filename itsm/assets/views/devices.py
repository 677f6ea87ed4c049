"""The file of one device, everything that is done there, and a new device."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import actions, device_page, device_queries, policy, queries
from itsm.assets.actions import Action
from itsm.assets.device_forms import DeviceForm, NewDeviceForm
from itsm.assets.service import costs, entry
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.web import actor


@bp.get("/geraete/<int:device_id>")
def show(device_id: int) -> ResponseReturnValue:
    """Show a device."""
    return _page(device_id)


@bp.post("/geraete/<int:device_id>/<slug>")
def act(device_id: int, slug: str) -> ResponseReturnValue:
    """Do one of the things the page offers."""
    action = actions.BY_SLUG.get(slug)
    if action is None:
        raise NotFound
    device = queries.get_for(actor(), device_id)
    form = action.sent(device)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            action.run(actor(), device, form, clock.now())
        if not form.form_errors:
            return _done(device_id)
    return _page(device_id, action, form)


@bp.post("/geraete/<int:device_id>/kosten/<int:cost_id>/entfernen")
def remove_cost(device_id: int, cost_id: int) -> ResponseReturnValue:
    """Take back a cost that was entered by mistake."""
    device = queries.get_for(actor(), device_id)
    with writing():
        costs.remove(actor(), device, device_queries.cost_of(device, cost_id), clock.now())
    return redirect(url_for("assets.show", device_id=device_id), 303)


@bp.route("/geraete/neu", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Enter a device by hand."""
    if not actor().may_somewhere(Verb.DEVICE_EDIT):
        raise NotAllowed("Geräte legen das Campusmanagement, das Systemhaus und die Teamleitung an.")
    form = NewDeviceForm(school=request.args.get("schule", ""))
    form.offer(queries.models())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            device = entry.enter(actor(), form.entry, clock.now())
        if not form.form_errors:
            flash(f"{device.tag} ist aufgenommen.", "success")
            return redirect(url_for("assets.show", device_id=device.id), 303)
    return render_template("assets/new.html", form=form), form.status


def _done(device_id: int) -> ResponseReturnValue:
    """Go on with the device; who has given it away may no longer see it and goes to the list."""
    if queries.is_seen(actor(), device_id):
        return redirect(url_for("assets.show", device_id=device_id), 303)
    flash("Das Gerät ist übergeben. Es gehört jetzt nicht mehr zu Ihrem Bestand.", "success")
    return redirect(url_for("assets.index"), 303)


def _page(device_id: int, failed: Action | None = None, form: DeviceForm | None = None) -> ResponseReturnValue:
    me, at = actor(), clock.now()
    device = queries.get_for(me, device_id)
    offered, here = actions.offered(me, device), actions.in_place(me, device)
    first = next((one for one in offered if device.state in one.next_in), None)
    forms = {one.slug: form if one is failed else one.blank(device) for one in (*offered, *here.values())}
    page = render_template(
        "assets/show.html",
        device=device,
        sheet=device_page.of(me, device, at),
        first=first,
        others=[one for one in offered if one is not first],
        here=here,
        page_forms=forms,
        failed=failed,
        sees_successor=device.replaced_by is not None and policy.may_see(me, device.replaced_by),
        actor=me,
        at=at,
    )
    return page, form.status if form else 200
