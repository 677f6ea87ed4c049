"""Age on the day of the damage decides who owes."""

from datetime import date

import pytest

from itsm.claims.ages import Capacity, age_on, capacity, is_of_age
from itsm.core.errors import DomainError


@pytest.mark.parametrize(
    ("born_on", "day", "age", "owes"),
    [
        (date(2019, 3, 18), date(2026, 3, 17), 6, Capacity.NONE),
        (date(2019, 3, 17), date(2026, 3, 17), 7, Capacity.NEEDS_INSIGHT),
        (date(2008, 2, 29), date(2026, 2, 28), 17, Capacity.NEEDS_INSIGHT),
        (date(2008, 2, 29), date(2026, 3, 1), 18, Capacity.FULL),
        (date(2026, 3, 17), date(2026, 3, 17), 0, Capacity.NONE),
    ],
)
def test_who_owes_at_which_age(born_on: date, day: date, age: int, owes: Capacity) -> None:
    assert (age_on(born_on, day), capacity(born_on, day)) == (age, owes)
    assert is_of_age(born_on, day) == (owes is Capacity.FULL)


def test_nobody_is_born_after_the_damage() -> None:
    with pytest.raises(DomainError, match="Geburtstag"):
        age_on(date(2026, 3, 18), date(2026, 3, 17))
