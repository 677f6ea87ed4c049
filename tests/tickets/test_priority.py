"""The matrix TK-1, field by field."""

import pytest

from itsm.tickets.priority import IMPACTS, MATRIX, NAMES, URGENCIES, priority_of, urgency_of


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [(1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 2), (2, 2, 3), (2, 3, 4), (3, 1, 3), (3, 2, 4), (3, 3, 5)],
)
def test_impact_and_urgency_give_the_priority(impact: int, urgency: int, priority: int) -> None:
    assert priority_of(impact, urgency) == priority


@pytest.mark.parametrize("urgency", [1, 2, 3])
def test_a_running_exam_makes_it_urgent(urgency: int) -> None:
    assert urgency_of(urgency, is_exam=True) == 1
    assert urgency_of(urgency, is_exam=False) == urgency


def test_every_field_has_its_words() -> None:
    assert len(MATRIX) == len(IMPACTS) and all(len(row) == len(URGENCIES) for row in MATRIX)
    assert {priority for row in MATRIX for priority in row} == set(NAMES)
