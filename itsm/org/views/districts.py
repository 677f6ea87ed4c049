"""Districts: who carries how much, where, and how the city could be cut."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.org import district_map, district_plans, district_wishes, policy, queries, service
from itsm.org.district_wishes import Wishes
from itsm.org.districting import KEEP_METRES
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
    proposal = district_plans.propose(actor(), count, wishes=_wishes(request.args))
    return render_template(
        "org/proposal.html",
        proposal=proposal,
        count=count,
        words=proposal.wishes.as_words(),
        maps=district_map.draw(proposal),
    )


@bp.route("/bezirke/vorschlag", methods=["GET", "POST"])
def propose_districts() -> ResponseReturnValue:
    """Ask for a cut of the city."""
    district_plans.check(actor())
    today = [row.district for row in queries.districts(actor())]
    form = ProposalForm.asking_for(today)(count=request.args.get("anzahl", type=int) or len(today) or 11)
    if request.method == "GET":
        form.fill(request.args.to_dict(flat=False))
    if form.validate_on_submit():
        with form.shows_errors():
            wishes = form.wishes()
            district_plans.check_wishes(actor(), form.count.data or 0, wishes)
        if not form.form_errors:
            words: dict[str, Any] = {**wishes.as_words()}
            return redirect(url_for("org.show_proposal", count=form.count.data, **words))
    return render_template("org/propose.html", form=form), form.status


@bp.post("/bezirke/vorschlag/<int:count>/uebernehmen")
def save_proposal(count: int) -> ResponseReturnValue:
    """Take the cut over: the same wishes give the same cut, unless schools have changed since it was shown."""
    with writing():
        proposal = district_plans.propose(actor(), count, wishes=_wishes(request.form))
        moved = district_plans.save(actor(), proposal, clock.now(), seen=request.form.get("gesehen"))
    changed = {0: "Keine Schule hat", 1: "1 Schule hat"}.get(moved, f"{moved} Schulen haben")
    flash(f"Bezirke übernommen. {changed} den Bezirk gewechselt.", "success")
    return redirect(url_for("org.districts"))


def _wishes(words: MultiDict[str, str]) -> Wishes:
    return district_wishes.read(words.get("erhalt", str(KEEP_METRES)), words.getlist("fest"), words.getlist("stellen"))
