"""What other machines read: the list of all public pages, and what is new among them."""

from flask import Response, current_app, render_template

from itsm.core import clock
from itsm.core.access import STRANGER
from itsm.kb import reading
from itsm.kb.views.blueprint import bp

# As many as a map of a site may hold.
MOST_MAPPED = 50_000
NEW = 30


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
    return Response(xml, mimetype="application/xml")


@bp.get("/wissen/neues.atom")
def feed() -> Response:
    """List what was published last of what everybody may read, whoever asks."""
    cards = reading.newest(STRANGER, clock.local_day(clock.now()), NEW)
    updated = max((card.published_at for card in cards if card.published_at), default=clock.now())
    xml = render_template("kb/feed.xml", base=current_app.config["BASE_URL"], cards=cards, updated=updated)
    return Response(xml, mimetype="application/atom+xml")
