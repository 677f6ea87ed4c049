"""What the page of a device shows of its holders; nothing of a name for whoever may not see it."""

from datetime import datetime
from typing import Any

from flask import Flask, render_template

from itsm.assets import loan_links, loan_queries, policy, queries
from itsm.assets.models import Device
from itsm.assets.service.loans import READY
from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.web import NavEntry, add_nav, fill_slot


def next_step(device: Device, actor: Actor, **_: Any) -> str:
    """Offer to hand out what is at hand, and to take back what is not."""
    loan = queries.open_loan_of(device)
    if not policy.may_lend_at(actor, loan.school if loan else device.school) or not (loan or device.state in READY):
        return ""
    return render_template("assets/loans/_next.html", device=device, loan=loan)


def holder(device: Device, actor: Actor, at: datetime, **_: Any) -> str:
    """Show who has the device now."""
    loan = queries.open_loan_of(device)
    if loan is None or not policy.may_see_loan(actor, loan):
        return ""
    return render_template("assets/loans/_holder.html", loan=loan, today=clock.local_day(at))


def earlier(device: Device, actor: Actor, **_: Any) -> str:
    """List who had the device before."""
    loans = [loan for loan in loan_queries.of_device(actor, device) if loan.returned_at is not None]
    return render_template("assets/loans/_earlier.html", loans=loans) if loans else ""


def init(app: Flask) -> None:
    """Register what other pages and the mails show of loans, and the page of one's own devices."""
    app.jinja_env.filters["loan_link_path"] = loan_links.path_of
    fill_slot("device.next", next_step)
    fill_slot("device.aside", holder)
    fill_slot("device.main", earlier)
    add_nav(
        NavEntry("Meine Geräte", "assets.my_devices", "tablet", lambda me: me.may_somewhere(Verb.TICKET_SEE_OWN), 72)
    )
