"""Who helps with what: the overview of today, its paper, and its editions."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, pdf
from itsm.core.db import writing
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.kb import contact_page, contact_queries, overview_now, policy
from itsm.kb.contact_forms import EditionForm
from itsm.kb.contact_page import Page
from itsm.kb.overview import asked
from itsm.kb.overview_paper import TITLE, sheet
from itsm.kb.service import editions as service
from itsm.kb.views.blueprint import bp

LONGEST_QUESTION = 100
SHOWN = 3


@bp.get("/ansprechpartner")
def contacts() -> ResponseReturnValue:
    """Show who helps with which question, for the school of the person or one that was chosen."""
    page = _today()
    question = request.args.get("frage", "").strip()[:LONGEST_QUESTION]
    return render_template(
        "kb/contacts.html",
        **_shown(page),
        question=question,
        helps=page.answers.helps(asked(page.answers.topics, question)),
        may_edit=policy.may_edit_contacts(actor()),
    )


@bp.get("/ansprechpartner.pdf")
def contacts_pdf() -> ResponseReturnValue:
    """Send the overview of today as one page."""
    return _paper(_today(), "ansprechpartner.pdf")


@bp.get("/ansprechpartner/ausgaben")
def editions() -> ResponseReturnValue:
    """List all editions."""
    return render_template(
        "kb/editions.html", editions=contact_queries.editions(), may_edit=policy.may_edit_contacts(actor())
    )


@bp.get("/ansprechpartner/ausgaben/<int:edition_number>")
def edition(edition_number: int) -> ResponseReturnValue:
    """Show an edition as it was handed out."""
    page, news = contact_page.earlier(_choice(), edition_number)
    return render_template("kb/edition.html", **_shown(page), helps=page.answers.helps(page.answers.topics), news=news)


@bp.get("/ansprechpartner/ausgaben/<int:edition_number>.pdf")
def edition_pdf(edition_number: int) -> ResponseReturnValue:
    """Send an edition as it was handed out as one page."""
    page, _ = contact_page.earlier(_choice(), edition_number)
    return _paper(page, f"ansprechpartner-ausgabe-{edition_number}.pdf")


@bp.route("/ansprechpartner/ausgaben/neu", methods=["GET", "POST"])
def new_edition() -> ResponseReturnValue:
    """Show what has changed since the last edition, and hand out the next."""
    contact_queries.require_keeper(actor())
    form, page = EditionForm(), contact_page.today(None, actor(), clock.now())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            made = service.issue(actor(), form.note.data or "", clock.now(), tell=form.tell.data)
            number = made.number
        if not form.form_errors:
            flash(f"Ausgabe {number} ist da.", "success")
            return redirect(url_for("kb.edition", edition_number=number), 303)
    return render_template("kb/new_edition.html", form=form, page=page), form.status


def found(text: str, **_: object) -> str:
    """Show in the search of the service whom to ask about this."""
    topics = asked(overview_now.topics(), text[:LONGEST_QUESTION], every_word=True)[:SHOWN]
    return render_template("kb/_found_contacts.html", topics=topics) if topics else ""


def _today() -> Page:
    return contact_page.today(_choice(), actor(), clock.now())


def _choice() -> str | None:
    return contact_page.choice(actor(), single_line(request.args.get("schule", "")))


def _shown(page: Page) -> dict[str, object]:
    """Return what the pages of today and of an edition have in common."""
    return {
        "page": page,
        "title": TITLE,
        "schools": contact_queries.schools(actor()),
        "whole_city": policy.may_see_all_contacts(actor()),
    }


def _paper(page: Page, name: str) -> Response:
    city, base = current_app.config["CITY_NAME"], current_app.config["SETTINGS"].base_url
    written = pdf.write(sheet(page.answers, page.staff, page.status, city, f"{base}/melden"))
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(written, mimetype="application/pdf", headers=headers)
