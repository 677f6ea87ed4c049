"""Statements of the bank: read in, look, book, and decide on what is unclear."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import policy, statement_page
from itsm.claims.booking_forms import AssignForm, PeriodForm, StatementForm
from itsm.claims.service import claims, matching, movements, statements
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.german import number
from itsm.core.web import NavEntry, actor, add_nav


@bp.route("/forderungen/zahlungen", methods=["GET", "POST"])
def bank_statements() -> ResponseReturnValue:
    """Read a statement in; see those of late, and what waits for a decision."""
    claims.check_work(actor())
    form = StatementForm()
    if form.validate_on_submit():
        statement = None
        with form.shows_errors(), writing():
            statement = statements.keep(actor(), *form.content(), clock.now())
        if statement is not None:
            return redirect(url_for("claims.bank_statement", statement_id=statement.id), 303)
    waiting = statement_page.preview(movements.undecided(limit=statement_page.SHOWN))
    return render_template(
        "claims/money/statements.html",
        form=form,
        period=PeriodForm(),
        past=statement_page.past(),
        waiting=waiting.clear + waiting.unclear,
        waiting_count=movements.undecided_count(),
        page=statement_page,
    ), form.status


@bp.get("/forderungen/zahlungen/<int:statement_id>")
def bank_statement(statement_id: int) -> ResponseReturnValue:
    """Show what booking a statement would do, or what it did and what is left to decide."""
    statement = statements.statement_for(actor(), statement_id)
    return render_template(
        "claims/money/statement.html",
        statement=statement,
        preview=statement_page.preview(movements.undecided(statement)),
        booked=statement_page.booked_count(statement),
        page=statement_page,
    )


@bp.post("/forderungen/zahlungen/<int:statement_id>/buchen")
def book_statement(statement_id: int) -> ResponseReturnValue:
    """Book every movement that is clear, at one stroke."""
    with writing():
        booked = statements.book(actor(), statements.statement_for(actor(), statement_id), clock.now())
    flash(f"Gebucht: {_count(booked.lines)}. Zu entscheiden: {_count(booked.left)}.", "success")
    return redirect(url_for("claims.bank_statement", statement_id=statement_id), 303)


@bp.post("/forderungen/zahlungen/<int:statement_id>/verwerfen")
def discard_statement(statement_id: int) -> ResponseReturnValue:
    """Forget a file that is not booked."""
    with writing():
        statements.discard(actor(), statements.statement_for(actor(), statement_id))
    flash("Die Datei ist verworfen. Gebucht wurde nichts.", "success")
    return redirect(url_for("claims.bank_statements"), 303)


@bp.post("/forderungen/zahlungen/<int:statement_id>/beiseite")
def set_rest_aside(statement_id: int) -> ResponseReturnValue:
    """Decide that nothing that is left of a statement is ours."""
    with writing():
        statement = statements.statement_for(actor(), statement_id)
        count = movements.set_aside_rest(actor(), statement, clock.now())
    flash(f"Beiseitegelegt: {_count(count)}. Namen und Zwecke sind gelöscht.", "success")
    return redirect(url_for("claims.bank_statement", statement_id=statement_id), 303)


@bp.route("/forderungen/zahlungen/umsatz/<int:line_id>", methods=["GET", "POST"])
def bank_line(line_id: int) -> ResponseReturnValue:
    """Decide on a movement: book it on the claims that are named."""
    line = movements.line_for(actor(), line_id)
    found = matching.match([line])[0]
    form = AssignForm(**statement_page.suggested(found))
    if not form.wants_more and form.validate_on_submit():
        with form.shows_errors(), writing():
            booked = movements.assign(actor(), line, form.shares(actor()), clock.now())
        if not form.form_errors:
            flash(f"Gebucht auf {', '.join(one.claim.number for one in booked)}.", "success")
            return redirect(url_for("claims.bank_statements"), 303)
    bookings = statement_page.bookings_of(line)
    return render_template(
        "claims/money/line.html", line=line, found=found, form=form, bookings=bookings, page=statement_page
    ), form.status


@bp.post("/forderungen/zahlungen/umsatz/<int:line_id>/beiseite")
def set_line_aside(line_id: int) -> ResponseReturnValue:
    """Decide that a movement is not ours."""
    with writing():
        movements.set_aside(actor(), movements.line_for(actor(), line_id), clock.now())
    flash("Der Umsatz ist beiseitegelegt, Name und Zweck sind gelöscht.", "success")
    return redirect(url_for("claims.bank_statements"), 303)


def _count(lines: int) -> str:
    return f"{number(lines)} {'Umsatz' if lines == 1 else 'Umsätze'}"


def init() -> None:
    """Register the entry of the menu, with what waits for a decision."""
    add_nav(
        NavEntry(
            "Zahlungen",
            "claims.bank_statements",
            "euro",
            policy.may_work_claims,
            37,
            lambda _: movements.undecided_count(),
        )
    )
