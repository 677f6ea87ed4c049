"""What the claims staff finds on the landing page."""

from datetime import datetime
from typing import Any

from flask import g, render_template

from itsm.claims import landing, policy
from itsm.claims.landing import Start
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.web import fill_slot

SHOWN = 4


def sentence(actor: Actor, at: datetime, **_: Any) -> str:
    """Say what stands today."""
    return _show("_landing_sentence.html", actor, at)


def main_action(actor: Actor, at: datetime, **_: Any) -> str:
    """Lead to the next case."""
    return _show("_landing_action.html", actor, at)


def home_blocks(actor: Actor, at: datetime, **_: Any) -> str:
    """Show what is due, what is new and what is to be approved."""
    return _show("_landing_blocks.html", actor, at)


def _show(template: str, actor: Actor, at: datetime) -> str:
    if not policy.may_work(actor):
        return ""
    return render_template(f"claims/handling/{template}", start=_start(actor, at))


def _start(actor: Actor, at: datetime) -> Start:
    """The same for the three parts of one page."""
    if "claims_start" not in g:
        g.claims_start = landing.start(actor, clock.local_day(at), SHOWN)
    found: Start = g.claims_start
    return found


def init() -> None:
    """Fill the landing page of the claims staff."""
    fill_slot("home.sentence", sentence)
    fill_slot("home.main", main_action)
    fill_slot("home.blocks", home_blocks)
