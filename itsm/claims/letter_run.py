"""Letters that are due, over all claims: what can be written now, and what was written and not sent.

Source: docs/rules/claims.md, CL-58.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from itsm.claims import letter_page, letter_queries
from itsm.claims.models import Claim
from itsm.claims.service.letters import Order
from itsm.core import clock
from itsm.core.access import Actor


@dataclass(frozen=True)
class Due:
    """A line of the list; `tick` names it in the form."""

    tick: str
    title: str
    claim: Claim
    to: str
    is_written: bool
    order: Order


def due(actor: Actor, at: datetime) -> list[Due]:
    """Return every letter that can go out now, written already or not."""
    found = []
    for claim in letter_queries.with_letters_due(actor, at):
        for offer in letter_page.offers(claim, clock.local_day(at)):
            if not offer.why_not:
                tick = f"{offer.slug}-{claim.id}-{offer.debtor.id}"
                order = Order(offer.kind, offer.debtor.id)
                found.append(Due(tick, f"{offer.title} {claim.number}", claim, offer.to, offer.is_again, order))
    return found


def chosen(found: Iterable[Due], ticks: Sequence[str]) -> list[tuple[Claim, Order]]:
    """Return the letters of the ticked lines."""
    wanted = set(ticks)
    return [(one.claim, one.order) for one in found if one.tick in wanted]
