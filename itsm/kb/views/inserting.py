"""The list of articles beside an answer on a ticket, and what is inserted."""

from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.kb import inserting, queries
from itsm.kb.service import counts
from itsm.kb.views.blueprint import bp
from itsm.tickets.models import Ticket

LONGEST_LINE = 200


@bp.get("/stoerungen/<int:ticket_id>/artikel")
def compose(ticket_id: int) -> ResponseReturnValue:
    """List articles for an answer: as options below it, or as a page where there is no script."""
    ticket = inserting.ticket_for(actor(), ticket_id)
    circle, line = _circle(), str(single_line(request.args.get("q", "")))[:LONGEST_LINE]
    cards = inserting.offered(actor(), ticket, circle, line, clock.local_day(clock.now()))
    template = "kb/compose/_options.html" if "liste" in request.args else "kb/compose/page.html"
    return render_template(
        template, ticket=ticket, circle=circle, line=line, cards=cards, base=current_app.config["BASE_URL"]
    )


@bp.post("/stoerungen/<int:ticket_id>/artikel/<int:article_id>")
def insert(ticket_id: int, article_id: int) -> ResponseReturnValue:
    """Answer with the link or the steps as plain text, and count that the article was shown."""
    at, ticket = clock.now(), inserting.ticket_for(actor(), ticket_id)
    article = queries.to_read(inserting.reader(actor(), _circle()), article_id, clock.local_day(at))
    text = queries.published(article)
    if text is None:
        raise NotFound
    address = current_app.config["BASE_URL"] + url_for("kb.show", article_id=article_id)
    wants_steps = request.form.get("als") == "schritte"
    words = inserting.steps(text.title, text.body, address) if wants_steps else inserting.link(text.title, address)
    with writing():
        counts.count("shown", [article_id], at, fault_type_id=ticket.fault_type_id, school_form=ticket.school.form_key)
    return Response(words, mimetype="text/plain")


def picker(ticket: Ticket, actor: Actor, **_: Any) -> str:
    """Bring the list to the page of a ticket, for whoever answers schools there."""
    return render_template("kb/compose/picker.html", ticket=ticket) if inserting.may_insert(actor, ticket) else ""


def _circle() -> str:
    return inserting.INTERNAL if request.values.get("fuer") == inserting.INTERNAL else inserting.FOR_SCHOOL
