"""Proposals of schools for the tests."""

from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import Article
from itsm.kb.service import submissions
from itsm.kb.service.articles import Words
from itsm.org.models import School
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school

WORDS = Words("Beamer ohne Ton", "Wenn HDMI keinen Ton bringt", "Den Ton am Rechner umstellen.")


def make_submission(person: User | None = None, school: School | None = None, *, may_name: bool = True) -> Article:
    """Hand in an article for a school."""
    school = school or make_school()
    person = person or make_user(Role.REPORTER, school_id=school.id)
    article = submissions.submit(actor_for(person), school, WORDS, MONDAY_9AM, may_name=may_name)
    db.session.commit()
    return article
