"""What the claims staff can do on the page of a case: one row per button, with its rule and its verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.claims import handling
from itsm.claims.handling_forms import FactsForm, FoundForm, ReasonForm, ReplaceForm, WriteOffForm
from itsm.claims.kinds import MISSING, Kind
from itsm.claims.models import DamageCase
from itsm.claims.repair_forms import RepairForm
from itsm.claims.service import finding, repairs, replacements
from itsm.claims.service import handling as service
from itsm.claims.states import MOVES, OPEN, State
from itsm.core.access import Actor
from itsm.core.actions import ActionForm, Button
from itsm.core.errors import DomainError
from itsm.core.states import names_from

Run = Callable[[Actor, DamageCase, Any, datetime], object]


@dataclass(frozen=True)
class Action(Button[DamageCase]):
    """A button of the page; `moves` are those of which the state must allow one, `slug` its word in the address."""

    slug: str
    label: str
    # What is said once it is done.
    done: str
    run: Run
    form: type[ActionForm] = ActionForm
    moves: tuple[str, ...] = ()
    allowed: Callable[[Actor, DamageCase], bool] = lambda _, __: True
    # Whether it is the next step of the page as the case stands.
    is_next: Callable[[DamageCase], bool] = lambda _: False
    # What is said above its fields.
    hint: str = ""
    # One of the ways a case can go: they are offered side by side.
    is_way: bool = False

    stamp = staticmethod(service.stamp)


def _take_over(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.take_over(actor, case, at)


def _examine(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.examine(actor, case, form.facts, at)


def _correct(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.correct(actor, case, form.facts, at)


def _repair(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    repairs.begin(actor, case, form.told, at)


def _replace(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    device = form.device(case)
    if form.way.data == "visit":
        replacements.plan(actor, case, device, at)
        return
    if device is None:
        raise DomainError("Bitte geben Sie die Nummer des Geräts ein, das die Schule bekommen hat.")
    replacements.give(actor, case, device, at, takes_loan=form.loan_is_taken)


def _call_off(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    replacements.call_off(actor, case, at)


def _write_off(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.write_off(actor, case, form.reason.data, at)


def _close(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.close(actor, case, at)


def _reopen(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.reopen(actor, case, form.text.data or "", at)


def _withdraw(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.withdraw(actor, case, form.text.data or "", at)


def _find(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    finding.found(actor, case, form.found_on.data, at)


def _hold(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    if not form.text.data:
        raise DomainError("Bitte schreiben Sie, warum die Daten länger bleiben, zum Beispiel „Klage läuft“.")
    service.hold(actor, case, form.text.data, at)


def _let_go(actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    service.hold(actor, case, "", at)


def _may_begin_repair(actor: Actor, case: DamageCase) -> bool:
    latest = handling.latest_repair(case)
    is_free = case.state is not State.REPAIR or latest is None or not handling.is_under_way(latest)
    return case.kind not in MISSING and case.state in OPEN - {State.REPORTED} and is_free


def _may_replace(actor: Actor, case: DamageCase) -> bool:
    return case.state in OPEN - {State.REPORTED} and case.replaced_on is None


def _wants_replacement(case: DamageCase) -> bool:
    if not case.needs_replacement or case.swap_task_id is not None:
        return False
    return case.state in (State.REPLACEMENT, State.WRITE_OFF) or (case.kind in MISSING and case.state is State.EXAMINED)


def _wants_repair(case: DamageCase) -> bool:
    return case.kind is Kind.DAMAGE and case.state is State.EXAMINED


# The first one that says so is the next step of the page; the others wait below.
ACTIONS = (
    Action(
        "gefunden",
        "Wiedergefunden",
        "Das Gerät ist wieder da. Was deshalb galt, ist zurückgenommen.",
        _find,
        FoundForm,
        ("find",),
        allowed=lambda _, case: case.kind in MISSING,
        # The school has said so.
        is_next=lambda case: case.found_on is not None,
        hint="Sperre und Forderung enden, das Gerät ist wieder, was es vorher war.",
    ),
    Action(
        "pruefen",
        "Geprüft",
        "Der Fall ist geprüft.",
        _examine,
        FactsForm,
        ("examine",),
        is_next=lambda _: True,
        hint="Stimmt, was die Schule gemeldet hat? Berichtigen Sie, was nicht passt.",
    ),
    Action(
        "abschliessen",
        "Fall abschließen",
        "Der Fall ist abgeschlossen.",
        _close,
        moves=("close",),
        allowed=lambda _, case: not handling.lacks(case),
        is_next=lambda _: True,
    ),
    Action(
        "reparieren",
        "Reparieren lassen",
        "Die Reparatur ist eingetragen.",
        _repair,
        RepairForm,
        allowed=_may_begin_repair,
        is_next=_wants_repair,
        hint="Nur wer repariert, ist Pflicht. Alles andere tragen Sie ein, wenn es bekannt ist.",
        is_way=True,
    ),
    Action(
        "ersetzen",
        "Ersetzen",
        "Der Ersatz ist eingetragen.",
        _replace,
        ReplaceForm,
        allowed=_may_replace,
        is_next=_wants_replacement,
        is_way=True,
    ),
    Action(
        "aussondern",
        "Aussondern",
        "Das Gerät ist ausgemustert.",
        _write_off,
        WriteOffForm,
        ("write-off",),
        hint="Das Gerät wird gleich ausgemustert.",
        is_way=True,
    ),
    Action(
        "wieder-aufnehmen",
        "Wieder aufnehmen",
        "Der Fall ist wieder offen.",
        _reopen,
        ReasonForm,
        ("reopen",),
        allowed=lambda _, case: case.anonymised_at is None,
    ),
    Action(
        "zurueckziehen",
        "Meldung war ein Irrtum",
        "Der Fall ist zurückgezogen.",
        _withdraw,
        ReasonForm,
        ("withdraw",),
        hint="Das Gerät ist danach wieder, was es vor der Meldung war. Die Schule liest den Grund.",
    ),
    Action(
        "uebernehmen",
        "Übernehmen",
        "Sie sind jetzt zuständig.",
        _take_over,
        allowed=lambda actor, case: case.state in OPEN and case.clerk_id != actor.user_id,
    ),
    Action(
        "tausch-absagen",
        "Tausch beim Besuch absagen",
        "Der Tausch ist abgesagt.",
        _call_off,
        allowed=lambda _, case: case.swap_task_id is not None and case.replaced_on is None,
    ),
)
IN_PLACE = (
    Action(
        "angaben",
        "Speichern",
        "Die Angaben sind geändert.",
        _correct,
        FactsForm,
        allowed=lambda _, case: case.state not in (State.REPORTED, State.WITHDRAWN),
    ),
    Action(
        "aufbewahren",
        "Daten länger aufbewahren",
        "Die Daten bleiben, bis Sie sie freigeben.",
        _hold,
        ReasonForm,
        allowed=lambda _, case: case.anonymised_at is None and not case.hold_reason,
        hint="Namen und Unterlagen bleiben dann, auch wenn ihre Zeit um ist.",
    ),
    Action(
        "freigeben",
        "Aufbewahrung beenden",
        "Die Daten werden entfernt, wenn ihre Zeit um ist.",
        _let_go,
        allowed=lambda _, case: bool(case.hold_reason),
    ),
)
BY_SLUG = {action.slug: action for action in (*ACTIONS, *IN_PLACE)}


def offered(actor: Actor, case: DamageCase) -> tuple[list[Action], list[Action]]:
    """Return the next step of the page, or the ways it can go, and what else can be done with the case."""
    possible = set(names_from(MOVES, case.state))
    found = [one for one in ACTIONS if (not one.moves or possible & set(one.moves)) and one.allowed(actor, case)]
    step = next((action for action in found if action.is_next(case)), None)
    if step is None:
        return [], found
    is_open = step.is_way and case.state is State.EXAMINED
    first = [action for action in found if action.is_way] if is_open else [step]
    return first, [action for action in found if action not in first]


def in_place(actor: Actor, case: DamageCase) -> dict[str, Action]:
    """Return what can be changed where it stands, by slug."""
    return {action.slug: action for action in IN_PLACE if action.allowed(actor, case)}


def run(action: Action, actor: Actor, case: DamageCase, form: Any, at: datetime) -> None:
    """Do what was asked, unless the case has changed since the person looked.

    Raises: Conflict if it has; DomainError as the verb of the action does.
    """
    if action.slug != "uebernehmen":
        service.as_seen(case, form.seen.data)
    action.run(actor, case, form, at)
