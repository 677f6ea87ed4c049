"""Many letters in one go: written together, printed as one paper, posted together. Much of it is left to the worker.

Source: docs/rules/claims.md, CL-58.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.accounts import queries as accounts
from itsm.accounts.models import User
from itsm.claims import letter_queries, policy
from itsm.claims.letters import paper
from itsm.claims.letters.paper import Printed
from itsm.claims.models import Channel, Claim, LetterKind, LetterRound
from itsm.claims.service import claims, letters
from itsm.claims.service.letters import Draft, Order
from itsm.config import Sender
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError
from itsm.core.queue import enqueue

# More is left to the worker, so that nobody waits for a page.
AT_ONCE = 10
# What one transaction of the worker does: after a stop at most so much is done anew.
PORTION = 25
# The typesetter leaves Python alone, so that one letter is set while the next is checked.
TYPESETTERS = 2
_OTHER = (
    "Diese Auswahl wurde schon mit anderen Briefen abgeschickt. Bitte laden Sie die Liste der fälligen Briefe neu und "
    "wählen Sie noch einmal."
)
LeftOut = tuple[int | None, str]
_STILL = "Die Briefe werden noch geschrieben. Bitte warten Sie, bis alle da sind, und drucken Sie sie dann."


def ask(actor: Actor, key: str, wanted: Iterable[tuple[Claim, Order]], sender: Sender, at: datetime) -> LetterRound:
    """Write letters in one round, a few at once, many by the worker; the same key twice is one round.

    A claim whose letter cannot be written is left out with the reason and does not hold up the others.

    Raises: NotAllowed for who does not work on claims; DomainError without a letter; Conflict for a key that stands for
        other letters.
    """
    claims.check_work(actor)
    # Always in the same order, so that of two rounds at once one waits for the other.
    orders = sorted((claim.id, order.debtor_id, order.kind.value) for claim, order in wanted)
    if not orders and db.session.get(LetterRound, key) is None:
        raise DomainError("Es ist kein Brief mehr zu schreiben. Bitte laden Sie die Liste der fälligen Briefe neu.")
    new = insert(LetterRound).values(key=key, asked_by_id=actor.user_id, asked_at=at, orders=orders)
    is_new = db.session.scalar(new.on_conflict_do_nothing().returning(LetterRound.key)) is not None
    found = letter_queries.held_round(key)
    if not is_new:
        if not {tuple(order) for order in found.orders} >= set(orders):
            raise Conflict(_OTHER)
        return found
    if len(orders) > AT_ONCE:
        _leave_to_worker(found)
    else:
        _write(actor, found, AT_ONCE, sender, at)
    return found


def post(actor: Actor, key: str, posted_on: date, sender: Sender, at: datetime) -> LetterRound:
    """Take down that the letters of a round went to the post; those already sent stay as they are.

    Which claims are left out and why stands in the round.

    Raises: NotAllowed for who does not work on claims; Conflict while the letters are written.
    """
    claims.check_work(actor)
    found = letter_queries.held_round(key)
    if not found.is_written:
        raise Conflict(_STILL)
    if found.is_running:
        return found
    found.posted_on, found.posted_by_id = posted_on, actor.user_id
    found.posted_up_to_id, found.not_posted = 0, []
    total, sent, _ = letter_queries.counts(found)
    if total - sent > AT_ONCE:
        _leave_to_worker(found)
    else:
        _post(actor, found, AT_ONCE, sender, at)
    return found


def run(key: str, sender: Sender, now: Callable[[], datetime]) -> None:
    """Do what is left of a round, portion by portion; each is committed, so that none is done twice."""
    is_running = True
    while is_running:
        with writing():
            is_running = _go_on(key, sender, now())


def resume(at: datetime) -> int:
    """Hand rounds that are not at their end to the worker again, in case it gave one up; return how many."""
    found = db.session.scalars(sa.select(LetterRound).where(LetterRound.is_running).order_by(LetterRound.asked_at))
    return sum(_leave_to_worker(one) for one in found)


def _leave_to_worker(found: LetterRound) -> bool:
    found.is_running = True
    key = f"letter-round-{found.key}"
    return enqueue("letter-round", args={"key": found.key}, lock=key, queueing_lock=key) is not None


def _go_on(key: str, sender: Sender, at: datetime) -> bool:
    """Do one portion in the rights of who asked for it; say whether anything is left."""
    found = letter_queries.held_round(key)
    if not found.is_running:
        return False
    user = db.session.get_one(User, found.asked_by_id if found.posted_by_id is None else found.posted_by_id)
    actor = accounts.actor_of(user, clock.local_day(at))
    if not policy.may_work_claims(actor):
        _stop(found)
    elif not found.is_written:
        found.is_running = _write(actor, found, PORTION, sender, at)
    else:
        found.is_running = _post(actor, found, PORTION, sender, at)
    return found.is_running


def _stop(found: LetterRound) -> None:
    """Let a round end here; what is written can still be posted."""
    found.is_running = False
    if found.is_written:
        found.not_posted = [*found.not_posted, (None, claims.WORK_ONLY)]
    else:
        found.left_out = [*found.left_out, (None, f"Alle weiteren: {claims.WORK_ONLY}")]
        found.orders = found.orders[: found.written]


def _write(actor: Actor, found: LetterRound, most: int, sender: Sender, at: datetime) -> bool:
    """Write the next letters of a round; say whether any is left."""
    orders = found.orders[found.written : found.written + most]
    held = letter_queries.held({claim_id for claim_id, _, _ in orders})
    in_print: list[tuple[Draft, Future[Printed]]] = []
    left_out: list[LeftOut] = []
    with ThreadPoolExecutor(TYPESETTERS) as pool:
        for claim_id, debtor_id, kind in orders:
            with _by_itself(claim_id, left_out):
                draft = letters.prepare(actor, held[claim_id], Order(LetterKind(kind), debtor_id), sender, at)
                if draft.known is None:
                    in_print.append((draft, pool.submit(paper.printed, draft.words)))
                else:
                    draft.known.run = found.key
    for draft, printed in in_print:
        letters.keep(actor, draft, printed.result(), at).run = found.key
    found.written += len(orders)
    found.left_out = [*found.left_out, *left_out]
    db.session.flush()
    return not found.is_written


def _post(actor: Actor, found: LetterRound, most: int, sender: Sender, at: datetime) -> bool:
    """Take down that the next letters of a round were posted; say whether any is left."""
    left_out: list[LeftOut] = []
    waiting = letter_queries.unsent(found.key, found.posted_up_to_id, most)
    for letter in sorted(waiting, key=lambda one: one.claim_id):
        with _by_itself(letter.claim_id, left_out):
            letters.send(actor, letter, Channel.POST, sender, at, found.posted_on)
    found.posted_up_to_id = waiting[-1].id if waiting else found.posted_up_to_id
    found.not_posted = [*found.not_posted, *left_out]
    db.session.flush()
    return len(waiting) == most


@contextmanager
def _by_itself(claim_id: int, left_out: list[LeftOut]) -> Iterator[None]:
    try:
        with db.session.begin_nested():
            yield
    except DomainError as error:
        left_out.append((claim_id, error.sentence))
