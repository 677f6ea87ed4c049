"""Pages of people: list, one person, invite, give and take rights."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts import policy, queries, search
from itsm.accounts.forms import GrantForm, NewPersonForm, PersonForm, PlaceChoices
from itsm.accounts.service import people as service
from itsm.accounts.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor


def _back_to(user_id: int) -> ResponseReturnValue:
    return redirect(url_for("accounts.show_person", user_id=user_id))


@bp.get("/personen")
def people() -> ResponseReturnValue:
    """List the people one may know of."""
    if not policy.may_see_people(actor()):
        raise NotAllowed("Die Liste der Personen ist für Schulleitung, Medienkoordination und Verwaltung.")
    line, tab = request.args.get("q", ""), request.args.get("tab", "")
    tab = tab if tab in search.TABS else "alle"
    found, more = search.page_of_people(actor(), line, tab, request.args.get("nach", type=int))
    return render_template(
        "accounts/people.html",
        people=found,
        more=more,
        counts=search.counts_of_people(actor(), line),
        line=line,
        tab=tab,
        policy=policy,
        today=clock.local_day(clock.now()),
    )


@bp.route("/personen/neu", methods=["GET", "POST"])
def new_person() -> ResponseReturnValue:
    """Invite somebody."""
    if not policy.may_invite_somebody(actor()):
        raise NotAllowed("Einladen können Schulleitung, Medienkoordination und Administration.")
    form = _offering(NewPersonForm())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            user = service.add_person(
                actor(), form.name.data, form.email.data, form.phone.data or "", form.right, clock.now()
            )
        if not form.form_errors:
            flash(f"{user.name} ist dabei. Wer noch kein Kennwort hat, bekommt jetzt eine Einladung.", "success")
            return _back_to(user.id)
    return render_template("accounts/new_person.html", form=form, policy=policy), form.status


@bp.get("/personen/<int:user_id>")
def show_person(user_id: int) -> ResponseReturnValue:
    """Show a person and their rights."""
    user = queries.get_for(actor(), user_id)
    return render_template(
        "accounts/person.html",
        person=user,
        grants=policy.visible_grants(actor(), user),
        policy=policy,
        today=clock.local_day(clock.now()),
    )


@bp.route("/personen/<int:user_id>/aendern", methods=["GET", "POST"])
def edit_person(user_id: int) -> ResponseReturnValue:
    """Correct name, address and telephone of a person."""
    user = queries.get_for(actor(), user_id)
    if not policy.may_manage(actor()):
        raise NotAllowed("Das kann nur die Administration.")
    form = PersonForm(obj=user)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.change(actor(), user, form.name.data, form.email.data, form.phone.data or "")
        if not form.form_errors:
            flash("Gespeichert.", "success")
            return _back_to(user_id)
    return render_template("accounts/edit_person.html", form=form, person=user), form.status


@bp.route("/personen/<int:user_id>/rechte/neu", methods=["GET", "POST"])
def add_grant(user_id: int) -> ResponseReturnValue:
    """Give a person one more right."""
    user = queries.get_for(actor(), user_id)
    if not policy.may_invite_somebody(actor()):
        raise NotAllowed("Rechte vergeben Schulleitung, Medienkoordination und Administration.")
    form = _offering(GrantForm())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.give(actor(), user, form.right, clock.now())
        if not form.form_errors:
            flash("Das Recht ist vergeben.", "success")
            return _back_to(user_id)
    return render_template("accounts/add_grant.html", form=form, person=user, policy=policy), form.status


@bp.post("/personen/<int:user_id>/rechte/<int:grant_id>/entziehen")
def remove_grant(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a right away."""
    with writing():
        user = queries.get_for(actor(), user_id)
        service.take(actor(), user, grant_id, clock.now())
    flash("Das Recht ist entzogen.", "success")
    return _back_to(user_id) if policy.may_see(actor(), user) else redirect(url_for("accounts.people"))


@bp.post("/personen/<int:user_id>/einladen")
def invite_again(user_id: int) -> ResponseReturnValue:
    """Mail another invitation."""
    with writing():
        service.invite_again(actor(), queries.get_for(actor(), user_id), clock.now())
    flash("Die Einladung ist unterwegs. Sie gilt 24 Stunden.", "success")
    return _back_to(user_id)


@bp.post("/personen/<int:user_id>/sperren")
def disable_person(user_id: int) -> ResponseReturnValue:
    """Shut a person out at once."""
    with writing():
        service.disable(actor(), queries.get_for(actor(), user_id), clock.now())
    flash("Das Konto ist gesperrt, alle Anmeldungen sind beendet.", "success")
    return _back_to(user_id)


@bp.post("/personen/<int:user_id>/freigeben")
def enable_person(user_id: int) -> ResponseReturnValue:
    """Let a disabled person in again."""
    with writing():
        service.enable(actor(), queries.get_for(actor(), user_id))
    flash("Das Konto ist wieder frei.", "success")
    return _back_to(user_id)


def _offering(form: PlaceChoices) -> PlaceChoices:
    districts, schools = queries.places_for(actor())
    form.offer(policy.roles_to_give(actor()), districts, schools, city=policy.may_manage(actor()))
    return form
