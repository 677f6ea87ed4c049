"""The page of figures, its files, the yearly figures of a report, and the adoption of the accounts."""

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import policy, statistics, statistics_export, yearly
from itsm.claims import statistics_page as page
from itsm.claims.service import yearly as service
from itsm.claims.statistics_forms import AccountsForm, YearlyForm
from itsm.claims.statistics_page import Table
from itsm.claims.views.blueprint import bp
from itsm.core import clock, workbook
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import NavEntry, actor, add_nav, as_file, fill_slot
from itsm.org.models import School


def init() -> None:
    """Put the page into the menu, and the number of a school on its page."""
    add_nav(NavEntry("Schadenszahlen", "claims.statistics", "chart", policy.may_see_figures, 39))
    fill_slot("school.aside", on_school_page)


@bp.get("/schaeden/zahlen", endpoint="statistics")
def show() -> ResponseReturnValue:
    """Show one of the views: years, groups, places with several cases, claims."""
    what, tables = _asked()
    return render_template("claims/statistics/show.html", what=what, tables=tables, page=page, today=_today())


@bp.get("/schaeden/zahlen.csv")
def statistics_csv() -> ResponseReturnValue:
    """Send one of the tables as a CSV file."""
    table = _chosen()
    lines = stream_with_context(statistics_export.csv(table))
    return Response(lines, mimetype="text/csv", headers=as_file(f"zahlen-{table.key}.csv"))


@bp.get("/schaeden/zahlen.xlsx")
def statistics_xlsx() -> ResponseReturnValue:
    """Send one of the tables as an Excel file."""
    table = _chosen()
    body = statistics_export.xlsx(table)
    return Response(body, mimetype=workbook.MIMETYPE, headers=as_file(f"zahlen-{table.key}.xlsx"))


@bp.route("/schaeden/zahlen/einlesen", methods=["GET", "POST"])
def import_years() -> ResponseReturnValue:
    """Take the yearly figures of a report over."""
    service.check_import(actor())
    form = YearlyForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            found = service.take_over(actor(), yearly.read(form.content()), form.source.data or "")
            flash(f"Eingelesen: {found.added} neu, {found.changed} geändert, {found.unchanged} unverändert.", "success")
        if not form.form_errors:
            return redirect(url_for("claims.statistics"), 303)
    return render_template("claims/statistics/import.html", form=form), form.status


@bp.route("/schaeden/zahlen/jahresabschluss", methods=["GET", "POST"])
def adopt_accounts() -> ResponseReturnValue:
    """Enter when the accounts of a year were adopted: from then on its receipts have their time."""
    service.check_adoption(actor())
    form, found = AccountsForm(), service.accounts(_today())
    form.offer(one.year for one in found)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.adopt_accounts(actor(), form.year.data, form.adopted_on.data, _today())
        if not form.form_errors:
            flash("Der Tag ist eingetragen.", "success")
            return redirect(url_for("claims.adopt_accounts"), 303)
    years = service.receipt_years(_today())
    return render_template("claims/statistics/accounts.html", form=form, found=found, years=years), form.status


def on_school_page(school: School, **_: Any) -> str:
    """Show on the page of a school how many cases it had this year, to whoever sees its cases."""
    if not actor().may(Verb.CASE_SEE, school_id=school.id, district_id=school.district_id):
        return ""
    counts = statistics.of_school(school.id, _today().year)
    return render_template("claims/statistics/_on_school.html", counts=counts, year=_today().year)


def _asked() -> tuple[page.Asked, list[Table]]:
    if not policy.may_see_figures(actor()):
        raise NotAllowed("Die Zahlen zu Schäden sehen die Schadensbearbeitung, die Teamleitung und die Revision.")
    what = page.asked(request.args, _today())
    return what, page.tables(what, _today())


def _chosen() -> Table:
    _, tables = _asked()
    wanted = request.args.get("tabelle", "")
    return next((table for table in tables if table.key == wanted), tables[0])


def _today() -> date:
    return clock.local_day(clock.now())
