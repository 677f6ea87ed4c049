"""Report damage, theft or loss: one short page, with or without JavaScript."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets.models import Device
from itsm.claims import policy, queries, reporting
from itsm.claims.kinds import MISSING, Kind
from itsm.claims.models import DamageCase
from itsm.claims.report_forms import ReportForm
from itsm.claims.reporting import FOUND
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.org.models import School

# Of what an address may name: a label's own address is longer than its number.
_LONGEST_ADDRESS = 200


@bp.route("/schaeden/melden", methods=["GET", "POST"])
def report() -> ResponseReturnValue:
    """Ask what happened to which device, and take the report in."""
    is_new = request.method == "GET"
    school_id = request.values.get("schule" if is_new else "school", type=int)
    device = reporting.device_of(actor(), _named(), school_id)
    school = reporting.school_for(actor(), device.school_id if device else school_id)
    if school is None:
        return _choose_school()
    form = ReportForm()
    form.offer(policy.may_report_kind(actor(), school, Kind.NOT_RETURNED))
    if is_new:
        _begin(form, device)
    elif request.form.get("go") != "search" and form.validate() and (case := _send(form, school)):
        return _thank(case)
    return _page(form, school)


@bp.get("/schaeden/<int:case_id>/fertig")
def reported(case_id: int) -> ResponseReturnValue:
    """Say in plain words what happens next."""
    case = queries.case_for(actor(), case_id)
    may_add_police = policy.may_add_police(actor(), case)
    return render_template("claims/report/reported.html", case=case, may_add_police=may_add_police)


def _choose_school() -> ResponseReturnValue:
    q = request.args.get("q", "")[:100]
    carried = {name: request.args[name][:_LONGEST_ADDRESS] for name in ("geraet", "art") if request.args.get(name)}
    found = reporting.schools_for(actor(), q)
    return render_template("claims/report/choose_school.html", q=q, schools=found, carried=carried)


def _named() -> str:
    return str(single_line(request.args.get("geraet", "")))[:_LONGEST_ADDRESS]


def _begin(form: ReportForm, device: Device | None) -> None:
    today = clock.local_day(clock.now())
    is_missing = device is not None and (case := queries.open_case_of(device)) is not None and case.kind in MISSING
    form.begin(secrets.token_hex(16), today, device, FOUND if is_missing else request.args.get("art", ""))
    if device is None:
        form.devices.data = _named()


def _send(form: ReportForm, school: School) -> DamageCase | None:
    """Take the report in; what cannot be taken in is said on the form."""
    with form.shows_errors(), writing():
        return reporting.send(actor(), school, form.filled_in(), clock.now())
    return None


def _thank(case: DamageCase) -> ResponseReturnValue:
    if policy.may_see(actor(), case):
        return redirect(url_for("claims.reported", case_id=case.id), 303)
    flash("Danke. Wir haben vermerkt, dass das Gerät wieder da ist.", "success")
    return redirect(url_for("claims.cases"), 303)


def _page(form: ReportForm, school: School) -> ResponseReturnValue:
    found = reporting.offered(actor(), school, form.search_for.data or "")
    named = [device for tag in form.picked.data or () if (device := reporting.device_of(actor(), tag, school.id))]
    form.offer_devices([*found, *named])
    page = render_template(
        "claims/report/report.html",
        form=form,
        school=school,
        known=reporting.known(actor(), named[:5], clock.local_day(clock.now())),
        searched=form.search_for.data,
        found=found,
    )
    return page, 200 if request.form.get("go") == "search" else form.status
