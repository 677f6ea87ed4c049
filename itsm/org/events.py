"""What this package tells the packages above it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SchoolMoved:
    """A school belongs to another district from now on; open work follows it, history does not."""

    school_id: int
    from_district_id: int | None
    to_district_id: int
    at: datetime
