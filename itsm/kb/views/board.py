"""The editorial board: what waits for the editors, and the whole of each block."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import writing
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.web import actor
from itsm.kb import board as blocks
from itsm.kb import policy
from itsm.kb.flow_forms import SettleForm
from itsm.kb.service import tasks
from itsm.kb.views.blueprint import bp

SHOWN = 5
ALL = 200
# What the landing page of an editor shows of it.
AT_HOME = ("pruefen", "suchen", "veraltet")


@bp.get("/wissen/redaktion")
def board() -> ResponseReturnValue:
    """Show the first rows of every block."""
    me, on = _editor(), clock.local_day(clock.now())
    filled = [block.fill(me, on, SHOWN) for block in blocks.BLOCKS]
    return render_template("kb/flow/board.html", filled=filled, on=on)


@bp.get("/wissen/redaktion/<slug>")
def board_block(slug: str) -> ResponseReturnValue:
    """Show one block as a whole."""
    me, block = _editor(), blocks.BY_SLUG.get(slug)
    if block is None:
        raise NotFound
    on = clock.local_day(clock.now())
    return render_template("kb/flow/block.html", part=block.fill(me, on, ALL), on=on)


@bp.post("/wissen/redaktion/suchen/erledigt")
def settle_search() -> ResponseReturnValue:
    """Take a searched line off the board."""
    form, me = SettleForm(), _editor()
    if not form.validate_on_submit():
        raise DomainError("Bitte laden Sie die Seite neu und wählen Sie die Suche noch einmal.")
    with writing():
        tasks.settle_search(me, form.line.data or "", clock.now())
    flash(f"„{form.line.data}“ ist erledigt. Wird es wieder gesucht, steht es wieder hier.", "success")
    return redirect(url_for("kb.board_block", slug="suchen") if request.args.get("alle") else url_for("kb.board"), 303)


def nav_count(me: Actor) -> int:
    """Return how many articles wait for this editor."""
    return sum(blocks.waiting(me))


def sentence(actor: Actor, **_: Any) -> str:
    """Say on the landing page what waits for an editor."""
    if not actor.has(Role.KB_EDITOR):
        return ""
    stale = blocks.count_stale(actor, clock.local_day(clock.now()))
    return render_template("kb/flow/_sentence.html", waiting=blocks.waiting(actor), stale=stale)


def main_action(actor: Actor, **_: Any) -> str:
    """Offer the next article to review on the landing page."""
    if not actor.has(Role.KB_EDITOR):
        return ""
    first = blocks.BY_SLUG["pruefen"].fill(actor, clock.local_day(clock.now()), 1).rows
    return render_template("kb/flow/_main_action.html", first=first[0] if first and not first[0].is_own else None)


def home_blocks(actor: Actor, **_: Any) -> str:
    """Show the most urgent blocks on the landing page of an editor."""
    if not actor.has(Role.KB_EDITOR):
        return ""
    on = clock.local_day(clock.now())
    filled = [blocks.BY_SLUG[slug].fill(actor, on, SHOWN) for slug in AT_HOME]
    return render_template("kb/flow/_home_blocks.html", filled=filled, on=on)


def _editor() -> Actor:
    if not policy.is_editor(actor()):
        raise NotAllowed("Die Redaktionsseite sieht nur die Redaktion der Wissensdatenbank.")
    return actor()
