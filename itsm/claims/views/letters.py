"""Letters of a claim: the panel, preview, writing, sending, and the paper as it was written."""

from datetime import datetime

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import letter_page, letter_queries, queries
from itsm.claims.letter_forms import MakeForm, SendForm
from itsm.claims.letters.facts import TITLES
from itsm.claims.models import Channel, Claim
from itsm.claims.service import letters
from itsm.claims.service.letters import Order
from itsm.claims.views.blueprint import bp
from itsm.config import Sender
from itsm.core import clock, mail
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor, as_file, fill_slot

KIND = f"<any({', '.join(letter_page.SLUGS)}):kind>"


@bp.get(f"/forderungen/<int:claim_id>/briefe/{KIND}/<int:debtor_id>/vorschau.pdf")
def letter_preview(claim_id: int, kind: str, debtor_id: int) -> ResponseReturnValue:
    """Send a letter as it would look; nothing is kept."""
    claim, order = queries.claim_for(actor(), claim_id), Order(letter_page.SLUGS[kind], debtor_id)
    drawn = letters.draft(actor(), claim, order, sender(), clock.local_day(clock.now()))
    return paper(drawn, f"vorschau-{claim.number}.pdf")


@bp.post(f"/forderungen/<int:claim_id>/briefe/{KIND}/<int:debtor_id>")
def make_letter(claim_id: int, kind: str, debtor_id: int) -> ResponseReturnValue:
    """Write a letter."""
    order = Order(letter_page.SLUGS[kind], debtor_id, with_interest=MakeForm().with_interest.data)
    with writing():
        letters.make(actor(), queries.claim_for(actor(), claim_id), order, sender(), clock.now())
    flash("Der Brief ist geschrieben. Jetzt können Sie ihn drucken und versenden.", "success")
    return _back(claim_id)


@bp.get("/forderungen/briefe/<int:letter_id>.pdf")
def letter_paper(letter_id: int) -> ResponseReturnValue:
    """Send a letter as it was written."""
    letter = letter_queries.letter_for(actor(), letter_id)
    return paper(letters.stored(letter), letters.file_name(letter))


@bp.route("/forderungen/briefe/<int:letter_id>/versenden", methods=["GET", "POST"])
def send_letter(letter_id: int) -> ResponseReturnValue:
    """Ask how a letter goes out, and send it."""
    me, at = actor(), clock.now()
    letter = letter_queries.letter_for(me, letter_id)
    letters.check_work(me)
    form = SendForm(channel=Channel.POST.value, posted_on=clock.local_day(at))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            letters.send(me, letter, Channel(form.channel.data), sender(), at, form.posted_on.data)
        if not form.form_errors:
            flash("Der Brief ist als versandt eingetragen.", "success")
            return _back(letter.claim_id)
    return render_template("claims/letters/send.html", letter=letter, form=form, **_words()), form.status


def main(*, claim: Claim, actor: Actor, at: datetime, **_: object) -> str:
    """Show the letters of a claim and what can be written now."""
    panel = letter_page.panel(actor, claim, at)
    return render_template(
        "claims/letters/_panel.html", claim=claim, actor=actor, panel=panel, form=MakeForm(), **_words()
    )


def sender() -> Sender:
    """Return who letters come from."""
    found: Sender = current_app.config["SETTINGS"].sender
    return found


def paper(body: bytes, name: str) -> Response:
    """Return a PDF to be saved, kept by nobody on the way."""
    return Response(body, mimetype="application/pdf", headers=as_file(name))


def init() -> None:
    """Put the letters on the page of a claim, and let mails carry them."""
    fill_slot("claim.main", main)
    mail.attaches(letters.ATTACHED, letters.attachment)


def _words() -> dict[str, object]:
    return {"titles": TITLES, "by": letters.BY, "recipient": letter_page.to_words}


def _back(claim_id: int) -> ResponseReturnValue:
    return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="briefe"), 303)
