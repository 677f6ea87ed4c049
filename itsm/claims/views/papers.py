"""The papers of a case, for those who may read them: photos are shown, PDFs saved."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from itsm.claims import papers, queries
from itsm.claims.models import Paper
from itsm.claims.service import papers as service
from itsm.claims.views.blueprint import bp
from itsm.core.web import actor


@bp.get("/schaeden/<int:case_id>/unterlagen/<token>")
def paper(case_id: int, token: str) -> ResponseReturnValue:
    """Send a paper."""
    return _send(service.paper_for(actor(), queries.case_for(actor(), case_id), token), thumb=False)


@bp.get("/schaeden/<int:case_id>/unterlagen/<token>/klein")
def paper_thumb(case_id: int, token: str) -> ResponseReturnValue:
    """Send the small twin of a photo."""
    return _send(service.paper_for(actor(), queries.case_for(actor(), case_id), token), thumb=True)


def _send(found: Paper, *, thumb: bool) -> Response:
    is_pdf = found.media_type == papers.PDF
    response = send_file(papers.path(found, thumb=thumb), mimetype=found.media_type, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # The name somebody gave the file may name a person: it stays out of the download folder.
    name = f"fall-{found.case_id}-unterlage-{found.id}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"' if is_pdf else "inline"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
