"""The list of devices and its files."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request, send_file
from flask.typing import ResponseReturnValue

from itsm.assets import export, kinds, listing, search
from itsm.assets.device_words import months_words
from itsm.assets.views.blueprint import bp
from itsm.assets.worth import months_between
from itsm.core import clock, lists, workbook
from itsm.core.access import Actor, Verb
from itsm.core.errors import NotAllowed
from itsm.core.web import actor

START_TAB = "einsatz"
START_ORDER = "nummer"


@bp.get("/geraete")
def index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, on = _reader(), clock.local_day(clock.now())
    asked = lists.asked("assets.index", tab=START_TAB, order=START_ORDER)
    labels = {tab: label for tab, (label, _) in listing.TABS.items()}
    return lists.answered(
        "assets/index.html",
        asked,
        lambda: listing.page(me, asked.tab, asked.q, asked.order, asked.after, on),
        search.WORDS,
        lambda page: asked.tabs(labels, page.counts if page else listing.counts(me)),
        help=search.HELP + (" · wer:…" if listing.sees_holders(me) else ""),
        sees_holders=listing.sees_holders(me),
        may_add=me.may_somewhere(Verb.DEVICE_EDIT),
        age_of=_ages(on),
    )


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


def _ages(on: date) -> Callable[[Any], tuple[str, bool]]:
    """Return what says how old the device of a row is, and whether its expected use is over."""
    lives = kinds.life_months(on)

    def age_of(row: Any) -> tuple[str, bool]:
        if row.in_service_on is None:
            return "–", False
        months = max(months_between(row.in_service_on, on), 0)
        return months_words(months), months >= lives[row.kind]

    return age_of
