"""The page on which a solved ticket becomes a draft, with all that was taken out of it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.kb import from_ticket as proposals
from itsm.kb.from_ticket_forms import FromTicketForm
from itsm.kb.models import Audience, Shape
from itsm.kb.service import articles
from itsm.kb.views.blueprint import bp
from itsm.tickets.models import Ticket


@bp.route("/wissen/aus-stoerung/<int:ticket_id>", methods=["GET", "POST"])
def from_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show what the draft would say and what was taken out, and begin it."""
    ticket = proposals.ticket_for(actor(), ticket_id)
    ticked = request.args.getlist("intern", int)
    proposal = proposals.propose(actor(), ticket, ticked)
    audience = Audience.SUPPORT if ticked else Audience.STAFF
    words = {"title": proposal.title.text, "body": proposal.body.text}
    form = FromTicketForm(data=words | {"shape": Shape.KNOWN_FAULT, "audience": audience})
    if form.validate_on_submit():
        about = {"ticket_id": ticket.id, "faults": [ticket.fault_type]}
        circle, shape = Audience(form.audience.data), Shape(form.shape.data)
        with writing():
            article = articles.begin(actor(), form.words, clock.now(), audience=circle, shape=shape, **about)
        return redirect(url_for("kb.edit", article_id=article.id), 303)
    return render_template(
        "kb/from_ticket.html", ticket=ticket, proposal=proposal, ticked=ticked, form=form
    ), form.status


def offer_on_ticket(ticket: Ticket, actor: Actor, **_: Any) -> str:
    """Offer on a ticket the support has solved to write down what helped."""
    if ticket.solved_at_school or not proposals.may_become_article(actor, ticket):
        return ""
    return render_template("kb/_from_ticket.html", ticket=ticket)
