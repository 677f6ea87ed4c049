"""Tables of damage cases, claims, money and the MDM."""

from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models.cases import (
    CaseEntry,
    DamageCase,
    Incident,
    Paper,
    PaperKind,
    Repair,
    Valuation,
    ValuationPolicy,
)
from itsm.claims.models.claims import (
    BY_AGE,
    Channel,
    Claim,
    ClaimEntry,
    ClaimItem,
    Debtor,
    Fault,
    Ground,
    LegalBasis,
    Letter,
    LetterKind,
)
from itsm.claims.models.mdm import MdmOrder, Position, PositionLook
from itsm.claims.models.money import RAISES, BankLine, BankStatement, Booking, BookingKind, Instalment
from itsm.claims.models.rounds import LetterRound
from itsm.claims.models.yearly import DamageYear

__all__ = [
    "BY_AGE",
    "RAISES",
    "BankLine",
    "BankStatement",
    "Booking",
    "BookingKind",
    "CaseEntry",
    "Channel",
    "Claim",
    "ClaimEntry",
    "ClaimItem",
    "DamageCase",
    "DamageYear",
    "Debtor",
    "Fault",
    "Ground",
    "Incident",
    "Instalment",
    "LegalBasis",
    "Letter",
    "LetterKind",
    "LetterRound",
    "MdmOrder",
    "OrderKind",
    "OrderState",
    "Paper",
    "PaperKind",
    "Position",
    "PositionLook",
    "Repair",
    "Valuation",
    "ValuationPolicy",
]
