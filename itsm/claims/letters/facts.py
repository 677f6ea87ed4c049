"""What a letter is written from: everything is known before the first word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from itsm.claims.models import Claim, Debtor, Ground, LegalBasis, LetterKind
from itsm.config import Sender

TITLES = {
    LetterKind.HEARING: "Anhörung",
    LetterKind.DEMAND: "Forderung",
    LetterKind.REMINDER: "Mahnung",
    LetterKind.INSTALMENTS: "Ratenzahlung",
    LetterKind.DEFERRAL: "Stundung",
    LetterKind.WAIVER: "Erlass",
    LetterKind.RECEIPT: "Quittung",
    LetterKind.WITHDRAWAL: "Rücknahme",
}
# By public law these are administrative acts: known on the fourth day, with a notice of the remedy.
ACTS = frozenset(
    {LetterKind.DEMAND, LetterKind.INSTALMENTS, LetterKind.DEFERRAL, LetterKind.WAIVER, LetterKind.WITHDRAWAL}
)


@dataclass(frozen=True)
class Account:
    """How a claim stands when the letter is written, in cents."""

    claimed_cents: int = 0
    fees_cents: int = 0
    interest_cents: int = 0
    paid_cents: int = 0
    open_cents: int = 0
    overpaid_cents: int = 0
    waived_cents: int = 0


@dataclass(frozen=True)
class Rate:
    """One rate that is still to be paid."""

    due_on: date
    cents: int


@dataclass(frozen=True)
class Facts:
    """One letter to one debtor."""

    kind: LetterKind
    claim: Claim
    debtor: Debtor
    on: date
    until: date | None
    account: Account
    sender: Sender
    rates: Sequence[Rate] = ()

    @property
    def is_public(self) -> bool:
        """Whether the city acts by public law; towards the state it never does."""
        return self.claim.legal_basis is LegalBasis.PUBLIC and not self.to_state

    @property
    def is_act(self) -> bool:
        """Whether the letter is an administrative act."""
        return self.is_public and self.kind in ACTS

    @property
    def to_state(self) -> bool:
        """Whether it goes to the state for one of its teachers; never the letter of a pupil."""
        return self.debtor.ground is Ground.STATE

    @property
    def is_joint(self) -> bool:
        """Whether several people owe the same."""
        return len(self.claim.debtors) > 1
