"""Pages of what is said about an article, and of the languages that are missing."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import LARGEST_ID, writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.kb import details_forms, policy, queries, record, translations
from itsm.kb.service import details as service
from itsm.kb.views.blueprint import bp
from itsm.kb.views.editing import home_of
from itsm.kb.writing_forms import AUDIENCE_HINTS
from itsm.tickets import queries as tickets


@bp.route("/wissen/<int:article_id>/angaben", methods=["GET", "POST"])
def details(article_id: int) -> ResponseReturnValue:
    """Say for whom an article is, where it stands, and who looks after it."""
    at, article = clock.now(), queries.to_edit(actor(), article_id)
    service.check_may_describe(actor(), article)
    form = details_forms.DetailsForm(data=details_forms.filled_in(article)).offer(
        article, queries.categories(), tickets.fault_types(), record.responsible(clock.local_day(at))
    )
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            changed = service.describe(actor(), article, form.details, at, version=form.version.data)
        if not form.form_errors:
            flash(f"Gespeichert: {', '.join(changed)}." if changed else "Es war nichts geändert.", "success")
            return redirect(home_of(article), 303)
    return render_template(
        "kb/writing/details.html", article=article, form=form, hints=AUDIENCE_HINTS, home=home_of(article)
    ), form.status


@bp.get("/wissen/uebersetzungen")
def untranslated() -> ResponseReturnValue:
    """List the published articles that lack the simple or the English text."""
    if not policy.is_editor(actor()):
        raise NotAllowed("Welche Übersetzungen fehlen, sieht die Redaktion.")
    found = translations.missing(actor(), after=min(max(request.args.get("nach", 0, type=int), 0), LARGEST_ID))
    return render_template("kb/writing/untranslated.html", found=found)
