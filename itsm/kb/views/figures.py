"""The page of figures: what articles did, and what it saved."""

from collections.abc import Iterable
from datetime import date

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from itsm.core import clock, spreadsheet, workbook
from itsm.core.errors import NotAllowed
from itsm.core.web import actor, as_file
from itsm.kb import figures as sums
from itsm.kb import policy
from itsm.kb.service.counts import COUNTED
from itsm.kb.views.blueprint import bp

HEAD = ("Monat", "Artikelnummer", "Artikel", "Art der Störung", "Schulform", *sums.LABELS.values())
EVERY = "alle"


@bp.get("/wissen/zahlen")
def figures() -> ResponseReturnValue:
    """Show the sums of a month by one of the groups."""
    _require()
    months = sums.months()
    by, sort = _chosen("nach", sums.GROUPS), _chosen("sort", COUNTED)
    month = _month() if "monat" in request.args else next(iter(months), None)
    return render_template(
        "kb/figures.html",
        sums=sums,
        by=by,
        sort=sort,
        months=months,
        month=month,
        total=sums.total(month),
        rows=sums.rows(actor(), by, month, sort, clock.local_day(clock.now())),
    )


@bp.get("/wissen/zahlen.csv")
def figures_csv() -> ResponseReturnValue:
    """Send every row of a month, or of all, as a CSV file."""
    _require()
    lines = spreadsheet.lines(HEAD, sums.every_row(_month()))
    return Response(stream_with_context(lines), mimetype="text/csv", headers=as_file("wissen-zahlen.csv"))


@bp.get("/wissen/zahlen.xlsx")
def figures_xlsx() -> ResponseReturnValue:
    """Send every row of a month, or of all, as an Excel file."""
    _require()
    body = workbook.xlsx("Zahlen", HEAD, sums.every_row(_month()))
    return Response(body, mimetype=workbook.MIMETYPE, headers=as_file("wissen-zahlen.xlsx"))


def _month() -> date | None:
    try:
        return date.fromisoformat(f"{request.args.get('monat', '')}-01")
    except ValueError:
        return None


def _chosen(name: str, choices: Iterable[str]) -> str:
    known = list(choices)
    value = request.args.get(name, "")
    return value if value in known else known[0]


def _require() -> None:
    if not policy.may_see_figures(actor()):
        raise NotAllowed("Die Zahlen der Wissensdatenbank sehen die Redaktion, die Teamleitung und die Revision.")
