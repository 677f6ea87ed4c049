"""What the MDM says otherwise than the device file; pure, one device at a time.

Source: docs/rules/mdm.md, MD-3 to MD-5.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from itsm.assets.jamf.records import Record
from itsm.assets.models import SyncKind
from itsm.assets.states import GONE, LABELS, OVER, State

# What is agreed about the device as a whole, under the empty field.
WHOLE = ""
PRESENT, ABSENT = "da", "fehlt"
IN_TRASH, NOT_LISTED = "im Papierkorb", "nicht mehr da"


class Ours(NamedTuple):
    """A device as the file has it."""

    device_id: int
    serial: str
    tag: str
    model: str
    identifier: str
    mdm_id: str
    state: State


class Wish(NamedTuple):
    """One thing a person is to decide on."""

    kind: SyncKind
    field: str
    ours: str
    theirs: str
    agreed: str


@dataclass
class Difference:
    """What one device gives: things to decide on, and what both sides now agree on anew."""

    wishes: list[Wish] = field(default_factory=list)
    agreed: dict[str, str] = field(default_factory=dict)


def compare(theirs: Record | None, ours: Ours | None, agreed: dict[str, str]) -> Difference:
    """Compare one device; `agreed` is what both sides last said, by column."""
    found = Difference()
    if theirs is None or theirs.is_in_trash:
        if ours is not None:
            _compare_absent(found, theirs, ours, agreed)
    elif ours is None:
        if agreed.get(WHOLE) != PRESENT:
            found.wishes.append(Wish(SyncKind.NEW, WHOLE, "", theirs.tag or theirs.serial, ""))
    elif ours.state not in OVER:
        _compare_present(found, theirs, ours, agreed)
    return found


def _compare_absent(found: Difference, theirs: Record | None, ours: Ours, agreed: dict[str, str]) -> None:
    """Only a device that was managed, and that we still count on, can be missed."""
    if ours.mdm_id and ours.state not in OVER | GONE and agreed.get(WHOLE) != ABSENT:
        where = IN_TRASH if theirs else NOT_LISTED
        found.wishes.append(Wish(SyncKind.MISSING, WHOLE, LABELS[ours.state], where, agreed.get(WHOLE, "")))


def _compare_present(found: Difference, theirs: Record, ours: Ours, agreed: dict[str, str]) -> None:
    if agreed.get(WHOLE, PRESENT) != PRESENT:
        found.agreed[WHOLE] = PRESENT
    _compare_value(found, "tag", ours.tag, theirs.tag, agreed)
    _compare_value(found, "mdm_id", ours.mdm_id, theirs.mdm_id, agreed)
    same = _is_same_model(ours, theirs)
    _compare_value(found, "model_id", theirs.model if same else ours.model, theirs.model, agreed)


def _compare_value(found: Difference, name: str, ours: str, theirs: str, agreed: dict[str, str]) -> None:
    """The MDM asks for nothing unless it has changed; if both have, it is a conflict."""
    before = agreed.get(name)
    if not theirs or theirs == before != ours:
        return
    if ours == theirs:
        if before != theirs:
            found.agreed[name] = theirs
        return
    only_theirs = ours == before if before is not None else not ours
    kind = SyncKind.CHANGE if only_theirs else SyncKind.CONFLICT
    found.wishes.append(Wish(kind, name, ours, theirs, before or ""))


def _is_same_model(ours: Ours, theirs: Record) -> bool:
    """What the device calls itself decides; names are spelt in many ways."""
    if ours.identifier and theirs.identifier:
        return ours.identifier.casefold() == theirs.identifier.casefold()
    return ours.model.casefold() == theirs.model.casefold()
