"""A whole class at once: handing out and taking back by a list of numbers, all of it or nothing.

Source: docs/rules/loans.md, LO-9.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from itsm.assets import queries
from itsm.assets.models import Acknowledgement, Condition, Device, Loan
from itsm.assets.service import loans
from itsm.assets.service.loans import Holder
from itsm.core.access import Actor
from itsm.core.errors import DomainError

T = TypeVar("T")

MOST_LINES = 200
_SHOWN = 10


class Entry(NamedTuple):
    """One line of a class list: the number of the device, who gets it, and the address if there is one."""

    number: str
    name: str
    email: str = ""


def device_of(actor: Actor, typed: str) -> Device:
    """Return the device of a typed or scanned number.

    Raises: DomainError for a number no device of the actor's schools has.
    """
    device = queries.find(actor, typed)
    if device is None:
        raise DomainError(f"„{typed}“ gibt es im Bestand Ihrer Schule nicht. Bitte prüfen Sie die Nummer.")
    return device


def hand_out(
    actor: Actor, lines: Iterable[Entry], like: Holder, due_on: date | None, at: datetime, accessories: str = ""
) -> int:
    """Hand a device to everybody on a list and mail the link to those with an address; return how many.

    Raises: DomainError that names every line that is wrong; nothing is handed out then.
    """

    def one(line: Entry) -> None:
        holder = replace(like, name=line.name, email=line.email)
        loan = loans.hand_out(actor, device_of(actor, line.number), holder, due_on, at, accessories)
        if line.email:
            loans.acknowledge(actor, loan, Acknowledgement.LINK, at)

    return _each(lines, one)


def take_back(actor: Actor, numbers: Iterable[str], condition: Condition, at: datetime) -> int:
    """Take back every device of a list in the same condition; return how many.

    Raises: DomainError that names every line that is wrong; nothing is taken back then.
    """
    return _each(numbers, lambda number: loans.take_back(actor, open_loan(actor, number), condition, at))


def open_loan(actor: Actor, typed: str) -> Loan:
    """Return the open loan of the device with this number.

    Raises: DomainError for an unknown number, or a device nobody has.
    """
    device = device_of(actor, typed)
    loan = queries.open_loan_of(device)
    if loan is None:
        raise DomainError(f"{device.tag} ist nicht ausgegeben.")
    return loan


def _each(lines: Iterable[T], do: Callable[[T], None]) -> int:
    wrong: list[str] = []
    count = 0
    for count, line in enumerate(lines, 1):
        try:
            do(line)
        except DomainError as error:
            wrong.append(f"Zeile {count}: {error.sentence}")
    if wrong:
        more = f" Und {len(wrong) - _SHOWN} weitere Zeilen." if len(wrong) > _SHOWN else ""
        raise DomainError(" ".join(wrong[:_SHOWN]) + more)
    return count
