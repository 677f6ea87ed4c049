"""Many letters at once: choose, write, print as one paper, take down that they were posted."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import letter_page, letter_queries, letter_run, policy
from itsm.claims.letter_forms import PostForm, RunForm
from itsm.claims.letters.facts import TITLES
from itsm.claims.service import letter_rounds, letters
from itsm.claims.views.blueprint import bp
from itsm.claims.views.letters import paper, sender
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor, fill_slot

RUN = "<string(length=16):run>"


@bp.route("/forderungen/briefe", methods=["GET", "POST"])
def letter_round() -> ResponseReturnValue:
    """List the letters that are due, and write the chosen ones."""
    me, at = actor(), clock.now()
    letters.check_work(me)
    found, form = letter_run.due(me, at), RunForm()
    form.offer([one.tick for one in found])
    if form.validate_on_submit():
        with writing():
            wanted = letter_run.chosen(found, form.chosen.data)
            left_out = letter_rounds.write(me, wanted, form.run.data, sender(), at)
        _tell(left_out)
        return redirect(_round(form.run.data) if len(left_out) < len(wanted) else url_for("claims.letter_round"), 303)
    return render_template("claims/letters/due.html", lines=found, form=form), form.status


@bp.get(f"/forderungen/briefe/runde/{RUN}")
def letters_of_round(run: str) -> ResponseReturnValue:
    """Show the letters of a round: print them, then say that they were posted."""
    me, form = actor(), PostForm(posted_on=clock.local_day(clock.now()))
    found = letter_queries.round_of(me, run)
    parts = {"actor": me, "run": run, "titles": TITLES, "recipient": letter_page.to_words, "by": letters.BY}
    return render_template("claims/letters/round.html", letters=found, form=form, **parts)


@bp.get(f"/forderungen/briefe/runde/{RUN}.pdf")
def round_paper(run: str) -> ResponseReturnValue:
    """Send all letters of a round as one paper."""
    found = letter_queries.round_of(actor(), run)
    return paper(letters.together(found, "Briefe zu Forderungen"), f"briefe-{run}.pdf")


@bp.post(f"/forderungen/briefe/runde/{RUN}/post")
def post_round(run: str) -> ResponseReturnValue:
    """Take down that the letters of a round went to the post."""
    me, at, form = actor(), clock.now(), PostForm()
    found = letter_queries.round_of(me, run)
    with writing():
        left_out = letter_rounds.post(me, found, sender(), form.posted_on.data or clock.local_day(at), at)
    _tell(left_out) if left_out else flash("Die Briefe sind als versandt eingetragen.", "success")
    return redirect(_round(run), 303)


def on_index(*, actor: Actor, **_: object) -> str:
    """Lead from the list of claims to the letters that are due."""
    return render_template("claims/letters/_to_due.html") if policy.may_work_claims(actor) else ""


def init() -> None:
    """Put the way here on the list of claims."""
    fill_slot("claims.index.actions", on_index)


def _round(run: str) -> str:
    return url_for("claims.letters_of_round", run=run)


def _tell(left_out: Sequence[str]) -> None:
    for sentence in left_out:
        flash(sentence, "warning")
