"""An open question to a school ends when its visit no longer stands as it was asked about."""

from datetime import datetime

import sqlalchemy as sa

from itsm.core.db import db
from itsm.core.states import find
from itsm.dispatch.models import SlotOffer, Visit
from itsm.dispatch.states import OFFER_LABELS, OFFER_MOVES, OfferState


def end_offer(offer: SlotOffer, name: str) -> None:
    """Set the state of an offer; the one place that does.

    Raises: DomainError with a sentence for a move the table does not list.
    """
    offer.state = find(OFFER_MOVES, name, offer.state, OFFER_LABELS).target


def withdraw_for(visit: Visit) -> None:
    """Take back what the school is being asked about a visit that moves or falls through; nothing without a question.

    Source: docs/rules/visits.md, VI-28.
    """
    if visit.id is None:
        return
    open_one = sa.select(SlotOffer).where(SlotOffer.visit_id == visit.id, SlotOffer.state == OfferState.OPEN)
    for offer in db.session.scalars(open_one):
        end_offer(offer, "withdraw")


def is_too_late(offer: SlotOffer, at: datetime) -> bool:
    """Say whether the time to answer is over."""
    return at >= offer.answer_by
