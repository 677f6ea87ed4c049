"""The counter: the list of loans, handing out, one by one or a whole class, and taking back many."""

from datetime import date, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts.models import User
from itsm.assets import loan_list, loan_queries, queries
from itsm.assets.loan_forms import ClassForm, HandOutForm, ReturnManyForm
from itsm.assets.service import loan_batches, loan_terms, loans
from itsm.assets.views.blueprint import bp
from itsm.assets.words import ACKNOWLEDGEMENTS, CONDITIONS, HOLDERS
from itsm.core import clock, spreadsheet
from itsm.core.access import Actor, Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor

COLUMNS = (
    "Gerätenummer",
    "Modell",
    "Schule",
    "Art",
    "Name",
    "Klasse",
    "Zubehör",
    "Ausgegeben",
    "Zurück bis",
    "Bestätigt",
    "Zurück am",
    "Zustand",
)
# What stays from one hand-out to the next.
KEPT = ("kind", "group", "due_on", "accessories", "way")


@bp.get("/geraete/ausgabe")
def loan_index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, args, today = _seeing(), request.args, clock.local_day(clock.now())
    tab, q, number = args.get("tab", "aktuell"), args.get("q", "").strip(), args.get("seite", 1, int)
    page = loan_list.page(me, tab, q, number, today)
    counts = loan_list.counts(me, today)
    return render_template(
        "assets/loans/index.html",
        page=page,
        tab=tab,
        q=q,
        number=number,
        today=today,
        tabs=[
            (label, url_for("assets.loan_index", tab=name, q=q or None), counts[name], name == tab)
            for name, label in loan_list.TABS.items()
        ],
        may_lend=me.may_somewhere(Verb.LOAN_EDIT),
    )


@bp.get("/geraete/ausgabe.csv")
def export_loans() -> ResponseReturnValue:
    """Send the list as a file for a spreadsheet."""
    me, args = _seeing(), request.args
    found = loan_list.export(me, args.get("tab", "aktuell"), args.get("q", "").strip(), clock.local_day(clock.now()))
    rows = [
        (
            loan.device.tag,
            loan.device.model.label,
            loan.school.short_name,
            HOLDERS[loan.holder_kind],
            loan.holder_name,
            loan.holder_group,
            loan.accessories,
            _day(clock.local_day(loan.handed_out_at)),
            _day(loan.due_on),
            ACKNOWLEDGEMENTS[loan.acknowledged_by] if loan.acknowledged_by else "",
            _day(clock.local_day(loan.returned_at) if loan.returned_at else None),
            CONDITIONS[loan.condition] if loan.condition else "",
        )
        for loan in found
    ]
    response = Response(spreadsheet.lines(COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="ausgaben.csv"'
    return response


@bp.route("/geraete/ausgabe/neu", methods=["GET", "POST"])
def hand_out() -> ResponseReturnValue:
    """Hand one device out; afterwards the page is ready for the next, class and day kept."""
    me, at = _lending(), clock.now()
    names = loan_queries.staff_names(me, clock.local_day(at))
    form = HandOutForm(request.form if request.method == "POST" else request.args)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            device = loan_batches.device_of(me, form.number.data)
            loan = loans.hand_out(me, device, form.holder(names), form.due_on.data, at, form.accessories.data or "")
            loans.acknowledge(me, loan, form.chosen, at, form.signature.data)
        if not form.form_errors:
            flash(f"{loan.device.tag} ist an {loan.holder_name} ausgegeben.", "success")
            kept: dict[str, Any] = {name: request.form.get(name) or None for name in KEPT} | {
                "due_on": form.due_on.data
            }
            return redirect(url_for("assets.hand_out", **kept), 303)
    return _hand_out_page(form, names, me, at)


@bp.route("/geraete/ausgabe/klasse", methods=["GET", "POST"])
def hand_out_class() -> ResponseReturnValue:
    """Hand a device to everybody on a list."""
    me, form = _lending(), ClassForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            accessories = form.accessories.data or ""
            count = loan_batches.hand_out(me, form.entries, form.holder(), form.due_on.data, clock.now(), accessories)
        if not form.form_errors:
            flash(f"{count} {'Gerät ist' if count == 1 else 'Geräte sind'} ausgegeben.", "success")
            return redirect(url_for("assets.loan_index", q=form.group.data or None), 303)
    return render_template("assets/loans/hand_out_class.html", form=form), form.status


@bp.route("/geraete/ausgabe/zurueck", methods=["GET", "POST"])
def take_back_many() -> ResponseReturnValue:
    """Take many devices back in one go."""
    me, form = _lending(), ReturnManyForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            count = loan_batches.take_back(me, form.lines, form.condition.data, clock.now())
        if not form.form_errors:
            flash(f"{count} {'Gerät ist' if count == 1 else 'Geräte sind'} zurück.", "success")
            return redirect(url_for("assets.take_back_many"), 303)
    return render_template("assets/loans/take_back_many.html", form=form), form.status


def _hand_out_page(form: HandOutForm, names: dict[str, User], me: Actor, at: datetime) -> ResponseReturnValue:
    device = queries.find(me, form.number.data or "")
    loan = queries.open_loan_of(device) if device else None
    if request.method == "GET" and loan:
        return redirect(url_for("assets.loan", loan_id=loan.id))
    terms = loan_terms.text_for(me, device, clock.local_day(at))
    page = render_template("assets/loans/hand_out.html", form=form, names=names, device=device, terms=terms)
    return page, form.status


def _seeing() -> Actor:
    me = actor()
    if not me.may_somewhere(Verb.LOAN_SEE):
        raise NotAllowed("Wer welches Gerät hat, sehen nur die Medienkoordination und die Schulleitung der Schule.")
    return me


def _lending() -> Actor:
    me = actor()
    if not me.may_somewhere(Verb.LOAN_EDIT):
        raise NotAllowed("Geräte gibt nur die Medienkoordination oder die Schulleitung der Schule aus.")
    return me


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
