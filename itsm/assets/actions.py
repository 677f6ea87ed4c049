"""What can be done on the page of a device: one row per button, with its rule and its verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.assets import policy, queries, typed
from itsm.assets.device_forms import (
    CostForm,
    DeviceForm,
    EditForm,
    NoteForm,
    NumbersForm,
    PlaceForm,
    PurchaseForm,
    ReasonForm,
    SchoolForm,
)
from itsm.assets.models import Device
from itsm.assets.service import costs, devices, places
from itsm.assets.states import GONE, MOVES, State
from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.core.states import names_from

Run = Callable[[Actor, Device, Any, datetime], object]


@dataclass(frozen=True)
class Action:
    """A button of the device page; `move` is what the state must allow, `slug` its word in the address."""

    slug: str
    label: str
    move: str | None
    run: Run
    allowed: Callable[[Actor, Device], bool] = policy.may_edit
    form: type[DeviceForm] = DeviceForm
    # In these states it is the next step of the page.
    next_in: frozenset[State] = frozenset()

    def blank(self, device: Device) -> DeviceForm:
        """Return its form as it stands on the page before anything is typed."""
        form = self.form(prefix=self.slug, formdata=None, obj=device)
        form.offer(device, queries.models() if self.form is NumbersForm else [])
        return form

    def sent(self, device: Device) -> DeviceForm:
        """Return its form with what was typed."""
        form = self.form(prefix=self.slug)
        form.offer(device, queries.models() if self.form is NumbersForm else [])
        return form


def _move(slug: str, label: str, move: str, *next_in: State, asks: bool = True) -> Action:
    def run(actor: Actor, device: Device, form: Any, at: datetime) -> object:
        return devices.move(actor, device, move, at, (form.text.data or "") if asks else "")

    return Action(slug, label, move, run, form=ReasonForm if asks else DeviceForm, next_in=frozenset(next_in))


def _edit(actor: Actor, device: Device, form: EditForm, at: datetime) -> object:
    devices.as_seen(device, form.version)
    return devices.edit(actor, device, form.values, at)


def _place(actor: Actor, device: Device, form: Any, at: datetime) -> object:
    devices.as_seen(device, form.version)
    site = (
        next(place.site for place in device.school.places if place.site_id == form.site_id.data)
        if device.school
        else None
    )
    case = typed.case_at(actor, device.school, form.case.data) if form.case.data else None
    return places.place(actor, device, site, form.room.data or "", case, form.slot.data, at)


def _give(actor: Actor, device: Device, form: Any, at: datetime) -> None:
    devices.as_seen(device, form.version)
    school = typed.school_to_add(actor, form.school.data or "")
    if (school.id if school else None) == device.school_id:
        raise DomainError("Dort ist das Gerät schon. Bitte nennen Sie eine andere Schule.")
    places.give_to(actor, device, school, at, form.text.data or "")


def _spend(actor: Actor, device: Device, form: Any, at: datetime) -> object:
    return costs.add(actor, device, form.chosen, form.cents.data, form.spent_on.data, form.text.data or "", at)


def _may_place(actor: Actor, device: Device) -> bool:
    return device.school is not None and (policy.may_edit(actor, device) or policy.may_place(actor, device))


# Handing out and taking back have pages of their own.
ACTIONS = (
    _move("in-betrieb", "In Betrieb nehmen", "put-in-use", State.IN_STOCK, asks=False),
    _move("wieder-da", "Ist wieder da", "find", *GONE),
    _move("reparatur", "In Reparatur geben", "send-to-repair", State.DAMAGED),
    _move("repariert", "Ist repariert", "repaired", State.IN_REPAIR),
    _move("entsorgen", "Entsorgung eintragen", "dispose", State.RETIRED),
    _move("beschaedigt", "Schaden eintragen", "damage"),
    _move("lager", "Ins Lager legen", "store", asks=False),
    _move("verloren", "Als verloren eintragen", "lose"),
    _move("gestohlen", "Als gestohlen eintragen", "steal"),
    _move("ausmustern", "Ausmustern", "retire"),
    _move("behalten", "Doch behalten", "reinstate"),
    Action("schule", "An eine andere Schule geben", None, _give, form=SchoolForm),
)
IN_PLACE = (
    Action("ort", "Ort ändern", None, _place, _may_place, PlaceForm),
    Action("nummern", "Nummern und Modell ändern", None, _edit, form=NumbersForm),
    Action("kauf", "Kauf und Garantie ändern", None, _edit, form=PurchaseForm),
    Action("notiz", "Notiz ändern", None, _edit, form=NoteForm),
    Action("kosten", "Kosten eintragen", None, _spend, form=CostForm),
)
BY_SLUG = {action.slug: action for action in (*ACTIONS, *IN_PLACE)}


def offered(actor: Actor, device: Device) -> list[Action]:
    """Return what this person may do with the device as it stands, the next step first."""
    possible = names_from(MOVES, device.state)
    found = [one for one in ACTIONS if (one.move is None or one.move in possible) and one.allowed(actor, device)]
    return sorted(found, key=lambda action: device.state not in action.next_in)


def in_place(actor: Actor, device: Device) -> dict[str, Action]:
    """Return what this person may change where it stands, by slug."""
    return {action.slug: action for action in IN_PLACE if action.allowed(actor, device)}
