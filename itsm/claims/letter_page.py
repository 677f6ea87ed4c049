"""What the page of a claim shows of its letters: those that were written, and those that can be written now.

Source: docs/rules/claims.md, CL-57.
"""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.claims import addressing, policy
from itsm.claims.letters.facts import TITLES
from itsm.claims.models import Claim, Debtor, Letter, LetterKind
from itsm.claims.service import dunning, letter_facts
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.errors import DomainError

# The word of an address for a kind of letter.
SLUGS = {
    "anhoerung": LetterKind.HEARING,
    "forderung": LetterKind.DEMAND,
    "mahnung": LetterKind.REMINDER,
    "raten": LetterKind.INSTALMENTS,
    "stundung": LetterKind.DEFERRAL,
    "erlass": LetterKind.WAIVER,
    "quittung": LetterKind.RECEIPT,
    "ruecknahme": LetterKind.WITHDRAWAL,
}
# Letters that move a claim, and where to: then only a joint debtor may still lack one.
_MOVES = frozenset({LetterKind.HEARING, LetterKind.DEMAND})
_SENT = frozenset({ClaimState.HEARING, ClaimState.DEMANDED})
SLUG_OF = {kind: slug for slug, kind in SLUGS.items()}


@dataclass(frozen=True)
class Written:
    """A letter on the page; `is_newest` is one no later one takes the place of."""

    letter: Letter
    title: str
    to: str
    is_newest: bool

    @property
    def may_go(self) -> bool:
        """Whether it can still be sent."""
        return self.letter.sent_at is None and self.is_newest


@dataclass(frozen=True)
class Offer:
    """A letter that can be written, or the sentence why not yet."""

    kind: LetterKind
    title: str
    slug: str
    debtor: Debtor
    to: str
    why_not: str
    # One is written already and waits to be sent.
    is_again: bool


@dataclass(frozen=True)
class Panel:
    """All about the letters of a claim; `interest_cents` is what a reminder may add."""

    written: list[Written]
    offers: list[Offer]
    interest_cents: int = 0


def panel(actor: Actor, claim: Claim, at: datetime) -> Panel:
    """Return the letters of a claim and what can be written now; who only looks is offered nothing."""
    if not policy.may_work_claims(actor):
        return Panel(written(claim), [])
    on = clock.local_day(at)
    found = offers(claim, on)
    reminds = any(one.kind is LetterKind.REMINDER and not one.why_not for one in found)
    return Panel(written(claim), found, dunning.interest_cents(claim, on) if reminds else 0)


def written(claim: Claim) -> list[Written]:
    """Return the letters of a claim, the latest first."""
    newest = {(letter.debtor_id, letter.kind): letter.id for letter in claim.letters}
    return [
        Written(letter, TITLES[letter.kind], to_words(letter), newest[letter.debtor_id, letter.kind] == letter.id)
        for letter in reversed(claim.letters)
    ]


def offers(claim: Claim, on: date) -> list[Offer]:
    """Return each letter that fits the state of a claim, for each debtor who has not got it yet."""
    kinds = [kind for kind in LetterKind if claim.state in letter_facts.STATES[kind]]
    return [_offer(claim, kind, one, on) for kind in kinds for one in claim.debtors if _lacks(claim, kind, one, on)]


def to_words(letter: Letter) -> str:
    """Return to whom a letter went, as far as that is still known."""
    return addressing.addressee(letter.debtor, letter.dated_on).name if letter.debtor and letter.debtor.name else ""


def _offer(claim: Claim, kind: LetterKind, debtor: Debtor, on: date) -> Offer:
    to = addressing.addressee(debtor, on).name or "noch ohne Namen"
    same = [letter for letter in claim.letters if letter.kind is kind and letter.debtor_id == debtor.id]
    is_again = bool(same) and same[-1].sent_at is None
    return Offer(kind, TITLES[kind], SLUG_OF[kind], debtor, to, _why_not(claim, kind, debtor, on), is_again)


def _why_not(claim: Claim, kind: LetterKind, debtor: Debtor, on: date) -> str:
    try:
        letter_facts.check(claim, kind, debtor, on)
    except DomainError as error:
        return error.sentence
    return ""


def _lacks(claim: Claim, kind: LetterKind, debtor: Debtor, on: date) -> bool:
    """Say whether a debtor has not got the letter since the claim came to its state; reminders come again."""
    if kind is LetterKind.HEARING:
        return debtor.heard_until is None
    if kind is LetterKind.REMINDER and claim.due_on is not None and claim.due_on < on:
        return True
    if claim.state in _SENT and kind in _MOVES and len(claim.debtors) == 1:
        return False
    return not any(
        letter.debtor_id == debtor.id and letter.kind is kind and letter.sent_at and letter.sent_at >= claim.state_at
        for letter in claim.letters
    )
