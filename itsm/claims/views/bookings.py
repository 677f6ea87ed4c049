"""The money of a claim on its page: book, take back, interest; and all bookings as a file."""

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import interest, interest_rates, money_page, policy, queries
from itsm.claims.booking_forms import InterestForm, MoneyForm, PeriodForm, ReasonForm
from itsm.claims.models import Claim
from itsm.claims.service import bookings, claims, dunning, payments
from itsm.claims.states import ClaimState
from itsm.claims.views.blueprint import bp
from itsm.core import clock, spreadsheet, workbook
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import DomainError
from itsm.core.german import euros, plain_euros
from itsm.core.web import actor, as_file, fill_slot


def panel(*, claim: Claim, actor: Actor, at: datetime, **_: Any) -> str:
    """Return the account of a claim for its page; nothing before it was demanded."""
    on = clock.local_day(at)
    account = money_page.account(claim, on) if policy.may_see_claims(actor) else None
    if account is None:
        return ""
    form = MoneyForm(
        formdata=None, kind="payment", amount=account.balance.open_cents or None, on=on, seen=account.seen_id
    )
    return render_template(
        "claims/money/panel.html",
        claim=claim,
        account=account,
        form=form,
        may_work=policy.may_work_claims(actor),
        today=on,
    )


@bp.route("/forderungen/<int:claim_id>/buchungen", methods=["GET", "POST"])
def book_money(claim_id: int) -> ResponseReturnValue:
    """Book money that came, or that was paid back."""
    claim, at = _claim(claim_id), clock.now()
    form = MoneyForm(**_suggested(claim, at))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            payments.book(actor(), queries.locked_claim(actor(), claim_id), form.money(), at)
        if not form.form_errors:
            return _back(claim_id, _booked_words(queries.claim_for(actor(), claim_id)))
    balance = bookings.balance(claim)
    return render_template("claims/money/book.html", claim=claim, form=form, balance=balance), form.status


@bp.route("/forderungen/<int:claim_id>/buchungen/<int:booking_id>/zuruecknehmen", methods=["GET", "POST"])
def take_booking_back(claim_id: int, booking_id: int) -> ResponseReturnValue:
    """Take a booking back by another one."""
    claim, form = _claim(claim_id), ReasonForm()
    booking = payments.booking_of(claim, booking_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            payments.take_back(actor(), booking, form.reason.data or "", clock.now())
        if not form.form_errors:
            return _back(claim_id, "Die Buchung ist zurückgenommen. Beide Zeilen bleiben stehen.")
    label = money_page.LABELS[booking.kind]
    return render_template(
        "claims/money/take_back.html", claim=claim, booking=booking, label=label, form=form
    ), form.status


@bp.route("/forderungen/<int:claim_id>/zinsen", methods=["GET", "POST"])
def charge_interest(claim_id: int) -> ResponseReturnValue:
    """Show how the interest up to today comes about, and book it."""
    claim, at = _claim(claim_id), clock.now()
    on = clock.local_day(at)
    form = InterestForm(until=on)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            until = form.until.data or on
            booked = dunning.charge_interest(actor(), queries.locked_claim(actor(), claim_id), until, at)
        if not form.form_errors:
            words = (
                f"{euros(booked.cents)} Zinsen sind gebucht." if booked else "Bis zu diesem Tag gibt es keine Zinsen."
            )
            return _back(claim_id, words)
    stretches = dunning.stretches(claim, on)
    rates = interest_rates.rates(stretches[0].first_on, on) if stretches else {}
    parts = [(one, part) for one in stretches for part in interest.parts(one.first_on, one.last_on, rates)]
    total = dunning.interest_cents(claim, on)
    return render_template(
        "claims/money/interest.html", claim=claim, form=form, parts_of_time=parts, total=total
    ), form.status


@bp.get("/forderungen/buchungen.csv")
def bookings_csv() -> ResponseReturnValue:
    """Send the bookings of a period for the treasury as CSV."""
    rows = ([_csv_cell(index, cell) for index, cell in enumerate(row)] for row in _treasury_rows())
    lines = spreadsheet.lines(money_page.COLUMNS, rows)
    return Response("".join(lines), mimetype="text/csv", headers=as_file("buchungen.csv"))


@bp.get("/forderungen/buchungen.xlsx")
def bookings_xlsx() -> ResponseReturnValue:
    """Send the bookings of a period for the treasury as an Excel file."""
    rows = ([_xlsx_cell(index, cell) for index, cell in enumerate(row)] for row in _treasury_rows())
    file = BytesIO(workbook.xlsx("Buchungen", money_page.COLUMNS, rows))
    return send_file(file, workbook.MIMETYPE, as_attachment=True, download_name="buchungen.xlsx")


def _treasury_rows() -> list[tuple[Any, ...]]:
    claims.check_work(actor())
    form = PeriodForm(request.args)
    if not form.validate():
        raise DomainError("Das ist kein Datum. Bitte so eingeben: 17.3.2026")
    return list(money_page.for_treasury(actor(), form.von.data, form.bis.data))


def _csv_cell(index: int, cell: Any) -> Any:
    if index in money_page.AMOUNTS:
        return plain_euros(cell) if cell else ""
    return f"{cell:%d.%m.%Y}" if index in money_page.DAYS else cell


def _xlsx_cell(index: int, cell: Any) -> Any:
    # Excel knows no cents: what it shows is exact to the second place.
    return (cell / 100 if cell else "") if index in money_page.AMOUNTS else cell


def _claim(claim_id: int) -> Claim:
    claim = queries.claim_for(actor(), claim_id)
    claims.check_work(actor())
    payments.check_demanded(claim)
    return claim


def _suggested(claim: Claim, at: datetime) -> dict[str, Any]:
    """What is most likely booked: all that is open, today; or all that is too much, to be paid back."""
    balance = bookings.balance(claim)
    return {
        "kind": "refund" if balance.overpaid_cents else "payment",
        "amount": balance.overpaid_cents or balance.open_cents or None,
        "on": clock.local_day(at),
        "seen": bookings.last_id(claim),
    }


def _booked_words(claim: Claim) -> str:
    balance = bookings.balance(claim)
    if balance.overpaid_cents:
        return f"Gebucht. {euros(balance.overpaid_cents)} sind zu viel und zurückzuzahlen."
    if claim.state is ClaimState.PAID:
        return "Gebucht. Die Forderung ist bezahlt. Sie können jetzt die Quittung erstellen."
    return f"Gebucht. Offen sind noch {euros(balance.open_cents)}."


def _back(claim_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="konto"), 303)


def init() -> None:
    """Show the account on the page of a claim."""
    fill_slot("claim.main", panel)
