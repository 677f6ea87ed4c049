"""Half-open spans of time, and the one comparison of two of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Span:
    """From `start` up to but not including `end`; both aware moments."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a span ends before it starts")

    def overlaps(self, other: "Span") -> bool:
        """Say whether the two spans share a moment."""
        return self.start < other.end and other.start < self.end

    def contains(self, moment: datetime) -> bool:
        """Say whether the moment lies in the span."""
        return self.start <= moment < self.end

    @property
    def length(self) -> timedelta:
        """The time between start and end."""
        return self.end - self.start
