"""Who owes a claim and on which ground; several are joint debtors, each for the whole.

Names stand here and in the letters, nowhere else: no line of the history tells them.

Source: docs/rules/claims.md, CL-23 and CL-24.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from itsm.claims import queries
from itsm.claims.addressing import GROUNDS
from itsm.claims.models import BY_AGE, Claim, Debtor, Ground, Paper, PaperKind
from itsm.claims.service import claims, items
from itsm.claims.states import BEFORE_DEMAND
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound

# Somebody else, or asked for another reason: to be heard anew.
_WHO = frozenset({"name", "ground"})
_OLDEST = 120
# What may still change once the demand was sent: where somebody lives, not who owes on which ground.
_WHERE = frozenset({"guardian", "street", "postcode", "city", "email", "insurer", "insurer_reference"})


@dataclass(frozen=True)
class Person:
    """Who is to pay, as a clerk types it; `insight` is the finding about somebody of 7 to 17."""

    ground: Ground
    name: str
    guardian: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    born_on: date | None = None
    is_of_age: bool = False
    insight: str = ""
    insight_paper_id: int | None = None
    insurer: str = ""
    insurer_reference: str = ""


def add(actor: Actor, claim: Claim, person: Person, at: datetime) -> Debtor:
    """Add somebody who owes; the same person again changes nothing.

    Raises: NotAllowed for who does not work on claims; DomainError for a birthday that cannot be, a paper of another
        case, or once the claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    items.check_open(claim)
    values = _checked(claim, person, clock.local_day(at))
    for there in claim.debtors:
        if _values(there) == values:
            return there
    debtor = Debtor(claim_id=claim.id, **values)
    db.session.add(debtor)
    db.session.flush()
    db.session.refresh(claim, ["debtors"])
    claims.note(actor, claim, "debtor", at, GROUNDS[person.ground])
    items.send_back(actor, claim, at, "Die Angaben zur Person wurden geändert.")
    return debtor


def change(actor: Actor, claim: Claim, debtor_id: int, person: Person, at: datetime) -> None:
    """Change what is known of a debtor; once the demand was sent, only where they live.

    Raises: NotAllowed for who does not work on claims; NotFound for a debtor of another claim; DomainError for a
        birthday that cannot be, a paper of another case, or a change that would make another debtor of a sent claim.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    debtor = of_claim(claim, debtor_id)
    values = _checked(claim, person, clock.local_day(at))
    differing = {name for name, value in _values(debtor).items() if value != values[name]}
    if not differing:
        return
    if claim.over_at is not None:
        raise DomainError("Die Forderung ist zu Ende. Bitte ändern Sie die Personen nicht mehr.")
    if claim.state not in BEFORE_DEMAND and differing - _WHERE:
        raise DomainError(
            "Die Forderung ist schon verschickt: Ändern lässt sich nur noch die Anschrift. Ist die Person falsch, "
            "nehmen Sie die Forderung zurück."
        )
    for name in differing:
        setattr(debtor, name, values[name])
    if differing & _WHO:
        _unhear(claim, debtor)
    claims.note(actor, claim, "debtor-change", at, GROUNDS[debtor.ground])
    items.send_back(actor, claim, at, "Die Angaben zur Person wurden geändert.")


def remove(actor: Actor, claim: Claim, debtor_id: int, at: datetime) -> None:
    """Take a debtor out of a claim that was not sent.

    Raises: NotAllowed for who does not work on claims; NotFound for a debtor of another claim; DomainError once the
        claim was sent.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    debtor = of_claim(claim, debtor_id)
    items.check_open(claim)
    claims.note(actor, claim, "debtor-remove", at, GROUNDS[debtor.ground])
    _unhear(claim, debtor)
    claim.debtors.remove(debtor)
    db.session.flush()
    items.send_back(actor, claim, at, "Die Angaben zur Person wurden geändert.")


def of_claim(claim: Claim, debtor_id: int) -> Debtor:
    """Return a debtor of a claim.

    Raises: NotFound for one of another claim.
    """
    for debtor in claim.debtors:
        if debtor.id == debtor_id:
            return debtor
    raise NotFound


def _unhear(claim: Claim, debtor: Debtor) -> None:
    """Take what this person may have answered out of the claim: it does not speak for whoever comes after (CL-26)."""
    if debtor.heard_until is not None:
        debtor.heard_until = None
        claim.answered_on, claim.answer = None, ""


def _values(debtor: Debtor) -> dict[str, object]:
    return {name: getattr(debtor, name) for name in Person.__dataclass_fields__}


def _checked(claim: Claim, person: Person, today: date) -> dict[str, object]:
    if person.born_on is not None and person.born_on > today:
        raise DomainError("Der Geburtstag liegt in der Zukunft. Bitte prüfen Sie ihn.")
    if person.born_on is not None and today.year - person.born_on.year > _OLDEST:
        # A wrong century would make a child of age.
        raise DomainError(f"Der Geburtstag liegt mehr als {_OLDEST} Jahre zurück. Bitte prüfen Sie das Jahr.")
    if person.insight_paper_id is not None:
        paper = db.session.get(Paper, person.insight_paper_id)
        if paper is None or paper.kind is not PaperKind.INSIGHT or paper.case_id not in _case_ids(claim):
            raise DomainError("Dieses Schriftstück gehört nicht zum Fall. Bitte wählen Sie eines aus der Liste.")
    values = asdict(person)
    # Said only where no birthday says it.
    values["is_of_age"] = person.is_of_age and person.ground is Ground.THIRD_PARTY and person.born_on is None
    if person.ground not in BY_AGE:
        values |= {"born_on": None, "insight": "", "insight_paper_id": None, "guardian": ""}
    return values


def _case_ids(claim: Claim) -> set[int]:
    return {item.case_id for item in claim.items}
