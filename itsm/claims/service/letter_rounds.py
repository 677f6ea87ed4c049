"""Many letters in one go: written together, printed as one paper, posted together.

Source: docs/rules/claims.md, CL-58.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from itsm.claims.models import Channel, Claim, Letter
from itsm.claims.service import claims, letters
from itsm.claims.service.letters import Order
from itsm.config import Sender
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError


def write(actor: Actor, wanted: Iterable[tuple[Claim, Order]], run: str, sender: Sender, at: datetime) -> list[str]:
    """Write letters in one round; return which claims were left out and why, they do not hold up the others.

    Raises: NotAllowed for who does not work on claims.
    """
    claims.check_work(actor)
    left_out: list[str] = []
    # Always in the same order, so that of two rounds at once one waits for the other.
    for claim, order in sorted(wanted, key=lambda one: (one[0].id, one[1].debtor_id)):
        with _by_itself(claim, left_out):
            letters.make(actor, claim, order, sender, at, run)
    return left_out


def post(actor: Actor, found: Sequence[Letter], sender: Sender, posted_on: date, at: datetime) -> list[str]:
    """Take down that the letters of a round went to the post; those already sent stay as they are.

    Return which claims were left out and why.

    Raises: NotAllowed for who does not work on claims.
    """
    claims.check_work(actor)
    left_out: list[str] = []
    for letter in sorted(found, key=lambda one: (one.claim_id, one.id)):
        with _by_itself(letter.claim, left_out):
            letters.send(actor, letter, Channel.POST, sender, at, posted_on)
    return left_out


@contextmanager
def _by_itself(claim: Claim, left_out: list[str]) -> Iterator[None]:
    number = claim.number
    try:
        with db.session.begin_nested():
            yield
    except DomainError as error:
        left_out.append(f"{number}: {error.sentence}")
