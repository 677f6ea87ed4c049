"""A defect device out, its replacement in: both histories, the place and, if wanted, the loan in one step.

Source: docs/rules/device-work.md, DW-6 to DW-8.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy, queries
from itsm.assets.kinds import LABELS as KINDS
from itsm.assets.models import Condition, Device, Loan
from itsm.assets.service import devices
from itsm.assets.states import LABELS, State
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.org.models import School


class Whereabouts(StrEnum):
    """Where the defect device goes."""

    REPAIR = "repair"
    CITY = "city"
    STAYS = "stays"


@dataclass(frozen=True)
class Swap:
    """Which device goes out and where it goes, which one comes in, and whether it takes over the loan.

    `takes_loan` is None as long as nobody has said; a device that is lent asks for it.
    """

    defect: Device
    replacement: Device
    whereabouts: Whereabouts
    takes_loan: bool | None = None


ASKS_LOAN = "{} ist ausgegeben. Bitte wählen Sie, ob das Ersatzgerät die Ausleihe übernimmt."
OUT = frozenset({State.DAMAGED, State.IN_REPAIR})
IN = frozenset({State.IN_USE, State.LENT})


def swap(actor: Actor, wanted: Swap, at: datetime) -> bool:
    """Put the replacement where the defect device was; the same swap again changes nothing and returns False.

    Raises: NotAllowed unless the actor may change the defect device; DomainError with the reason if one of
        the two cannot be swapped, or nobody has said what becomes of the loan.
    """
    defect, replacement = _locked(wanted)
    if is_done(wanted):
        return False
    _refuse_swapped(defect)
    if not policy.may_edit(actor, defect) or not _may_take(actor, defect, replacement):
        raise NotAllowed("Geräte tauschen das Campusmanagement, das Systemhaus und die Teamleitung.")
    return make(actor, wanted, at)


def make(actor: Actor, wanted: Swap, at: datetime) -> bool:
    """Carry a swap out, for verbs that have checked who may; the same swap again changes nothing and returns False.

    Raises: DomainError with the reason if one of the two cannot be swapped, or nobody has said what becomes of the
        loan.
    """
    defect, replacement = _locked(wanted)
    if is_done(wanted):
        return False
    _refuse_swapped(defect)
    _check(defect, replacement)
    loan = queries.open_loan_of(defect)
    _check_loan(defect, loan, wanted)
    place = {name: getattr(defect, name) for name in ("school_id", "site_id", "room_id", "case_id", "slot")}
    inside = queries.in_case(defect)
    _take_out(actor, wanted, at)
    _put_in(actor, wanted, place, at, is_lent=loan is not None and wanted.takes_loan is True)
    for device in inside:
        devices.apply(actor, device, {"case_id": replacement.id}, at, "swap", f"Im Ladekoffer {replacement.tag}.")
    if loan is not None and wanted.takes_loan:
        _pass_on(actor, loan, replacement, at)
    return True


def is_done(wanted: Swap) -> bool:
    """Say whether this very swap has been made: the same form sent again."""
    defect, replacement = wanted.defect, wanted.replacement
    return defect.replaced_by_id == replacement.id and defect.state in OUT and replacement.state in IN


def find_replacement(actor: Actor, school: School, typed: str) -> Device:
    """Return the replacement of a typed number: of this school, or from the stock of the city.

    Raises: DomainError if neither has such a device; only who sees it elsewhere reads where it is.
    """
    found = queries.find_to_replace(school, typed)
    if found is not None:
        return found
    elsewhere = queries.find(actor, typed)
    if elsewhere is not None and elsewhere.school is not None:
        raise DomainError(
            f"{elsewhere.tag} gehört zu {elsewhere.school.short_name}. Bitte nehmen Sie ein Gerät aus dem Lager der "
            "Stadt oder dieser Schule."
        )
    raise DomainError(
        f"„{typed}“ steht weder im Lager der Stadt noch an dieser Schule. Bitte prüfen Sie die Nummer des Ersatzgeräts."
    )


def is_lent(device: Device) -> bool:
    """Say whether somebody has the device; not who."""
    return queries.open_loan_of(device) is not None


def sentence(wanted: Swap) -> str:
    """Return what everybody reads about a swap."""
    return f"Gerät getauscht: {wanted.defect.tag} gegen {wanted.replacement.tag}."


def _locked(wanted: Swap) -> tuple[Device, Device]:
    """Both devices as they stand now, held until the transaction ends, always in the same order."""
    if wanted.defect.id == wanted.replacement.id:
        raise DomainError("Das defekte Gerät und das Ersatzgerät sind dasselbe. Bitte prüfen Sie die Nummern.")
    db.session.scalars(
        sa.select(Device)
        .where(Device.id.in_([wanted.defect.id, wanted.replacement.id]))
        .order_by(Device.id)
        .with_for_update(of=Device)
        .options(joinedload(Device.model), joinedload(Device.replaced_by))
        .execution_options(populate_existing=True)
    ).all()
    return wanted.defect, wanted.replacement


def _refuse_swapped(defect: Device) -> None:
    if defect.replaced_by is not None and defect.state in OUT:
        raise DomainError(f"{defect.tag} ist schon gegen {defect.replaced_by.tag} getauscht.")


def _may_take(actor: Actor, defect: Device, replacement: Device) -> bool:
    """Whoever swaps at a school takes from its stock and from the city's."""
    return replacement.school_id in (None, defect.school_id) or policy.may_edit(actor, replacement)


