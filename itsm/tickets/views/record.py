"""The page of a ticket, and everything that is done on it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.forms import Form
from itsm.core.web import actor
from itsm.tickets import actions, devices, policy, queries, service
from itsm.tickets.actions import Action
from itsm.tickets.views.blueprint import bp

IN_PLACE = frozenset({"dringlichkeit", "uebergeben"})


@bp.get("/stoerungen/<int:ticket_id>")
def show(ticket_id: int) -> ResponseReturnValue:
    """Show a ticket."""
    return _page(ticket_id)


@bp.post("/stoerungen/<int:ticket_id>/<slug>")
def act(ticket_id: int, slug: str) -> ResponseReturnValue:
    """Do one of the things the page offers."""
    action = actions.BY_SLUG.get(slug)
    if action is None:
        raise NotFound
    form = action.form()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            action.run(actor(), queries.get_for(actor(), ticket_id), form, clock.now())
        if not form.form_errors:
            return redirect(url_for("tickets.show", ticket_id=ticket_id), 303)
    return _page(ticket_id, action, form)


def _page(ticket_id: int, failed: Action | None = None, form: Form | None = None) -> ResponseReturnValue:
    me, at = actor(), clock.now()
    ticket, parts = queries.record(me, ticket_id)
    reopen_until = service.reopen_until(ticket, at)
    offered = actions.offered(me, ticket, may_still_reopen=reopen_until is None or at <= reopen_until)
    first, or_else = actions.next_step(offered)
    page = render_template(
        "tickets/show.html",
        ticket=ticket,
        parts=parts,
        lines=queries.timeline(me, ticket),
        related=queries.related(me, ticket),
        earlier=devices.earlier(me, parts.devices, ticket),
        first=first,
        # Two changes are made where the value stands; the rest waits under a heading of its own.
        here={action.slug: action for action in offered if action.slug in IN_PLACE},
        or_else=or_else,
        others=[one for one in offered if one not in (first, or_else) and one.slug not in IN_PLACE],
        messages=actions.messages(me, ticket, first),
        people=queries.people_to_assign(ticket, clock.local_day(at))
        if any(action.kind == "assign" for action in offered)
        else [],
        is_school=policy.is_school_side(me, ticket),
        reopen_until=reopen_until,
        failed=failed,
        form=form,
        actor=me,
        at=at,
    )
    return page, form.status if form else 200
