"""Letters that are due, over all claims: what can be written now, what was written and not sent, and the rounds.

Source: docs/rules/claims.md, CL-58.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from itsm.claims import letter_page, letter_queries
from itsm.claims.models import Claim, Letter, LetterRound
from itsm.claims.service.letters import Order
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.german import number


@dataclass(frozen=True)
class Due:
    """A line of the list; `tick` names it in the form."""

    tick: str
    title: str
    claim: Claim
    to: str
    is_written: bool
    order: Order


@dataclass(frozen=True)
class Progress:
    """How far a round is; `waits` while the worker has something to do."""

    waits: bool
    percent: int
    words: str


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


def chosen(found: Iterable[Due], ticks: Sequence[str], *, new: bool) -> list[tuple[Claim, Order]]:
    """Return the letters of the ticked lines, or all that are still to be written."""
    wanted = set(ticks)
    return [(one.claim, one.order) for one in found if (not one.is_written if new else one.tick in wanted)]


def unfinished(actor: Actor, at: datetime) -> list[tuple[LetterRound, Progress]]:
    """Return the rounds that still have something to write or to post, the newest first, each with how far it is."""
    return [(one, progress(one)) for one in letter_queries.rounds_unfinished(actor, at)]


def progress(found: LetterRound) -> Progress:
    """Return how far a round is."""
    if not found.is_written:
        asked = len(found.orders)
        words = f"{number(found.written)} von {number(asked)} geschrieben"
        return Progress(found.is_running, 100 * found.written // asked, words)
    total, sent, seen = letter_queries.counts(found)
    words = f"{number(sent)} von {number(total)} als versandt eingetragen"
    return Progress(found.is_running, 100 * seen // max(total, 1), words)


def taken_over(found: LetterRound, letters: Sequence[Letter]) -> int:
    """Return how many letters of a round lie in a later one by now."""
    left_out = sum(claim_id is not None for claim_id, _ in found.left_out)
    return len(found.orders) - left_out - len(letters) if found.is_written else 0
