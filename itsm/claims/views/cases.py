"""The page of a damage case: what happened, what is done about it, and what comes next."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import policy as assets_policy
from itsm.claims import case_page, queries
from itsm.claims.models import DamageCase, Paper
from itsm.claims.report_forms import FoundForm, MistakeForm, PhotosForm, PoliceForm
from itsm.claims.service import supplements
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.forms import Form
from itsm.core.web import actor


@bp.get("/schaeden/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    """Show a case as far as this person may read it."""
    return _page(queries.case_for(actor(), case_id))


@bp.post("/schaeden/<int:case_id>/aktenzeichen")
def add_police(case_id: int) -> ResponseReturnValue:
    """Take the number of the police in."""
    found, form = queries.case_for(actor(), case_id), PoliceForm()
    if form.validate_on_submit():
        told = (form.police_station.data or "", form.police_reference.data, form.police_reported_on.data)
        with form.shows_errors(), writing():
            supplements.add_police(actor(), found, *told, clock.now())
        if not form.form_errors:
            return _done(case_id, "Danke, das Aktenzeichen ist eingetragen.")
    return _page(found, police=form)


@bp.post("/schaeden/<int:case_id>/fotos")
def add_photos(case_id: int) -> ResponseReturnValue:
    """Take more photos in."""
    found, form = queries.case_for(actor(), case_id), PhotosForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            supplements.add_photos(actor(), found, form.uploads(), clock.now())
        if not form.form_errors:
            return _done(case_id, "Danke, die Fotos sind da.")
    return _page(found, photos=form)


@bp.post("/schaeden/<int:case_id>/wieder-da")
def say_found(case_id: int) -> ResponseReturnValue:
    """Take in that a missing device is there again."""
    found, form = queries.case_for(actor(), case_id), FoundForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            supplements.say_found(actor(), found, form.day, clock.now())
        if not form.form_errors:
            return _done(case_id, "Danke, das Medienzentrum weiß Bescheid.")
    return _page(found, found=form)


@bp.post("/schaeden/<int:case_id>/irrtum")
def take_report_back(case_id: int) -> ResponseReturnValue:
    """Take back a report that was a mistake."""
    found, form = queries.case_for(actor(), case_id), MistakeForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            supplements.take_report_back(actor(), found, form.reason.data or "", clock.now())
        if not form.form_errors:
            return _done(case_id, "Die Meldung ist zurückgezogen. Das Gerät ist wieder, was es vorher war.")
    return _page(found, mistake=form)


def _done(case_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("claims.case", case_id=case_id), 303)


def _page(shown: DamageCase, **failed: Form) -> ResponseReturnValue:
    me, at = actor(), clock.now()
    today, incident = clock.local_day(at), shown.incident
    forms = {
        "police": PoliceForm(formdata=None, obj=incident),
        "photos": PhotosForm(formdata=None),
        "found": FoundForm(formdata=None, data={"found_on": today}),
        "mistake": MistakeForm(formdata=None),
    } | failed
    page = case_page.of(me, shown)
    html = render_template(
        "claims/case.html",
        case=shown,
        page=page,
        photos=photo_links(shown, page.photos),
        sees_device=shown.device is not None and assets_policy.may_see(me, shown.device),
        forms=forms,
        failed=failed,
        actor=me,
        at=at,
    )
    return html, max((form.status for form in failed.values()), default=200)


def photo_links(case: DamageCase, photos: Sequence[Paper]) -> list[dict[str, str]]:
    """Return photos as thumbnails that open large."""
    return [
        {
            "href": url_for("claims.paper", case_id=case.id, token=photo.token),
            "thumb": url_for("claims.paper_thumb", case_id=case.id, token=photo.token),
            "alt": f"Foto {number} zu Fall {case.number}",
        }
        for number, photo in enumerate(photos, start=1)
    ]