def _check(defect: Device, replacement: Device) -> None:
    if defect.school_id is None:
        raise DomainError(f"{defect.tag} steht an keiner Schule. Hier gibt es nichts zu tauschen.")
    if replacement.state is not State.IN_STOCK:
        raise DomainError(
            f"{replacement.tag} ist {LABELS[replacement.state]}. Ein Ersatzgerät muss im Lager stehen: Bitte wählen "
            "Sie ein anderes."
        )
    if replacement.kind is not defect.kind:
        raise DomainError(
            f"{defect.tag} ist „{KINDS[defect.kind]}“, {replacement.tag} ist „{KINDS[replacement.kind]}“. Getauscht "
            "wird gegen ein Gerät derselben Art."
        )


def _check_loan(defect: Device, loan: Loan | None, wanted: Swap) -> None:
    if loan is None:
        return
    if wanted.takes_loan is None:
        raise DomainError(ASKS_LOAN.format(defect.tag))
    if not wanted.takes_loan and wanted.whereabouts is not Whereabouts.STAYS:
        raise DomainError(
            f"{defect.tag} ist noch ausgegeben und kann die Schule nicht verlassen. Bitte übernehmen Sie die Ausleihe "
            "mit, oder lassen Sie das Gerät an der Schule."
        )


def _take_out(actor: Actor, wanted: Swap, at: datetime) -> None:
    defect = wanted.defect
    goes_to_repair = wanted.whereabouts is Whereabouts.REPAIR
    if defect.state is not (State.IN_REPAIR if goes_to_repair else State.DAMAGED):
        devices.go(actor, defect, "send-to-repair" if goes_to_repair else "damage", at)
    values: dict[str, object] = {"replaced_by_id": wanted.replacement.id, "case_id": None, "slot": None}
    if wanted.whereabouts is not Whereabouts.STAYS:
        values |= {"school_id": None, "site_id": None, "room_id": None}
    devices.apply(actor, defect, values, at, "swap", f"Getauscht gegen {wanted.replacement.tag}.")
    db.session.expire(defect, ["school", "site", "room", "case", "replaced_by"])


def _put_in(actor: Actor, wanted: Swap, place: dict[str, object], at: datetime, *, is_lent: bool) -> None:
    replacement = wanted.replacement
    devices.apply(actor, replacement, place, at, "swap", f"Ersatz für {wanted.defect.tag}.")
    devices.go(actor, replacement, "lend" if is_lent else "put-in-use", at)
    db.session.expire(replacement, ["school", "site", "room", "case"])


def _pass_on(actor: Actor, loan: Loan, replacement: Device, at: datetime) -> None:
    """End the loan of the defect device and begin one of the replacement, for the same person under the same terms."""
    loan.returned_at, loan.returned_to_id = at, actor.user_id
    loan.condition, loan.condition_note = Condition.DAMAGED, f"Getauscht gegen {replacement.tag}."
    db.session.flush()
    kept = ("school_id", "holder_kind", "holder_name", "holder_group", "holder_email", "user_id", "terms_id")
    values = {name: getattr(loan, name) for name in (*kept, "accessories", "due_on")}
    db.session.add(Loan(device=replacement, handed_out_at=at, handed_out_by_id=actor.user_id, **values))
    db.session.flush()
