"""Figures of field support that clerks may change."""

import math
from datetime import date

from itsm.core import figures
from itsm.core.figures import Figure, define
from itsm.dispatch.distance import SpeedBand, Travel

WEEKS_AHEAD = "visit.weeks_ahead"
SIGN_IN_MINUTES = "visit.sign_in_minutes"
TICKET_MINUTES = "visit.ticket_minutes"
SLACK_MINUTES = "visit.slack_minutes"
LEAD_MINUTES = "visit.lead_minutes"
PAUSE_MINUTES = "visit.pause_minutes"
URGENT_PRIORITY = "visit.urgent_priority"
DELIVERY_MINUTES = "visit.delivery_minutes"

define(
    Figure(WEEKS_AHEAD, "Besuche im Voraus anlegen", "Wochen", 4, lowest=1, highest=12),
    Figure(SIGN_IN_MINUTES, "Anmelden und Wege im Haus je Besuch", "Minuten", 10, highest=60),
    Figure(TICKET_MINUTES, "Zeit je Störung vor Ort", "Minuten", 20, lowest=1, highest=240),
    Figure(SLACK_MINUTES, "Fester Besuchstermin: früher oder später um höchstens", "Minuten", 90, highest=480),
    Figure(LEAD_MINUTES, "Vorlauf für einen Zusatzbesuch am selben Tag", "Minuten", 45, highest=240),
    Figure(PAUSE_MINUTES, "Mittagspause", "Minuten", 30, highest=90),
    Figure(URGENT_PRIORITY, "Zusatzbesuch heute oder morgen bis Priorität", "", 2, highest=5),
    Figure(DELIVERY_MINUTES, "Zeit je Lieferung von Geräten", "Minuten", 45, lowest=5, highest=480),
    Figure("plan.hour_cents", "Wegezeit: Preis einer Stunde", "Cent", 4500),
    Figure("plan.kilometre_cents", "Weg: Preis eines Kilometers", "Cent", 30),
    Figure("plan.overtime_hour_cents", "Überstunde: Preis einer Stunde", "Cent", 6800),
    Figure("plan.overtime_minutes", "Überstunden je Tag höchstens", "Minuten", 30, highest=120),
    Figure("plan.foreign_cents", "Anfahrt in einem fremden Bezirk: Preis", "Cent", 600),
    Figure("plan.soft_cents", "Noch nicht mitgeteilten Besuch verlegen: Preis", "Cent", 500),
    Figure("plan.told_cents", "Mitgeteilten Besuch verlegen: Preis", "Cent", 1500),
    *(
        Figure(f"plan.late_cents_{priority}", f"Verspätung, Priorität {priority}: Preis je Arbeitstag", "Cent", cents)
        for priority, cents in enumerate((8000, 3000, 800, 200, 100), 1)
    ),
    *(
        Figure(
            f"plan.leave_cents_{priority}", f"Liegen lassen, Priorität {priority}: Preis einer Stunde", "Cent", cents
        )
        for priority, cents in enumerate((40000, 15000, 6000, 2500, 1500), 1)
    ),
    *(
        Figure(f"plan.due_days_{priority}", f"Frist, Priorität {priority}", "Arbeitstage", days, highest=60)
        for priority, days in enumerate((0, 1, 3, 5, 10), 1)
    ),
    Figure("plan.seconds", "Rechenzeit je Bezirk", "Sekunden", 5, lowest=1, highest=60),
    Figure("plan.days", "So viele Tage plant die Einsatzplanung", "Tage", 5, lowest=1, highest=14),
    Figure(
        "plan.answer_hours", "Frist für die Antwort der Schule auf einen Termin", "Stunden", 24, lowest=1, highest=240
    ),
    Figure("plan.tell_late_minutes", "Schule über Verspätung informieren ab", "Minuten", 15, lowest=5, highest=240),
    Figure("travel.detour", "Umweg: Straße je Luftlinie", "-fach", 1.3, lowest=1, highest=3),
    Figure("travel.kmh_town", "Tempo auf den ersten 2 km", "km/h", 22, lowest=5, highest=130),
    Figure("travel.kmh_road", "Tempo von 2 bis 6 km", "km/h", 32, lowest=5, highest=130),
    Figure("travel.kmh_far", "Tempo über 6 km", "km/h", 45, lowest=5, highest=130),
    Figure("travel.parking_minutes", "Parken und Fußweg je Ortswechsel", "Minuten", 3, highest=60),
)


def travel_on(day: date) -> Travel:
    """How drives are estimated on a day."""
    found = figures.values("travel.", day)
    return Travel(
        detour=found["travel.detour"],
        bands=(
            SpeedBand(2_000, found["travel.kmh_town"]),
            SpeedBand(6_000, found["travel.kmh_road"]),
            SpeedBand(math.inf, found["travel.kmh_far"]),
        ),
        parking_minutes=int(found["travel.parking_minutes"]),
    )


def visit_on(day: date) -> dict[str, int]:
    """The figures of visits on a day, in whole minutes and weeks."""
    return {key: int(value) for key, value in figures.values("visit.", day).items()}


def plan_on(day: date) -> dict[str, int]:
    """The figures of week planning on a day, without their prefix: cents, minutes, days, hours."""
    return {key.removeprefix("plan."): int(value) for key, value in figures.values("plan.", day).items()}
