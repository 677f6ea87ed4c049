"""The day on paper: for the windscreen, and for whoever stands in."""

from datetime import datetime

from itsm.core import clock
from itsm.core.german import local_date, local_time, long_date, minutes_words
from itsm.core.pdf import Column, Part, Sheet
from itsm.dispatch.agenda import Agenda, Halt
from itsm.dispatch.models import Visit
from itsm.dispatch.states import OPEN


def live(agenda: Agenda) -> list[Halt]:
    """The stops that take place."""
    return [halt for halt in agenda.halts if halt.visit.state in OPEN or halt.look == "done"]


def contacts(visit: Visit) -> list[str]:
    """Whom to ask at the school, with the telephone."""
    lines = [", ".join(part for part in (one.name, one.function, one.phone) if part) for one in visit.school.contacts]
    return lines or ([f"Sekretariat, {visit.school.phone}"] if visit.school.phone else [])


def tickets(visit: Visit) -> list[str]:
    """What is to be done, one line each."""
    jobs = [f"{job.ticket.number} {job.ticket.title}{_place(job.ticket.place)}" for job in visit.jobs]
    return [*jobs, *(task.text for task in visit.tasks)]


def sheet(agenda: Agenda, at: datetime) -> Sheet:
    """The day as a page for the printer."""
    leaves = f"Abfahrt {local_time(agenda.leaves_at)} Uhr, {agenda.base_name}." if agenda.leaves_at else ""
    back = f"Zurück gegen {local_time(agenda.back_at)} Uhr." if agenda.back_at else ""
    halts = live(agenda)
    return Sheet(
        title=f"Tagesblatt {agenda.user.name}",
        author=agenda.user.name,
        lead=[long_date(agenda.day), f"{leaves} {back}".strip() or "An diesem Tag steht kein Besuch an."],
        columns=[
            Column("Zeit"),
            Column("Fahrt"),
            Column("Schule und Adresse", wide=True),
            Column("Ansprechperson", wide=True),
            Column("Zu tun", wide=True),
        ],
        parts=[Part([_row(halt) for halt in halts])] if halts else [],
        foot=f"Stand {local_date(clock.local_day(at))}, {local_time(at)} Uhr",
        landscape=True,
    )


def _row(halt: Halt) -> list[str]:
    visit = halt.visit
    where = [visit.school.short_name, visit.site.street, f"{visit.site.postcode} {visit.site.town}"]
    return [
        halt.times,
        minutes_words(visit.travel_minutes),
        "\n".join([*where, *(note for note in (visit.site.access_note, visit.school.visit_note) if note)]),
        "\n".join(contacts(visit)) or "–",
        "\n".join(tickets(visit)) or "nachsehen, ob alles läuft",
    ]


def _place(place: str) -> str:
    return f" ({place})" if place else ""
