"""From the number on a device to the page about it: the label's address, and the page to scan or type.

Source: docs/rules/labels.md, LB-1 and LB-2.
"""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import policy, queries
from itsm.assets.models import Device
from itsm.assets.views.blueprint import bp
from itsm.core.web import actor


@bp.get("/g/<path:tag>")
def finder(tag: str) -> ResponseReturnValue:
    """Lead whoever scanned a label to their page; strangers learn whose it is, and nothing else."""
    device = queries.find_to_lead(actor(), tag)
    if device is not None:
        return redirect(_page_about(device))
    return render_template(
        "assets/finder.html",
        back=url_for("assets.finder", tag=tag),
        phone=current_app.config["FINDER_PHONE"],
        mail=current_app.config["FINDER_MAIL"],
    )


@bp.get("/scannen")
def scan() -> ResponseReturnValue:
    """Ask for the number of a device, by camera or by keyboard."""
    number = request.args.get("nummer", "").strip()
    device = queries.find_to_lead(actor(), number) if number else None
    if device is not None:
        return redirect(_page_about(device))
    return render_template("assets/scan.html", number=number), 404 if number else 200


def _page_about(device: Device) -> str:
    """The file for whoever may see it, else a report with everything filled in."""
    if policy.may_see(actor(), device):
        return url_for("assets.show", device_id=device.id)
    return url_for("tickets.report", geraet=device.tag)
