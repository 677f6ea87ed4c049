"""The damages of the demo city where it has no devices, and what its stories are made of."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase, DamageYear
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.demo import damages
from itsm.demo.city import City
from itsm.demo.damage_stories import stories
from itsm.demo.people import Staff
from tests.people import make_user

SUNDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def test_the_stories_know_every_state_and_every_kind() -> None:
    told = stories()
    assert {story.state for story in told} == set(State) and {story.kind for story in told} == set(Kind)
    assert 55 <= len(told) <= 70 and told[0].days_ago > 900 and told == stories()
    assert any(story.kind is Kind.THEFT and not story.police for story in told)


@pytest.mark.usefixtures("session")
def test_a_city_without_devices_has_the_years_of_the_report_and_no_case() -> None:
    staff = Staff(in_city={role: [make_user(role).id] for role in (Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER)})
    damages.build(City(schools=[]), staff, SUNDAY)
    years = db.session.execute(sa.select(DamageYear.year, DamageYear.damaged, DamageYear.source)).all()
    assert (2025, 1_525, damages.SOURCE) in years and len(years) == 5
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DamageCase)) == 0
