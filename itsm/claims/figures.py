"""The dated figures of damage cases and claims that clerks may change.

Source: docs/rules/claims.md; the defaults are those of the law and of the city's process.
"""

from datetime import date
from decimal import Decimal

from itsm.core import figures
from itsm.core.figures import Figure

ACCESSORY_MONTHS = "claims.accessory_months"
WAIVER_LIMIT = "claims.waiver_limit_euros"
HEARING_DAYS = "claims.hearing_days"
PAYMENT_DAYS = "claims.payment_days"
DUNNING_DAYS = "claims.dunning_days"
DELIVERY_DAYS = "claims.delivery_days"
FEE = "claims.fee_euros"
FEE_LIMIT = "claims.fee_limit_euros"
FEE_SHARE = "claims.fee_percent"
BASE_RATE = "claims.base_rate_percent"
RATE_ABOVE = "claims.rate_above_percent"
POSITION_DAYS = "claims.position_days"
DROPPED_MONTHS = "claims.dropped_months"
RECEIPT_YEARS = "claims.receipt_years"

figures.define(
    Figure(ACCESSORY_MONTHS, "Zubehör: erwartete Nutzung", "Monate", 36, lowest=1, highest=240),
    Figure(WAIVER_LIMIT, "Forderungen bis zu diesem Betrag werden nicht erhoben", "Euro", 10, highest=1000),
    Figure(HEARING_DAYS, "Anhörung: Frist zur Antwort", "Tage", 14, lowest=1, highest=90),
    Figure(PAYMENT_DAYS, "Forderung: Frist zur Zahlung", "Tage", 30, lowest=1, highest=180),
    Figure(DUNNING_DAYS, "Mahnung: neue Frist", "Tage", 7, lowest=1, highest=90),
    Figure(DELIVERY_DAYS, "Bescheid per Post: gilt als bekannt nach", "Tage", 4, lowest=0, highest=14),
    Figure(FEE, "Mahngebühr (nur öffentlich-rechtlich)", "Euro", 6, highest=100),
    Figure(FEE_LIMIT, "Mahngebühr: dieser Betrag ist mit ihr abgegolten", "Euro", 50, highest=10_000),
    Figure(FEE_SHARE, "Mahngebühr: Anteil von dem, was darüber liegt", "Prozent", 1, highest=100),
    Figure(BASE_RATE, "Basiszinssatz, je Halbjahr", "Prozent", 1.27, lowest=-5, highest=20),
    Figure(RATE_ABOVE, "Verzugszinsen über dem Basiszinssatz", "Prozentpunkte", 5, highest=20),
    Figure(POSITION_DAYS, "Ortung: Standorte werden gelöscht nach", "Tagen", 30, lowest=1, highest=30),
    Figure(DROPPED_MONTHS, "Fall ohne Forderung: Namen werden entfernt nach", "Monaten", 6, lowest=1, highest=60),
    Figure(RECEIPT_YEARS, "Bezahlte Forderung: Belege werden aufbewahrt", "Jahre", 6, lowest=1, highest=30),
)


def whole(key: str, on: date) -> int:
    """Return a figure that counts days, months or years, as it holds on that day."""
    return int(figures.value(key, on))


def exact(key: str, on: date) -> Decimal:
    """Return a figure as the number that was typed; never as a float."""
    return Decimal(str(figures.value(key, on)))


def cents(key: str, on: date) -> int:
    """Return a figure in euros as cents."""
    return int(exact(key, on) * 100)
