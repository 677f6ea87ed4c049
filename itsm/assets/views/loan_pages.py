"""What holders see: the page behind the link of the mail, and their own devices; and the terms."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import loan_links, loan_queries
from itsm.assets.loan_forms import TermsForm
from itsm.assets.service import loan_terms as terms
from itsm.assets.service import loans
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor


@bp.get("/leihe/<token>")
def confirm_loan(token: str) -> ResponseReturnValue:
    """Show device, accessories and terms to whoever got the mail; reading does not use the link up."""
    response = make_response(render_template("assets/loans/confirm.html", loan=loan_links.find(token), token=token))
    # No search engine keeps it; that no cache does is the rule for every page.
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.post("/leihe/<token>")
def confirmed_loan(token: str) -> ResponseReturnValue:
    """Note that the holder agrees."""
    with writing():
        loans.confirm(token, clock.now())
    return redirect(url_for("assets.confirm_loan", token=token), 303)


@bp.get("/meine-geraete")
def my_devices() -> ResponseReturnValue:
    """Show what the person has in hand."""
    return render_template("assets/loans/my_devices.html", loans=loan_queries.own(actor()))


@bp.route("/geraete/ausgabe/bedingungen", methods=["GET", "POST"])
def loan_terms() -> ResponseReturnValue:
    """Show the terms of the city and of the person's schools, and set them anew."""
    me, at = actor(), clock.now()
    place, places = terms.place_of(me, request.args.get("schule", type=int))
    history, form = terms.history(place), TermsForm()
    if request.method == "GET":
        form.text.data = history[0].text if history else terms.FIRST_TEXT
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            terms.set_terms(me, place, form.text.data, form.valid_from.data or clock.local_day(at), at)
        if not form.form_errors:
            flash("Die neuen Bedingungen sind gespeichert.", "success")
            return redirect(url_for("assets.loan_terms", schule=place.id if place else None), 303)
    page = render_template("assets/loans/terms.html", form=form, place=place, places=places, history=history)
    return page, form.status
