"""The terms of a loan: which hold on a day, and setting them anew.

Source: docs/rules/loans.md, LO-3.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.assets.models import Device, Loan, LoanTerms
from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.org.models import School

# Used until the city or a school has written its own.
FIRST_TEXT = """Das Gerät gehört der Stadt und ist Ihnen kostenlos geliehen.

Bitte gehen Sie sorgsam damit um: Tragen Sie es in seiner Hülle, geben Sie es niemandem weiter und \
lassen Sie es nicht unbeaufsichtigt liegen.

Ist etwas kaputt, weg oder gestohlen, sagen Sie es bitte sofort in der Schule. Versuchen Sie nicht, es selbst zu \
reparieren. Für normale Abnutzung müssen Sie nichts bezahlen.

Bitte geben Sie das Gerät mit allem Zubehör bis zum vereinbarten Tag zurück, spätestens wenn Sie die Schule verlassen.

Wir speichern Namen, Klasse und, wenn angegeben, eine E-Mail-Adresse, solange das Gerät bei Ihnen ist. Einige Monate \
nach der Rückgabe werden diese Angaben gelöscht."""


def in_force(school: School, on: date) -> LoanTerms | None:
    """Return the terms of a school on a day: its own newest, else the city's newest, else none."""
    return db.session.scalar(_newest(school, on))


def text_for(actor: Actor, device: Device | None, on: date) -> str:
    """Return what a holder agrees to on a day: at the school of the device, else at one where the actor hands out."""
    school = (device.school if device else None) or next(iter(schools_of(actor)), None)
    found = in_force(school, on) if school else None
    return found.text if found else FIRST_TEXT


def kept(school: School, on: date) -> LoanTerms:
    """Return the terms a new loan keeps; the first loan of all writes the first terms of the city down."""
    if in_force(school, on) is None:
        first = insert(LoanTerms).values(school_id=None, valid_from=on, text=FIRST_TEXT)
        db.session.execute(first.on_conflict_do_nothing())
    return db.session.scalars(_newest(school, on)).one()


def may_set(actor: Actor, school: School | None) -> bool:
    """Say whether this person may set the terms of a school, or of the city with None."""
    if school is None:
        return actor.may(Verb.DEVICE_EDIT)
    return actor.may(Verb.LOAN_EDIT, school_id=school.id, district_id=school.district_id)


def schools_of(actor: Actor) -> list[School]:
    """Return the schools whose terms this person may set, by name."""
    where = actor.scope(Verb.LOAN_EDIT).among(School.id, School.district_id)
    return list(db.session.scalars(sa.select(School).where(where).order_by(School.short_name, School.id)))


def place_of(actor: Actor, school_id: int | None) -> tuple[School | None, list[School | None]]:
    """Return whose terms to show, and all whose terms this person may set; None stands for the city.

    Raises: NotAllowed for somebody who may set none; NotFound for a school of others.
    """
    places: list[School | None] = [*([None] if may_set(actor, None) else []), *schools_of(actor)]
    if not places:
        raise NotAllowed("Diese Bedingungen sehen die Medienkoordination und die Schulleitung der Schule.")
    if school_id is None:
        return places[0], places
    found = next((school for school in places if school is not None and school.id == school_id), None)
    if found is None:
        raise NotFound
    return found, places


def history(school: School | None) -> list[LoanTerms]:
    """Return all terms of a school, or of the city with None, the newest first."""
    of_place = sa.select(LoanTerms).where(LoanTerms.school_id.is_not_distinct_from(school.id if school else None))
    return list(db.session.scalars(of_place.order_by(LoanTerms.valid_from.desc())))


def set_terms(actor: Actor, school: School | None, text: str, valid_from: date, at: datetime) -> LoanTerms:
    """Set the terms of a school, or of the city with None, from a day on.

    Raises: NotAllowed unless the actor leads the school, or changes devices of the whole city;
        DomainError for a day that has gone, or terms somebody has agreed to already.
    """
    if not may_set(actor, school):
        raise NotAllowed("Diese Bedingungen ändern die Medienkoordination und die Schulleitung der Schule.")
    if valid_from < clock.local_day(at):
        raise DomainError("Dieser Tag ist vorbei. Bitte wählen Sie heute oder einen Tag danach.")
    terms = next((one for one in history(school) if one.valid_from == valid_from), None)
    if terms is None:
        terms = LoanTerms(school_id=school.id if school else None, valid_from=valid_from)
        db.session.add(terms)
    elif db.session.scalar(sa.select(sa.exists().where(Loan.terms_id == terms.id))):
        raise DomainError(
            "Mit den Bedingungen von diesem Tag wurde schon etwas ausgegeben. Bitte wählen Sie einen späteren Tag."
        )
    terms.text = text
    db.session.flush()
    return terms


def _newest(school: School, on: date) -> sa.Select[LoanTerms]:
    return (
        sa.select(LoanTerms)
        .where(LoanTerms.valid_from <= on, sa.or_(LoanTerms.school_id == school.id, LoanTerms.school_id.is_(None)))
        .order_by(LoanTerms.school_id.nulls_last(), LoanTerms.valid_from.desc())
        .limit(1)
    )
