"""The list of tickets, its saved searches and its export."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, german, lists, spreadsheet
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import DomainError
from itsm.core.web import actor
from itsm.tickets import listing, saved, search
from itsm.tickets.list_forms import KeepForm
from itsm.tickets.views.blueprint import bp
from itsm.tickets.views.words import state_label

START_TAB = "offen"
START_ORDER = "neu"
COLUMNS = ("Nummer", "Titel", "Schule", "Schulnummer", "Raum", "Geräte", "Stand", "Priorität", "Gemeldet", "Zuständig")


@bp.get("/stoerungen")
def index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me = actor()
    asked = lists.asked("tickets.index", tab=START_TAB, order=START_ORDER)
    return lists.answered(
        "tickets/index.html",
        asked,
        lambda: listing.page(me, asked.tab, asked.q, asked.order, asked.after, clock.now()),
        search.WORDS,
        lambda _: _tabs(asked, listing.counts(me)),
        saved=saved.of(me),
        help=search.HELP,
        is_school=not me.may_somewhere(Verb.TICKET_SEE_INTERNAL),
        may_report=me.may_somewhere(Verb.TICKET_REPORT),
    )


@bp.get("/stoerungen.csv")
def export() -> ResponseReturnValue:
    """Send the list as a file for a spreadsheet."""
    me, args = actor(), request.args
    rows = listing.export(me, args.get("tab", START_TAB), args.get("q", "").strip(), clock.now())
    is_school = not me.may_somewhere(Verb.TICKET_SEE_INTERNAL)
    body = spreadsheet.lines(COLUMNS, _cells(rows, is_school))
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="stoerungen.csv"'
    return response


@bp.post("/stoerungen/suchen")
def keep_search() -> ResponseReturnValue:
    """Keep the search line under a name."""
    form = KeepForm()
    if not form.validate_on_submit():
        raise DomainError("Bitte geben Sie der Suche einen Namen mit höchstens 40 Zeichen.")
    with writing():
        saved.keep(actor(), form.name.data, form.line.data)
    flash(f"Die Suche „{form.name.data}“ ist gemerkt.", "success")
    return redirect(url_for("tickets.index", tab="alle", q=form.line.data), 303)


@bp.post("/stoerungen/suchen/<int:filter_id>/loeschen")
def drop_search(filter_id: int) -> ResponseReturnValue:
    """Forget a search line."""
    with writing():
        saved.drop(actor(), filter_id)
    return redirect(url_for("tickets.index"), 303)


def _tabs(asked: lists.Asked, counts: dict[str, int]) -> list[lists.Tab]:
    """Return the tabs; how many more there are than are counted stands in words."""
    return [
        (f"{label} (über {listing.COUNTED})", href, None, here)
        if count is not None and count >= listing.COUNTED
        else (label, href, count, here)
        for label, href, count, here in asked.tabs(listing.TABS, counts)
    ]


def _cells(rows: Iterable[Any], is_school: bool) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            f"S-{row.id}",
            row.title,
            row.school,
            row.school_number,
            row.place,
            row.devices,
            state_label(row.state, is_school=is_school),
            row.priority,
            german.local_moment(row.created_at),
            row.assignee or row.group,
        )
