"""A school is asked whether a visit suits, says yes, takes another time, or says that none does."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.accounts.queries import holders
from itsm.core import clock, outbox
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.german import local_date, local_moment
from itsm.dispatch import figures, offer_words, outage_queries, policy, words
from itsm.dispatch.models import Assurance, SlotChoice, SlotOffer, Visit
from itsm.dispatch.service import alternatives, bundles, placing, routes
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.withdrawals import end_offer, is_too_late, withdraw_for
from itsm.dispatch.states import LABELS, OFFER_LABELS, OfferState, VisitState
from itsm.org import calendar
from itsm.org import queries as schools
from itsm.tickets import service as tickets

__all__ = ["choose", "confirm", "deadline", "decline", "expire", "is_open", "mark", "offer", "withdraw_for"]

# Half past six: the mail with the day's stops goes out to whoever drives.
DAY_IS_SET = time(6, 30)
ANSWERED = frozenset({OfferState.CONFIRMED, OfferState.CHANGED, OfferState.DECLINED})


def offer(actor: Actor, visit: Visit, at: datetime) -> SlotOffer:
    """Ask the school whether a planned visit suits, with up to three other times; asked already, it stays at that.

    Raises: NotAllowed unless the actor plans the visit; DomainError for a visit nobody can be asked about.
    Source: docs/rules/visits.md, VI-27.
    """
    if not policy.may_plan(actor, visit):
        raise NotAllowed("Termine fragt das Campusmanagement des Bezirks oder die Teamleitung an.")
    hold(visit.district_id)
    db.session.refresh(visit)
    if known := _open_for(visit):
        return known
    _refuse_unaskable(visit, at)
    people = _who_answers(visit, at)
    if not people:
        raise DomainError("An dieser Schule kann noch niemand Termine bestätigen. Bitte rufen Sie dort an.")
    answer_by = deadline(visit, at)
    made = SlotOffer(visit=visit, made_at=at, answer_by=answer_by, choices=_choices(visit, answer_by, at))
    db.session.add(made)
    if visit.assurance is Assurance.SOFT:
        visit.assurance = Assurance.TOLD
    db.session.flush()
    _ask(made, people, at)
    return made


def deadline(visit: Visit, at: datetime) -> datetime:
    """Until when the school may answer: so many hours of school days, and not once the visit's day is set.

    Source: docs/rules/visits.md, VI-28.
    """
    movable = schools.movable_days_of(visit.school_id)
    left = timedelta(hours=figures.plan_on(clock.local_day(at))["answer_hours"])
    last, moment = clock.at_local(visit.visit_on, DAY_IS_SET), at
    while moment < last:
        midnight = clock.at_local(clock.local_day(moment) + timedelta(days=1), time())
        if calendar.is_school_day(clock.local_day(moment), movable):
            if left < midnight - moment:
                return min(moment + left, last)
            left -= midnight - moment
        moment = midnight
    return last


def confirm(actor: Actor, visit: Visit, seen: str, at: datetime) -> SlotOffer:
    """Say yes to the time that was read (`seen`, as `mark` writes it): day, person and span stay from now on.

    Raises: Conflict if somebody else answered, or if the visit stands elsewhere by now.
    """
    found = _lock(actor, visit, at)
    if found.state is not OfferState.OPEN:
        return found
    if seen != mark(visit):
        raise Conflict(f"Der Besuch hat sich gerade verschoben: Wir kämen jetzt {words.when(visit, at)}. Passt das?")
    _promise(visit)
    _answered(actor, found, "confirm", at)
    return found


def choose(actor: Actor, visit: Visit, choice_id: int, at: datetime) -> Visit | None:
    """Take one of the other times; None if it does not fit any more, then there are fresh ones to choose from.

    Raises: Conflict if somebody else answered; DomainError for a time that was never offered.
    Source: docs/rules/visits.md, VI-28.
    """
    found = _lock(actor, visit, at)
    if found.state is not OfferState.OPEN:
        return visit
    choice = next((one for one in found.choices if one.id == choice_id), None)
    if choice is None:
        raise DomainError("Dieser Termin wird nicht mehr angeboten. Bitte wählen Sie einen anderen.")
    way = alternatives.still_there(visit, choice.starts_at, at) if choice.starts_at > at else None
    if way is None:
        found.choices[:] = _choices(visit, found.answer_by, at)
        db.session.flush()
        return None
    left = {(one.user_id, one.visit_on) for one in (visit, *placing.helpers_of(visit))}
    _answered(actor, found, "change", at)
    moved = placing.place(visit, way.spot, at)
    _promise(moved)
    found.visit = moved
    db.session.flush()
    there = {(one.user_id, one.visit_on) for one in (moved, *placing.helpers_of(moved))}
    for user_id, day in sorted(left | there, key=lambda one: (one[1], one[0])):
        routes.retime(user_id, day, at)
    for job in moved.waiting:
        bundles.note_planned(job.ticket, moved, at)
    return moved


def decline(actor: Actor, visit: Visit, text: str, at: datetime) -> SlotOffer:
    """Say that no time suits and why; who plans the visit reads it and calls.

    Raises: Conflict if somebody else answered; DomainError without words.
    """
    found = _lock(actor, visit, at)
    if found.state is not OfferState.OPEN:
        return found
    text = text.strip()
    if not text:
        raise DomainError("Bitte schreiben Sie kurz, wann es Ihnen passt. Wir rufen Sie dann an.")
    found.note = text
    _answered(actor, found, "decline", at)
    said = f"Der Termin am {local_date(visit.visit_on)} passt der Schule nicht: {text}"
    for job in visit.waiting:
        tickets.message(actor, job.ticket, said, at)
    _tell_planner(visit, text, actor, at)
    return found


def expire(at: datetime) -> int:
    """End the questions nobody answered in time; their visits stay as the school was told. Says how many."""
    late = sa.select(SlotOffer).where(SlotOffer.state == OfferState.OPEN, SlotOffer.answer_by <= at)
    found = db.session.scalars(late.with_for_update(skip_locked=True)).all()
    for one in found:
        end_offer(one, "expire")
    return len(found)


def is_open(offer: SlotOffer, at: datetime) -> bool:
    """Say whether the school may still answer."""
    return offer.state is OfferState.OPEN and not is_too_late(offer, at) and offer.visit.state is VisitState.PLANNED


def mark(visit: Visit) -> str:
    """What a page keeps of the time it shows, so that nobody says yes to another one."""
    return offer_words.span(visit.starts_at)[0].isoformat()


def _lock(actor: Actor, visit: Visit, at: datetime) -> SlotOffer:
    """The last question about a visit, held until the transaction ends; the person's own answer comes back as it is."""
    if not policy.may_answer(actor, visit):
        raise NotAllowed("Besuchstermine bestätigen die Schulleitung und die Medienkoordination der Schule.")
    hold(visit.district_id)
    db.session.refresh(visit)
    found = db.session.scalar(
        sa.select(SlotOffer)
        .where(SlotOffer.visit_id == visit.id)
        .order_by(SlotOffer.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise DomainError("Zu diesem Besuch gibt es keine Anfrage mehr. Bitte laden Sie die Seite neu.")
    if found.state is OfferState.OPEN and is_too_late(found, at):
        raise DomainError("Die Frist für die Antwort ist abgelaufen. Der Termin bleibt; passt er nicht, rufen Sie an.")
    if found.state in ANSWERED and found.answered_by_id == actor.user_id:
        return found
    if found.state in ANSWERED:
        who = found.answered_by.name if found.answered_by else "Jemand"
        raise Conflict(f"{who} hat schon geantwortet: {OFFER_LABELS[found.state]}. Ihre Antwort ändert nichts mehr.")
    if found.state is not OfferState.OPEN or visit.state is not VisitState.PLANNED:
        raise Conflict("Diese Anfrage gilt nicht mehr: Der Besuch ist inzwischen verschoben oder abgesagt.")
    return found


def _open_for(visit: Visit) -> SlotOffer | None:
    return db.session.scalar(
        sa.select(SlotOffer).where(SlotOffer.visit_id == visit.id, SlotOffer.state == OfferState.OPEN)
    )


def _refuse_unaskable(visit: Visit, at: datetime) -> None:
    if visit.state is not VisitState.PLANNED:
        raise DomainError(f"Der Besuch ist schon {LABELS[visit.state]}. Da gibt es nichts mehr zu fragen.")
    if visit.assurance is Assurance.CONFIRMED:
        raise DomainError("Die Schule hat diesen Termin schon bestätigt.")
    if visit.helps_id is not None:
        raise DomainError("Hier hilft jemand nur mit. Bitte fragen Sie den Termin beim eigentlichen Besuch an.")
    if outage_queries.stands_without_driver(visit):
        raise DomainError("Nach einem Ausfall ist für diesen Besuch noch niemand eingeteilt.")
    if visit.breach in words.UNSURE:
        raise DomainError("Für diesen Besuch steht noch keine Uhrzeit fest. Bitte verschieben Sie ihn zuerst.")
    if clock.at_local(visit.visit_on, DAY_IS_SET) <= at or visit.visit_on == clock.local_day(at):
        raise DomainError("Der Besuch ist zu bald für eine Anfrage. Bitte rufen Sie die Schule an.")


def _choices(visit: Visit, not_before: datetime, at: datetime) -> list[SlotChoice]:
    return [
        SlotChoice(user_id=one.spot.user_id, starts_at=one.spot.starts_at, cents=one.cents)
        for one in alternatives.find(visit, not_before, at)
    ]


def _promise(visit: Visit) -> None:
    """The school counts on the visit: day, person and span stay."""
    for one in (visit, *placing.helpers_of(visit)):
        one.assurance = Assurance.CONFIRMED
        one.is_day_pinned = one.is_user_pinned = True
    db.session.flush()


def _answered(actor: Actor, found: SlotOffer, name: str, at: datetime) -> None:
    end_offer(found, name)
    found.answered_by_id, found.answered_at = actor.user_id, at
    db.session.flush()


def _who_answers(visit: Visit, at: datetime) -> list[User]:
    day = clock.local_day(at)
    roles = (Role.MEDIA_COORDINATOR, Role.HEAD_OF_SCHOOL)
    return list(dict.fromkeys(user for role in roles for user in holders(role, day, school_id=visit.school_id)))


def _ask(made: SlotOffer, people: Iterable[User], at: datetime) -> None:
    visit = made.visit
    item = {
        "sentence": f"Wir würden {words.when(visit, at)} kommen. Passt das?",
        "others": [offer_words.span_words(choice.starts_at) for choice in made.choices],
        "answer_by": local_moment(made.answer_by),
        "manager": visit.user.name,
        "phone": visit.user.phone,
        "visit_id": visit.id,
    }
    for person in people:
        outbox.put(
            "visit-offer",
            to=person.email,
            to_name=person.name,
            subject=f"Passt dieser Besuchstermin? {visit.school.short_name}",
            item=item,
            burst_key=f"visit-offer-{visit.school_id}",
            at=at,
        )


def _tell_planner(visit: Visit, text: str, actor: Actor, at: datetime) -> None:
    outbox.put(
        "visit-declined",
        to=visit.user.email,
        to_name=visit.user.name,
        subject=f"Termin passt nicht: {visit.school.short_name}, {visit.visit_on:%d.%m.%Y}",
        item={
            "school": visit.school.short_name,
            "when": words.when(visit, at),
            "who": actor.name,
            "phone": visit.school.phone,
            "text": text,
            "visit_id": visit.id,
        },
        burst_key=f"visit-declined-{visit.id}",
        at=at,
    )
