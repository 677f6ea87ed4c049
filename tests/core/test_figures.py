"""A figure holds from a day on; what was before stays."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core import figures
from itsm.core.figures import Figure, FigureValue
from tests.people import MONDAY


def test_a_figure_changes_on_its_day_and_not_before(session: scoped_session) -> None:
    figures.define(Figure("test.days", "Tage", "Tage", 7))
    session.add(FigureValue(key="test.days", valid_from=MONDAY, value=10))
    session.flush()
    assert figures.value("test.days", MONDAY - timedelta(days=1)) == 7
    assert figures.value("test.days", MONDAY) == 10
    assert figures.value("test.days", MONDAY + timedelta(days=400)) == 10
    for day in (MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=400)):
        assert session.scalar(sa.select(figures.held("test.days", day))) == figures.value("test.days", day)
