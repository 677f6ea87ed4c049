"""The list of devices and its files."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import export, kinds, listing, search
from itsm.assets.device_words import months_words
from itsm.assets.views.blueprint import bp
from itsm.assets.worth import months_between
from itsm.core import clock, workbook
from itsm.core.access import Actor, Verb
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.web import actor

START_TAB = "einsatz"
START_ORDER = "nummer"


@bp.get("/geraete")
def index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, args, on = _reader(), request.args, clock.local_day(clock.now())
    tab, q, order = args.get("tab", START_TAB), args.get("q", "").strip(), args.get("sort", START_ORDER)
    state: dict[str, Any] = {"tab": tab, "q": q or None, "sort": order if order != START_ORDER else None}
    sentence, page = None, None
    try:
        page = listing.page(me, tab, q, order, args.get("ab", ""), on)
    except DomainError as error:
        sentence = error.sentence
    html = render_template(
        "assets/index.html",
        page=page,
        sentence=sentence,
        q=q,
        tab=tab,
        order=order,
        state=state,
        tabs=_tabs(page.counts if page else listing.counts(me), state),
        chips=[] if sentence else [(text, _address(state | {"q": rest or None})) for text, rest in search.chips(q)],
        next_href=_address(state | {"ab": page.cursor}) if page and page.cursor else None,
        first_href=_address(state) if args.get("ab") else None,
        help=search.HELP + (" · wer:…" if listing.sees_holders(me) else ""),
        sees_holders=listing.sees_holders(me),
        may_add=me.may_somewhere(Verb.DEVICE_EDIT),
        age_of=_ages(on),
    )
    return html, 422 if sentence else 200


@bp.get("/geraete.csv")
def export_csv() -> ResponseReturnValue:
    """Send the list as a CSV file."""
    me = _reader()
    file = export.as_csv(_rows(me), with_holders=listing.sees_holders(me))
    return send_file(file, "text/csv", as_attachment=True, download_name="geraete.csv")


@bp.get("/geraete.xlsx")
def export_xlsx() -> ResponseReturnValue:
    """Send the list as an Excel file."""
    me = _reader()
    file = export.as_xlsx(_rows(me), with_holders=listing.sees_holders(me))
    return send_file(file, workbook.MIMETYPE, as_attachment=True, download_name="geraete.xlsx")


def _reader() -> Actor:
    me = actor()
    if not me.may_somewhere(Verb.DEVICE_SEE):
        raise NotAllowed("Den Gerätebestand sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    return me


def _rows(me: Actor) -> Any:
    args, on = request.args, clock.local_day(clock.now())
    return listing.export(me, args.get("tab", START_TAB), args.get("q", "").strip(), on)


def _tabs(counts: dict[str, int], state: dict[str, Any]) -> list[tuple[str, str, int | None, bool]]:
    return [
        (label, _address(state | {"tab": tab}), counts[tab], tab == state["tab"])
        for tab, (label, _) in listing.TABS.items()
    ]


def _address(state: dict[str, Any]) -> str:
    return url_for("assets.index", **state)


def _ages(on: date) -> Callable[[Any], tuple[str, bool]]:
    """Return what says how old the device of a row is, and whether its expected use is over."""
    lives = kinds.life_months(on)

    def age_of(row: Any) -> tuple[str, bool]:
        if row.in_service_on is None:
            return "–", False
        months = max(months_between(row.in_service_on, on), 0)
        return months_words(months), months >= lives[row.kind]

    return age_of
