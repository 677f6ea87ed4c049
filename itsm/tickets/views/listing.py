"""The list of tickets, its saved searches and its export."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, german, spreadsheet
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
    me, args = actor(), request.args
    tab, q, order = args.get("tab", START_TAB), args.get("q", "").strip(), args.get("sort", START_ORDER)
    state: dict[str, Any] = {"tab": tab, "q": q or None, "sort": order if order != START_ORDER else None}
    sentence, page = None, listing.Page([], None)
    try:
        page = listing.page(me, tab, q, order, args.get("ab", ""), clock.now())
    except DomainError as error:
        sentence = error.sentence
    html = render_template(
        "tickets/index.html",
        page=page,
        sentence=sentence,
        q=q,
        tab=tab,
        order=order,
        state=state,
        tabs=_tabs(listing.counts(me), state),
        saved=[] if sentence else saved.of(me),
        chips=[] if sentence else [(text, _address(state | {"q": rest or None})) for text, rest in search.chips(q)],
        next_href=_address(state | {"ab": page.cursor}) if page.cursor else None,
        first_href=_address(state) if args.get("ab") else None,
        help=search.HELP,
        is_school=not me.may_somewhere(Verb.TICKET_SEE_INTERNAL),
        may_report=me.may_somewhere(Verb.TICKET_REPORT),
    )
    return html, 422 if sentence else 200


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


def _tabs(counts: dict[str, int], state: dict[str, Any]) -> list[tuple[str, str, int | None, bool]]:
    tabs = []
    for name, label in listing.TABS.items():
        over = counts[name] >= listing.COUNTED
        text = f"{label} (über {listing.COUNTED})" if over else label
        tabs.append((text, _address(state | {"tab": name}), None if over else counts[name], name == state["tab"]))
    return tabs


def _address(state: dict[str, Any]) -> str:
    return url_for("tickets.index", **state)


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
