"""Letters: looked at, written, sent. What was written is never changed; what was sent is what was written.

Source: docs/rules/claims.md, CL-50 to CL-59.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from itsm.claims import deadlines, figures, queries
from itsm.claims.letters import paper
from itsm.claims.letters.facts import TITLES, Facts
from itsm.claims.letters.paper import Printed, Words
from itsm.claims.models import Channel, Claim, Debtor, Letter, LetterKind
from itsm.claims.reference import shown
from itsm.claims.service import claiming, claims, dunning, letter_facts
from itsm.config import Sender
from itsm.core import clock, outbox
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotFound

# A letter that lay longer tells terms that are too short.
STALE = timedelta(days=7)
ATTACHED = "claim-letter"
BY = {Channel.POST: "per Post", Channel.MAIL: "per E-Mail"}
_CHANGED = "Seit der Brief geschrieben wurde, hat sich der Betrag geändert. Bitte schreiben Sie ihn neu."
_OUTDATED = "Seit der Brief geschrieben wurde, hat sich etwas geändert, das darin steht. Bitte schreiben Sie ihn neu."
# What of a letter must still be so when it is sent; another clerk alone makes no other letter.
_SAID = ("address", "subject", "salutation", "blocks")
_SPOILT = "Der gespeicherte Brief ist nicht mehr der geschriebene. Bitte melden Sie das dem Betrieb."


@dataclass(frozen=True)
class Order:
    """Which letter to whom; `with_interest` books what a reminder may add."""

    kind: LetterKind
    debtor_id: int
    with_interest: bool = False


@dataclass(frozen=True)
class Draft:
    """A letter that was checked and is about to be written; `known` says the same already and waits to be sent."""

    facts: Facts
    words: Words
    known: Letter | None


def check_work(actor: Actor) -> None:
    """Let only those go on who write letters.

    Raises: NotAllowed for everybody else.
    """
    claims.check_work(actor)


def draft(actor: Actor, claim: Claim, order: Order, sender: Sender, on: date) -> bytes:
    """Return a letter as it would look, marked as a preview; nothing is kept.

    Raises: NotAllowed for who does not work on claims; NotFound for a debtor of another claim; DomainError for a
        letter that is not due, or a setting of the sender that is missing.
    """
    claims.check_work(actor)
    debtor = letter_facts.debtor_of(claim, order.debtor_id)
    letter_facts.check(claim, order.kind, debtor, on)
    return paper.write([paper.compose(letter_facts.facts(claim, order.kind, debtor, sender, on), paper.PREVIEW)])


def make(actor: Actor, claim: Claim, order: Order, sender: Sender, at: datetime) -> Letter:
    """Write a letter and keep it for good; the same one written twice before it was sent is one.

    Raises: like `draft`.
    """
    claims.check_work(actor)
    draft = prepare(actor, queries.held(claim), order, sender, at)
    letter = draft.known or keep(actor, draft, paper.printed(draft.words), at)
    db.session.flush()
    return letter


def prepare(actor: Actor, claim: Claim, order: Order, sender: Sender, at: datetime) -> Draft:
    """Check a letter, book interest it asks for, return what it says; for verbs that checked who may, and hold it.

    Raises: DomainError for a letter that is not due, or a setting of the sender that is missing.
    """
    on = clock.local_day(at)
    debtor = letter_facts.debtor_of(claim, order.debtor_id)
    letter_facts.check(claim, order.kind, debtor, on)
    if order.kind is LetterKind.REMINDER and not letter_facts.is_further_reminder(claim, debtor, on):
        dunning.prepare(actor, claim, at, with_interest=order.with_interest)
    facts = letter_facts.facts(claim, order.kind, debtor, sender, on)
    words, known = paper.compose(facts), newest(claim, order.kind, debtor)
    is_same = known is not None and known.sent_at is None and paper.said(known.words or {}) == words
    return Draft(facts, words, known if is_same else None)


def keep(actor: Actor, draft: Draft, printed: Printed, at: datetime) -> Letter:
    """Keep a letter for good, with its paper; for verbs that have prepared it."""
    facts = draft.facts
    letter = Letter(
        claim_id=facts.claim.id,
        debtor_id=facts.debtor.id,
        kind=facts.kind,
        made_at=at,
        made_by_id=actor.user_id,
        dated_on=facts.on,
        until=facts.until,
        open_cents=facts.account.open_cents,
        digest=sha256(printed.pdf).hexdigest(),
        pdf=printed.pdf,
        words=printed.words,
    )
    db.session.add(letter)
    claims.note(actor, facts.claim, "letter", at, f"{TITLES[facts.kind]} geschrieben")
    return letter


def send(
    actor: Actor, letter: Letter, channel: Channel, sender: Sender, at: datetime, posted_on: date | None = None
) -> None:
    """Send a letter and take down what follows from it; one that is sent already stays as it is.

    A letter goes out by post on `posted_on`, or at once by mail to the address of its debtor.

    Raises: NotAllowed for who does not work on claims; DomainError for a letter that is out of date, a day it cannot
        have been posted on, or a debtor without an address for mail; Conflict if the paper was changed.
    """
    claims.check_work(actor)
    claim = queries.held(letter.claim)
    db.session.refresh(letter)
    if letter.sent_at is not None:
        return
    today = clock.local_day(at)
    on = posted_on if posted_on and channel is Channel.POST else today
    debtor = _check_sendable(claim, letter, sender, on, today)
    stored(letter)
    is_further = letter_facts.is_further_reminder(claim, debtor, today)
    if channel is Channel.MAIL:
        _mail(letter, claim, debtor, at)
    letter.channel, letter.sent_at, letter.sent_by_id = channel, at, actor.user_id
    if letter_facts.is_act(claim, letter.kind, debtor):
        letter.delivered_on = deadlines.delivered(on, figures.whole(figures.DELIVERY_DAYS, on))
    claims.note(actor, claim, "letter-sent", at, f"{TITLES[letter.kind]} {BY[channel]} verschickt am {on:%d.%m.%Y}")
    if letter.kind is LetterKind.REMINDER:
        dunning.charge_fee(actor, claim, letter.dated_on, at)
        claiming.dunned(actor, claim, letter.until or on, at, is_further=is_further)
    else:
        _follow(actor, claim, letter, debtor, on, at)
    db.session.flush()


def stored(letter: Letter) -> bytes:
    """Return the paper of a letter as it was written, to the byte.

    Raises: NotFound once names were taken out; Conflict if it is not what was written.
    """
    pdf = db.session.scalar(sa.select(Letter.pdf).where(Letter.id == letter.id))
    if pdf is None:
        raise NotFound("Diesen Brief gibt es nicht mehr: Die Namen wurden nach Ablauf der Frist entfernt.")
    if sha256(pdf).hexdigest() != letter.digest:
        raise Conflict(_SPOILT)
    return pdf


def together(letters: Sequence[Letter], title: str) -> bytes:
    """Return several letters as one paper for the printer, each with pages of its own; no letter, no paper.

    Raises: NotFound if none of them has its words any more.
    """
    wanted = sa.select(Letter.words).where(Letter.id.in_([one.id for one in letters]), Letter.pdf.is_not(None))
    words = [one for one in db.session.scalars(wanted.order_by(Letter.id)) if one]
    if not words:
        raise NotFound
    return paper.write(words, title)


def attachment(letter_id: int) -> tuple[str, bytes]:
    """Return the name and the paper of a letter that goes out by mail.

    Raises: NotFound once names were taken out; Conflict if it is not what was written.
    """
    letter = db.session.get(Letter, letter_id)
    if letter is None:
        raise NotFound
    return file_name(letter), stored(letter)


def file_name(letter: Letter) -> str:
    """Return what a letter is called on a disk; no name stands in it."""
    return f"F-{letter.claim_id}-{TITLES[letter.kind].lower().replace('ü', 'ue')}-{letter.id}.pdf"


def newest(claim: Claim, kind: LetterKind, debtor: Debtor) -> Letter | None:
    """Return the letter of a kind to a debtor that was written last."""
    return db.session.scalar(
        sa.select(Letter)
        .where(Letter.claim_id == claim.id, Letter.kind == kind, Letter.debtor_id == debtor.id)
        .order_by(Letter.id.desc())
        .limit(1)
        .options(undefer(Letter.words))
    )


def _check_sendable(claim: Claim, letter: Letter, sender: Sender, on: date, today: date) -> Debtor:
    debtor = letter.debtor
    if debtor is None or debtor.claim_id != claim.id:
        raise DomainError("Wem dieser Brief galt, steht nicht mehr in der Forderung. Bitte schreiben Sie ihn neu.")
    if not letter.dated_on <= on <= today:
        raise DomainError("Zur Post kam der Brief frühestens an seinem Datum und nicht in der Zukunft.")
    if on - letter.dated_on > STALE:
        raise DomainError("Der Brief ist älter als eine Woche, seine Frist wäre zu kurz. Bitte schreiben Sie ihn neu.")
    latest = newest(claim, letter.kind, debtor)
    if latest is not None and latest.id != letter.id:
        raise DomainError("Es gibt einen neueren Brief dieser Art. Bitte senden Sie den.")
    letter_facts.check(claim, letter.kind, debtor, today)
    if letter.open_cents != letter_facts.account(claim, letter.kind, letter.dated_on).open_cents:
        raise DomainError(_CHANGED)
    now = paper.compose(letter_facts.facts(claim, letter.kind, debtor, sender, letter.dated_on))
    before = paper.said(letter.words or {})
    if any(before.get(part) != now[part] for part in _SAID):
        raise DomainError(_OUTDATED)
    return debtor


def _follow(actor: Actor, claim: Claim, letter: Letter, debtor: Debtor, on: date, at: datetime) -> None:
    until = letter.until or on
    if letter.kind is LetterKind.HEARING:
        claiming.heard(actor, claim, on, until, at, [debtor])
    elif letter.kind is LetterKind.DEMAND:
        claiming.demanded(actor, claim, until, at)


def _mail(letter: Letter, claim: Claim, debtor: Debtor, at: datetime) -> None:
    if not debtor.email.strip():
        raise DomainError(
            "Es ist keine E-Mail-Adresse eingetragen. Bitte tragen Sie eine ein oder senden Sie per Post."
        )
    outbox.put(
        "claims-letter",
        to=debtor.email,
        subject=f"Unser Schreiben zum Kassenzeichen {shown(claim.reference)}",
        item={"reference": shown(claim.reference), "attached": [[ATTACHED, letter.id]]},
        burst_key=f"{ATTACHED}-{letter.id}",
        at=at,
        delay=timedelta(0),
    )
