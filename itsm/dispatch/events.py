"""What field support announces to the packages above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VisitFinished:
    """A visit is over and every ticket on it has its result."""

    visit_id: int
    at: datetime
