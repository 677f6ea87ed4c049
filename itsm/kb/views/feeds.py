"""What other machines read: the list of all public pages, and what is new among them."""

import re

from flask import Response, current_app, render_template

from itsm.core import clock
from itsm.core.access import STRANGER
from itsm.kb import reading
from itsm.kb.views.blueprint import bp

# As many as a map of a site may hold.
MOST_MAPPED = 50_000
NEW = 30
# Signs no XML may hold, not even escaped; one pasted into a title would break the whole file.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@bp.get("/wissen/sitemap.xml")
def sitemap() -> Response:
    """List what everybody may read, whoever asks."""
    on = clock.local_day(clock.now())
    xml = render_template(
        "kb/sitemap.xml",
        base=current_app.config["BASE_URL"],
        shelves=reading.shelves(STRANGER, on),
        articles=reading.everything(STRANGER, on, MOST_MAPPED),
    )
    return _send(xml, "application/xml")


@bp.get("/wissen/neues.atom")
def feed() -> Response:
    """List what was published last of what everybody may read, whoever asks."""
    cards = reading.newest(STRANGER, clock.local_day(clock.now()), NEW)
    updated = max((card.published_at for card in cards if card.published_at), default=clock.now())
    xml = render_template("kb/feed.xml", base=current_app.config["BASE_URL"], cards=cards, updated=updated)
    return _send(xml, "application/atom+xml")


def _send(xml: str, mimetype: str) -> Response:
    return Response(_NOT_XML.sub("", xml), mimetype=mimetype)
