"""Districts: who carries how much, where, and how the city could be cut."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.org import district_plans, policy, queries, service
from itsm.org.forms import DistrictForm, ProposalForm
from itsm.org.views.blueprint import bp


@bp.get("/bezirke")
def districts() -> ResponseReturnValue:
    """All districts one may see, with their load."""
    return render_template(
        "org/districts.html",
        rows=queries.districts(actor()),
        without=queries.schools_without_district(actor()),
        may_edit=policy.may_edit_districts(actor()),
        may_import=policy.may_import(actor()),
    )


@bp.get("/bezirke/<int:number>")
def show_district(number: int) -> ResponseReturnValue:
    """One district: people, schools, map."""
    district = queries.district_by_number(actor(), number)
    form = DistrictForm(prefix="district", formdata=None, obj=district)
    form.latitude.data, form.longitude.data = district.base_latitude, district.base_longitude
    return render_template(
        "org/district.html",
        district=district,
        schools=queries.schools_of(district),
        form=form if policy.may_edit_districts(actor()) else None,
    )


@bp.route("/bezirke/<int:number>/aendern", methods=["GET", "POST"])
def edit_district(number: int) -> ResponseReturnValue:
    """Name a district and set where its day begins."""
    district = queries.district_to_edit(actor(), number)
    form = DistrictForm(prefix="district", obj=district)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.edit_district(actor(), district, form.name.data, form.base_name.data or "", form.place())
        if not form.form_errors:
            flash("Bezirk gespeichert.", "success")
            return redirect(url_for("org.show_district", number=number))
    return render_template(
        "org/edit.html", school=None, district=district, form=form, title="Bezirk ändern"
    ), form.status


@bp.get("/bezirke/vorschlag/<int:count>")
def show_proposal(count: int) -> ResponseReturnValue:
    """A cut of the city into this many districts, not saved."""
    proposal = district_plans.propose(actor(), count)
    return render_template("org/proposal.html", proposal=proposal, count=count)


@bp.route("/bezirke/vorschlag", methods=["GET", "POST"])
def propose_districts() -> ResponseReturnValue:
    """Ask for a cut of the city."""
    district_plans.check(actor())
    form = ProposalForm(count=queries.district_count(actor()) or 11)
    if form.validate_on_submit():
        with form.shows_errors():
            district_plans.check_count(actor(), form.count.data or 0)
        if not form.form_errors:
            return redirect(url_for("org.show_proposal", count=form.count.data))
    return render_template("org/propose.html", form=form), form.status


@bp.post("/bezirke/vorschlag/<int:count>/uebernehmen")
def save_proposal(count: int) -> ResponseReturnValue:
    """Take the cut over: the same count gives the same cut."""
    with writing():
        moved = district_plans.save(actor(), district_plans.propose(actor(), count), clock.now())
    flash(f"Bezirke übernommen. {moved} Schulen haben den Bezirk gewechselt.", "success")
    return redirect(url_for("org.districts"))
