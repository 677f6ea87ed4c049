"""What visits show on the file of a device, and swapping on a ticket."""

from datetime import datetime
from typing import Any

from flask import render_template

from itsm.assets.models import Device
from itsm.core.access import Actor
from itsm.dispatch import queries
from itsm.dispatch.service import swaps
from itsm.tickets.models import Ticket


def visits_of_device(device: Device, actor: Actor, at: datetime, **_: Any) -> str:
    """Show on which visits somebody came for a device, as far as the person may see them."""
    jobs = queries.jobs_about(actor, device.id)
    return render_template("dispatch/_of_device.html", jobs=jobs, at=at) if jobs else ""


def swap_for_ticket(ticket: Ticket, actor: Actor, **_: Any) -> str:
    """Offer whoever works on a ticket to swap a device for it."""
    if not swaps.may_swap(actor, ticket):
        return ""
    return render_template("dispatch/_swap.html", ticket=ticket)
