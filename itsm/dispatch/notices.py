"""Mail about visits: what the school is told, and the manager's morning mail."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from itsm.accounts.models import User
from itsm.accounts.queries import holders
from itsm.core import clock, outbox
from itsm.core.access import Role
from itsm.core.german import local_date, local_time, long_date
from itsm.dispatch import words
from itsm.dispatch.models import Result, Visit


def planned(visit: Visit, at: datetime) -> None:
    """Tell the school of a visit outside its timetable."""
    _to_school(visit, "Wir kommen zu Ihnen", words.promise(visit, at), at)


def moved(visit: Visit, at: datetime) -> None:
    """Tell the school that a visit has another time."""
    _to_school(visit, "Neuer Termin für unseren Besuch", f"Unser Besuch ist verschoben. {words.promise(visit, at)}", at)


def called_off(visit: Visit, at: datetime) -> None:
    """Tell the school that a visit does not take place, and why."""
    sentence = f"Unser Besuch am {local_date(visit.visit_on)} fällt leider aus. {visit.reason}"
    _to_school(visit, "Unser Besuch fällt aus", sentence, at)


def delayed(visit: Visit, at: datetime) -> None:
    """Tell the school that a visit of today begins at another time.

    Source: docs/rules/visits.md, VI-32.
    """
    subject = "Wir kommen später" if visit.told_late_minutes > 0 else "Neue Uhrzeit für unseren Besuch"
    _to_school(visit, subject, words.delayed(visit), at)


def earlier(visit: Visit, at: datetime) -> None:
    """Tell the school that somebody comes before the time it was told."""
    sentence = f"Wir kommen heute früher als angekündigt, gegen {local_time(visit.starts_at)} Uhr."
    _to_school(visit, "Wir kommen früher", sentence, at)


def report(visit: Visit, at: datetime) -> None:
    """Send the school what was done for each ticket.

    Source: docs/rules/visits.md, VI-12.
    """
    item = {
        "visit_id": visit.id,
        "school": visit.school.name,
        "day": long_date(visit.visit_on),
        "arrived": local_time(visit.arrived_at) if visit.arrived_at else "",
        "left": local_time(at),
        "manager": visit.user.name,
        "phone": visit.user.phone,
        "jobs": [report_line(visit, job.id) for job in visit.jobs],
        "tasks": [{"text": task.text, "done": task.done_at is not None} for task in visit.tasks],
    }
    for address, name in _addresses(visit, at):
        outbox.put(
            "visit-report",
            to=address,
            to_name=name,
            subject=f"Besuchsbericht {visit.school.short_name}, {visit.visit_on:%d.%m.%Y}",
            item=item,
            burst_key=f"visit-report-{visit.id}",
            at=at,
        )


def report_line(visit: Visit, job_id: int) -> dict[str, object]:
    """What the report says of one ticket; what was written for the Systemhaus stays inside."""
    job = next(job for job in visit.jobs if job.id == job_id)
    ticket = job.ticket
    return {
        "number": ticket.number,
        "ticket_id": ticket.id,
        "title": ticket.title,
        "place": ticket.place,
        "result": words.RESULTS[job.result] if job.result else "offen",
        "note": "" if job.result is Result.SECOND_LEVEL else job.note,
        "minutes": job.spent_minutes,
        "parts": job.parts,
    }


def day(user: User, on: date, visits: Sequence[Visit], at: datetime) -> None:
    """Send a manager the stops of the day."""
    stops = [
        {
            "time": local_time(visit.starts_at),
            "school": visit.school.short_name,
            "address": f"{visit.site.street}, {visit.site.postcode} {visit.site.town}",
            "jobs": [f"{job.ticket.number} {job.ticket.title}" for job in visit.waiting],
            "travel_minutes": visit.travel_minutes,
        }
        for visit in visits
    ]
    outbox.put(
        "day",
        to=user.email,
        to_name=user.name,
        subject=f"Mein Tag: {len(stops)} {'Halt' if len(stops) == 1 else 'Halte'} am {local_date(on)}",
        item={"day": long_date(on), "stops": stops},
        burst_key=day_key(user.id, on),
        at=at,
    )


def day_key(user_id: int, on: date) -> str:
    """What marks the morning mail of a manager, so that there is one a day."""
    return f"day-{user_id}-{on.isoformat()}"


def _to_school(visit: Visit, subject: str, sentence: str, at: datetime) -> None:
    for address, name in _addresses(visit, at):
        outbox.put(
            "visit-changed",
            to=address,
            to_name=name,
            subject=f"{subject}: {visit.school.short_name}",
            item={"sentence": sentence, "manager": visit.user.name, "phone": visit.user.phone, "visit_id": visit.id},
            burst_key=f"visit-changed-{visit.school_id}",
            at=at,
        )


def _addresses(visit: Visit, at: datetime) -> Iterable[tuple[str, str]]:
    """The school's own address and its media coordinators, each once."""
    found = {visit.school.email: visit.school.name} if visit.school.email else {}
    for person in holders(Role.MEDIA_COORDINATOR, clock.local_day(at), school_id=visit.school_id):
        found.setdefault(person.email, person.name)
    return found.items()
