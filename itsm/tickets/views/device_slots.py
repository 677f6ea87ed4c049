"""What the file of a device shows of tickets."""

from typing import Any

from flask import render_template

from itsm.assets.models import Device
from itsm.assets.states import WORKING
from itsm.core.access import Actor, Verb
from itsm.tickets import devices, policy
from itsm.tickets.views.words import earlier_links


def tickets_of_device(device: Device, actor: Actor, **_: Any) -> str:
    """Show what went wrong with a device, as far as the person may see it."""
    is_school = device.school_id in actor.scope(Verb.TICKET_SEE_OWN).school_ids
    links = earlier_links(devices.of_device(actor, device), is_school)
    return render_template("tickets/_of_device.html", device=device, links=links)


def report_it(device: Device, actor: Actor, **_: Any) -> str:
    """Offer to report this very device."""
    if device.school is None or device.state not in WORKING or not policy.may_report(actor, device.school):
        return ""
    return render_template("tickets/_report_device.html", device=device)
