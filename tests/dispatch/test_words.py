"""What the school is told about a visit."""

from datetime import date, time

import pytest

from itsm.dispatch import words
from itsm.dispatch.planner.day.model import Breach
from tests.dispatch.factories import make_place, make_visit
from tests.people import MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(
    ("at", "span"),
    [(time(9), "9:00 und 10:30"), (time(9, 29), "9:00 und 10:30"), (time(9, 30), "9:30 und 11:00")],
)
def test_the_school_is_told_an_hour_and_a_half_from_the_half_hour(at: time, span: str) -> None:
    visit = make_visit(make_place(), at=at)
    assert words.promise(visit, MONDAY_9AM) == f"Wir kommen am Mittwoch zwischen {span} Uhr."


def test_beyond_a_week_the_date_is_said() -> None:
    visit = make_visit(make_place(), on=date(2026, 11, 25))
    assert words.promise(visit, MONDAY_9AM) == "Wir kommen am Mittwoch, 25.11.2026, zwischen 9:00 und 10:30 Uhr."


def test_a_fixed_appointment_is_told_to_the_minute() -> None:
    visit = make_visit(make_place(), at=time(11, 15), is_fixed=True)
    assert words.promise(visit, MONDAY_9AM) == "Wir kommen am Mittwoch um 11:15 Uhr."


def test_what_a_stop_breaks_is_said_with_the_minutes() -> None:
    visit = make_visit(make_place(), breach=Breach.WINDOW, late_minutes=35)
    assert words.breach_words(visit) == "Außerhalb der Besuchszeiten der Schule: 35 Min. zu spät."


def test_a_time_the_route_cannot_keep_is_not_promised() -> None:
    visit = make_visit(make_place(), breach=Breach.WINDOW, late_minutes=35)
    assert words.promise(visit, MONDAY_9AM) == "Wir kommen am Mittwoch – die Uhrzeit sagen wir Ihnen noch."
