"""Many letters at once: choose, write, print as one paper, take down that they were posted."""

from dataclasses import asdict

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import letter_page, letter_queries, letter_run, policy
from itsm.claims.letter_forms import PostForm, RunForm
from itsm.claims.letters.facts import TITLES
from itsm.claims.models import LetterRound
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
            wanted = letter_run.chosen(found, form.chosen.data, new=form.new.data)
            letter_rounds.ask(me, form.run.data, wanted, sender(), at)
        return redirect(_round(form.run.data), 303)
    rounds = letter_run.unfinished(me, at)
    return render_template("claims/letters/due.html", lines=found, rounds=rounds, form=form), form.status


@bp.get(f"/forderungen/briefe/runde/{RUN}")
def letters_of_round(run: str) -> ResponseReturnValue:
    """Show a round: how far it is, then its letters to print, then the form that says they were posted."""
    return _show(letter_queries.round_for(actor(), run), PostForm(posted_on=clock.local_day(clock.now())))


@bp.get(f"/forderungen/briefe/runde/{RUN}/stand")
def round_progress(run: str) -> ResponseReturnValue:
    """Say how far a round is, for the page that waits."""
    return jsonify(asdict(letter_run.progress(letter_queries.round_for(actor(), run))))


@bp.get(f"/forderungen/briefe/runde/{RUN}.pdf")
def round_paper(run: str) -> ResponseReturnValue:
    """Send all letters of a round as one paper."""
    letter_queries.round_for(actor(), run)
    found = letter_queries.letters_of(actor(), run)
    return paper(letters.together(found, "Briefe zu Forderungen"), f"briefe-{run}.pdf")


@bp.post(f"/forderungen/briefe/runde/{RUN}/post")
def post_round(run: str) -> ResponseReturnValue:
    """Take down that the letters of a round went to the post."""
    me, at, form = actor(), clock.now(), PostForm()
    found = letter_queries.round_for(me, run)
    if not form.validate_on_submit():
        return _show(found, form)
    with writing():
        done = letter_rounds.post(me, run, form.posted_on.data or clock.local_day(at), sender(), at)
    if not done.is_running and not done.not_posted:
        flash("Die Briefe sind als versandt eingetragen.", "success")
    return redirect(_round(run), 303)


def on_index(*, actor: Actor, **_: object) -> str:
    """Lead from the list of claims to the letters that are due."""
    return render_template("claims/letters/_to_due.html") if policy.may_work_claims(actor) else ""


def init() -> None:
    """Put the way here on the list of claims."""
    fill_slot("claims.index.actions", on_index)


def _show(found: LetterRound, form: PostForm) -> ResponseReturnValue:
    me = actor()
    lines = letter_queries.letters_of(me, found.key)
    state = {"progress": letter_run.progress(found), "taken_over": letter_run.taken_over(found, lines)}
    words = {"actor": me, "titles": TITLES, "recipient": letter_page.to_words, "by": letters.BY}
    page = render_template("claims/letters/round.html", round=found, letters=lines, form=form, **state, **words)
    return page, form.status


def _round(run: str) -> str:
    return url_for("claims.letters_of_round", run=run)
