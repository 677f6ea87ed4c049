"""Articles beside the report form: what may help stands there while somebody types, and opens in its place."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor
from itsm.kb import beside, markup, queries, reading
from itsm.kb.views.blueprint import bp
from itsm.tickets import guides as beside_reports
from itsm.tickets import queries as tickets
from itsm.tickets.guides import Guides
from itsm.tickets.models import FaultType

LONGEST = 5000


def articles_beside_report(
    fault: FaultType, guides: Guides, text: str, at: datetime, *, with_steps: bool = True, **_: Any
) -> str:
    """Show what may help beside a report, and carry in hidden fields what was shown so far."""
    found = beside.suggested(text[:LONGEST], fault.id, clock.local_day(at))
    cards = [card for card in found if card.article_id not in guides.tried]
    seen = replace(guides, shown=tuple(dict.fromkeys((*guides.shown, *(card.article_id for card in cards)))))
    return render_template("kb/beside/report.html", cards=cards, guides=seen, fault=fault, with_steps=with_steps)


@bp.post("/wissen/vorschlaege")
def suggestions() -> ResponseReturnValue:
    """Answer a form that is being filled in with what may help; the text is kept nowhere."""
    return articles_beside_report(_fault(), _so_far(), request.form.get("description", ""), clock.now())


@bp.post("/wissen/<int:article_id>/vorschlag")
def guide(article_id: int) -> ResponseReturnValue:
    """Answer with an article to be read beside the report, and count that it was opened (DF-3)."""
    at = clock.now()
    article = queries.to_read(beside.SCHOOL, article_id, clock.local_day(at))
    school = tickets.school_to_report_for(actor(), request.form.get("school", type=int))
    text = queries.published(article)
    if text is None or school is None:
        raise NotFound
    if article_id not in _so_far().opened:
        with writing():
            beside.opened(article_id, _fault(), school, at)
    written = markup.Written(text.body)
    body = written.html(reading.videos(article, written.tokens))
    return render_template("kb/beside/guide.html", article_id=article_id, body=body)


def _fault() -> FaultType:
    fault = tickets.fault_type(request.form.get("fault", type=int))
    if fault is None:
        raise NotFound
    return fault


def _so_far() -> Guides:
    return beside_reports.read(request.form, request.args)
