"""What the page and the paper of the overview show a person."""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.accounts import queries as people
from itsm.core import clock
from itsm.core.access import ROLE_LABELS, Actor, Role
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.german import local_date
from itsm.kb import contact_queries, overview_now, policy
from itsm.kb.models import Edition
from itsm.kb.overview import Answers, Overview, Person, changes, moved, read
from itsm.tickets import routing

LEADS = (Role.MEDIA_COORDINATOR, Role.HEAD_OF_SCHOOL)


@dataclass(frozen=True)
class Page:
    """The overview for one reader: of a school by its number, or of the city; as it was on a day."""

    on: date
    number: str | None
    answers: Answers
    # Function and person at the school; nobody for the city and in an edition.
    staff: tuple[tuple[str, Person], ...]
    today: routing.Responsible | None
    edition: Edition | None
    # What is different from the edition.
    news: list[str]

    @property
    def status(self) -> str:
        """Of when the overview is, in words for the paper."""
        if self.edition is None or self.news:
            return f"Stand {local_date(self.on)}"
        return f"Ausgabe {self.edition.number} vom {local_date(self.edition.at)}"


def choice(actor: Actor, typed: str) -> str | None:
    """Return the number of the school whose overview a person gets; None for the whole city (CO-1).

    Raises: NotFound for a school of others; NotAllowed for somebody who belongs nowhere.
    """
    if typed:
        return contact_queries.school_of(actor, typed).number
    if policy.may_see_all_contacts(actor):
        return None
    own = contact_queries.schools(actor)
    if not own:
        raise NotAllowed("Sie gehören noch zu keiner Schule. Bitte wenden Sie sich an Ihre Schulleitung.")
    return next(iter(own))


def today(number: str | None, actor: Actor, at: datetime) -> Page:
    """Return the overview as it is now, and what has changed since the last edition."""
    day = clock.local_day(at)
    now, edition = overview_now.gather(day), contact_queries.newest_edition()
    staff: tuple[tuple[str, Person], ...] = ()
    responsible = None
    if number is not None:
        school = contact_queries.school_of(actor, number)
        staff = tuple(
            (ROLE_LABELS[grant.role], Person(grant.user.name, grant.user.phone, grant.user.email))
            for role in LEADS
            for grant in people.staff_of(day, school_id=school.id)
            if grant.role is role
        )
        responsible = routing.responsible(school.district_id, day)
    news = difference(read(edition.content), now, number) if edition else []
    return Page(day, number, _answers(now, number), staff, responsible, edition, news)


def earlier(number: str | None, edition_number: int) -> tuple[Page, list[str]]:
    """Return an edition as it was handed out, and what had changed since the one before."""
    edition, before = contact_queries.edition(edition_number), contact_queries.edition_before(edition_number)
    then = read(edition.content)
    page = Page(clock.local_day(edition.at), number, _answers(then, number), (), None, edition, [])
    return page, difference(read(before.content), then, number) if before else []


def difference(before: Overview, after: Overview, number: str | None) -> list[str]:
    """Return what changed for a school, or for the city."""
    try:
        sentences = changes(_answers(before, number), _answers(after, number))
    except NotFound:
        return ["Ihre Schule ist neu in dieser Übersicht."]
    return sentences + (moved(before, after) if number is None else [])


def _answers(overview: Overview, number: str | None) -> Answers:
    return overview.of_city() if number is None else overview.of_school(number)
