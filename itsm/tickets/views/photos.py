"""Photos of tickets, for those who see the ticket."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from itsm.core import pictures
from itsm.core.web import actor
from itsm.tickets import queries
from itsm.tickets.views.blueprint import bp


@bp.get("/stoerungen/<int:ticket_id>/fotos/<token>")
def photo(ticket_id: int, token: str) -> ResponseReturnValue:
    """Show a photo in full."""
    return _send(queries.photo_for(actor(), ticket_id, token).token, thumb=False)


@bp.get("/stoerungen/<int:ticket_id>/fotos/<token>/klein")
def thumb(ticket_id: int, token: str) -> ResponseReturnValue:
    """Show the small twin of a photo."""
    return _send(queries.photo_for(actor(), ticket_id, token).token, thumb=True)


def _send(token: str, *, thumb: bool) -> Response:
    response = send_file(pictures.path(token, thumb=thumb), mimetype="image/jpeg", conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    # The picture behind a token never changes; only this browser may keep it, and it asks for nobody else.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
