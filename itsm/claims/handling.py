"""What a damage case still needs before it can be closed, and what comes next and who must do it.

Source: docs/rules/claims.md, CL-90 and CL-95.
"""

from dataclasses import dataclass

from itsm.assets.states import OVER
from itsm.claims import valuation
from itsm.claims.kinds import MISSING, Kind
from itsm.claims.models import DamageCase, Repair
from itsm.claims.states import State
from itsm.core.german import euros

# Why a device is written off; fixed words, so that no name gets into the history of a device.
REASONS = {
    "total-loss": "Reparatur lohnt nicht (wirtschaftlicher Totalschaden)",
    "beyond-repair": "nicht zu reparieren",
    "missing": "bleibt verschwunden",
    "old": "zu alt für eine Reparatur",
}
CLERK = "Schadensbearbeitung"


@dataclass(frozen=True)
class Verdict:
    """Whether a repair is worth its money, in a sentence."""

    is_total_loss: bool
    words: str


def latest_repair(case: DamageCase) -> Repair | None:
    """Return the attempt that began last."""
    return case.repairs[-1] if case.repairs else None


def is_under_way(repair: Repair) -> bool:
    """Say whether a device is still away for this attempt."""
    return repair.returned_on is None


def verdict(repair: Repair, value_cents: int | None) -> Verdict | None:
    """Hold what a repair costs against the value on the day of the damage; None as long as the cost is unknown.

    Source: docs/rules/claims.md, CL-14 and CL-92.
    """
    if repair.cost_cents is None:
        return None
    paper = "Rechnung, brutto" if repair.invoice_gross_cents else "Angebot, netto"
    cost = f"{euros(repair.cost_cents)} ({paper})"
    if value_cents is None:
        return Verdict(False, f"{cost}. Der Wert am Schadenstag ist noch nicht berechnet.")
    is_total_loss = valuation.share(value_cents, repair_cents=repair.cost_cents).is_total_loss
    if is_total_loss:
        return Verdict(True, f"{cost} ist mehr, als das Gerät am Schadenstag wert war: {euros(value_cents)}.")
    return Verdict(False, f"{cost}, nicht mehr als der Wert am Schadenstag: {euros(value_cents)}.")


def lacks(case: DamageCase) -> str:
    """Return the sentence that says why a case cannot be closed yet; blank if nothing is missing.

    Source: docs/rules/claims.md, CL-95.
    """
    if case.state is State.REPORTED:
        return "Der Fall ist noch nicht geprüft. Bitte prüfen Sie ihn zuerst."
    if case.swap_task_id is not None and case.replaced_on is None:
        return "Das Ersatzgerät ist noch nicht da: Der Tausch steht auf dem nächsten Besuch."
    if case.state is State.REPAIR:
        return _lacks_repair(case)
    if case.state is State.WRITE_OFF and case.device is not None and case.device.state not in OVER:
        return f"{case.device.tag} ist noch nicht ausgemustert. Bitte mustern Sie das Gerät aus."
    if case.state is State.EXAMINED and case.kind is Kind.DAMAGE and not case.is_usable:
        return "Das Gerät ist defekt. Bitte entscheiden Sie zuerst: reparieren, ersetzen oder aussondern."
    return _lacks_replacement(case)


def next_step(case: DamageCase) -> tuple[str, str]:
    """Return what comes next and who must do it; the school reads it too."""
    if case.found_on is not None and case.state is not State.FOUND and case.kind in MISSING:
        return "Fund bestätigen", CLERK
    match case.state:
        case State.REPORTED:
            return "Fall prüfen", CLERK
        case State.EXAMINED:
            return ("Über Ersatz entscheiden" if case.kind in MISSING else "Entscheiden, wie es weitergeht"), CLERK
        case State.REPAIR:
            return _next_of_repair(case)
        case State.REPLACEMENT if case.replaced_on is None and case.swap_missed_on is not None:
            return "Tausch neu planen oder absagen", CLERK
        case State.REPLACEMENT if case.replaced_on is None:
            if case.swap_task_id is not None:
                return "Ersatzgerät beim nächsten Besuch bringen", "Campusmanagement"
            return "Ersatzgerät auswählen", CLERK
        case State.CLOSED | State.FOUND | State.WITHDRAWN:
            return "", ""
        case _:
            return ("Fall abschließen" if not lacks(case) else "Ersatz klären"), CLERK


def _lacks_repair(case: DamageCase) -> str:
    repair = latest_repair(case)
    if repair is None:
        return "Es ist noch keine Reparatur eingetragen."
    if is_under_way(repair):
        return f"Das Gerät ist noch nicht von der Reparatur bei {repair.supplier} zurück."
    if repair.is_declined:
        return (
            f"Die Reparatur bei {repair.supplier} wurde abgelehnt. Bitte versuchen Sie es anderswo, ersetzen Sie das "
            "Gerät oder sondern Sie es aus."
        )
    return ""


def _lacks_replacement(case: DamageCase) -> str:
    if not case.needs_replacement or case.replaced_on is not None or (case.is_usable and case.kind is Kind.DAMAGE):
        return ""
    return (
        "Die Schule braucht noch ein Ersatzgerät. Tragen Sie es ein, oder ändern Sie unter „Angaben ändern“, dass "
        "keins nötig ist."
    )


def _next_of_repair(case: DamageCase) -> tuple[str, str]:
    repair = latest_repair(case)
    if repair is None or (repair.is_declined and repair.returned_on is not None):
        return "Entscheiden, wie es weitergeht", CLERK
    if repair.returned_on is not None:
        return "Fall abschließen", CLERK
    if repair.is_declined:
        return "Gerät zurückschicken", repair.supplier
    if repair.ordered_on is not None:
        return "Gerät reparieren", repair.supplier
    return ("Reparatur beauftragen", CLERK) if repair.quote_net_cents else ("Angebot schicken", repair.supplier)
